import type { QnnSettings as WireSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import { createQnnSettings, DEFAULT_QNN, type QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';

/** The settings of a message; what is 0, empty or absent takes its default. Throws QnnSettingsError. */
export const decodeQnnSettings = (wire: WireSettings | undefined): QnnSettings =>
  wire ? createQnnSettings(settingsFromFields(wire)) : DEFAULT_QNN;
