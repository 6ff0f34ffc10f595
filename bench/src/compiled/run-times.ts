import type { TrainingSteps } from '@qloom/tfjs/steps/training-steps.ts';

/** A run of a compiled graph. */
export interface RunTime {
  /** The first word of its structure's name: `pass`, `descend`, `judge`, `update`. */
  readonly graph: string;
  /** {@link monotonicMs} when it began and ended. */
  readonly began: number;
  readonly ended: number;
}

/** The machine's monotonic clock, which all its processes share. Unit: milliseconds. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The same compiled steps; `onRun` is called for every run. */
export function timedRuns(steps: TrainingSteps, onRun: (run: RunTime) => void): TrainingSteps {
  return {
    get size() {
      return steps.size;
    },
    fallBack: steps.fallBack,
    async hold(key, define) {
      const held = await steps.hold(key, define);
      const [name] = JSON.parse(key) as [string];
      const [graph] = name.split(' ');
      return {
        async run(inputs) {
          const began = monotonicMs();
          const outputs = await held.run(inputs);
          onRun({ graph, began, ended: monotonicMs() });
          return outputs;
        },
        release: held.release,
      };
    },
  };
}
