import { benchCompiled, COMPILED_ONLY } from './compiled.ts';
import { benchCritique } from './critique.ts';
import { benchMemory } from './memory.ts';
import { benchOverhead } from './overhead.ts';
import { benchQnn, QNN_ONLY } from './qnn.ts';
import { benchQnnTraining, QNN_TRAINING_ONLY } from './qnn-training.ts';
import type { Row } from './row.ts';

/** What a benchmark is asked for on the command line. */
export interface BenchOptions {
  /** Everything, not the quick part. */
  readonly full: boolean;
  /** `--only key=value,value`: parts by name. */
  readonly only: ReadonlyMap<string, readonly string[]>;
}

/** A benchmark: what it measures, and how. `run` says what it does as it goes. */
export interface Bench {
  readonly description: string;
  /** What `--full` and `--only` mean to it; absent where it takes neither. */
  readonly options?: string;
  readonly run: (progress: (message: string) => void, options: BenchOptions) => Promise<Row[]>;
}

/** Every benchmark, by name. */
export const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  [
    'compiled',
    {
      description: 'compiled training steps beside eager ones and PyTorch, and whole fits',
      options: COMPILED_ONLY,
      run: benchCompiled,
    },
  ],
  ['critique', { description: 'cost of one Critique exchange, the critic itself apart', run: benchCritique }],
  ['memory', { description: 'resident memory of the services over a fit of 2,000 steps', run: benchMemory }],
  ['overhead', { description: 'what transport, log and tracing add to an episode', run: benchOverhead }],
  [
    'qnn',
    {
      description: 'batches of circuits with their gradients, beside every simulator that is installed',
      options: `parts of ${QNN_ONLY}`,
      run: benchQnn,
    },
  ],
  [
    'qnn-training',
    {
      description: 'whole trainings of QNNs: how long, and how good on a published data set',
      options: QNN_TRAINING_ONLY,
      run: benchQnnTraining,
    },
  ],
]);
