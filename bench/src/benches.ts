import { benchCritique } from './critique.ts';
import { benchMemory } from './memory.ts';
import { benchOverhead } from './overhead.ts';
import type { Row } from './row.ts';

/** A benchmark: what it measures, and how. `run` says what it does as it goes. */
export interface Bench {
  readonly description: string;
  readonly run: (progress: (message: string) => void) => Promise<Row[]>;
}

/** Every benchmark, by name. */
export const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['critique', { description: 'cost of one Critique exchange, the critic itself apart', run: benchCritique }],
  ['memory', { description: 'resident memory of the services over a fit of 2,000 steps', run: benchMemory }],
  ['overhead', { description: 'what transport, log and tracing add to an episode', run: benchOverhead }],
]);
