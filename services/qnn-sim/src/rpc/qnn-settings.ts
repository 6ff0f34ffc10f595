import type { QnnSettings as WireSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { checks } from '@qloom/qnn/checks/check-thread.ts';
import { UnknownEngineError } from '@qloom/qnn/engine/select-engine.ts';
import { contractField, settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import type { DataShape } from '@qloom/qnn/model/qnn-model.ts';
import { DEFAULT_QNN, type QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { EngineChoice } from '../domain/engine-choice.ts';

/** The QNN of a message, and its engine. */
export interface AskedQnn {
  readonly settings: QnnSettings;
  /** An engine's name, not `auto`. */
  readonly engine: string;
}

/**
 * Decodes the settings of a message for data of this shape; a field that is 0, empty or absent takes its default.
 * Rejects with ValidationError, which has the path of every setting that is wrong or does not fit the data, and with
 * the signal's reason once it has aborted.
 */
export async function decodeQnn(
  wire: WireSettings | undefined,
  { features, classes }: DataShape,
  engines: EngineChoice,
  signal: AbortSignal,
): Promise<AskedQnn> {
  const given = wire ? settingsFromFields(wire) : DEFAULT_QNN;
  const problems = await checks.run({ kind: 'settings', given, shape: { features, classes } }, signal);
  if (problems.length > 0) {
    throw new ValidationError(
      problems.map(({ field, message }) => ({ field: `settings.qnn.${contractField(field)}`, description: message })),
    );
  }
  const settings = { ...DEFAULT_QNN, ...given };
  try {
    return { settings, engine: engines.resolve(wire?.engine ?? '', settings.precision) };
  } catch (error) {
    if (!(error instanceof UnknownEngineError)) throw error;
    const description = error.message.replace(/^engine: /, '');
    throw new ValidationError([{ field: 'settings.qnn.engine', description }]);
  }
}
