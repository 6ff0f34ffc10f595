import type { HyperparameterSetting } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { createNamedTask } from '@qloom/datasets/tasks/task-table.ts';

/** The small setting: batches of 32, perceptrons of 64-64, convolutions of 16 and 32 filters. */
export const SMALL = {
  'gan.batchSize': '32',
  'vae.architecture': 'plain',
  'vae.layers': 2,
  'vae.width': 64,
  'disc.arch': 'conv',
  'disc.convLayers': '2',
  'disc.filters': '16',
};

/** Its name in a benchmark's rows. */
export const SMALL_NAME = '32 / 64-64, conv 16-32';

/** Training points of a fit of the small setting: 40 points of the ANNNI chain. */
export function smallFitData() {
  const task = createNamedTask('annni', {});
  const points = task.draw({ count: 40, seed: 1 });
  const { features, classes } = points;
  return { subject: task.descriptor, points, shape: { features, classes, lower: [], upper: [], shots: 0 } };
}

/** Configuration as messages: texts are choices, numbers integers. */
export function settingMessages(values: Readonly<Record<string, string | number>>): HyperparameterSetting[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: { value: typeof value === 'string' ? { $case: 'choice', value } : { $case: 'integer', value } },
  }));
}
