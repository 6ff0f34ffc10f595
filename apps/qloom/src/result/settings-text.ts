import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { formatValue } from '../terminal/format.ts';

/** The plain value of a setting; undefined where it is absent. */
export function plainValue(setting: HyperparameterSetting): number | string | undefined {
  return setting.value?.value?.value;
}

/** `gan.steps 240, synthRatio 1.5`. */
export function settingsText(settings: readonly HyperparameterSetting[]): string {
  return settings.map((setting) => `${setting.name} ${formatValue(plainValue(setting) ?? '–')}`).join(', ');
}
