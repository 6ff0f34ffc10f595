import { median } from '../harness/percentile.ts';
import type { RunTime } from './run-times.ts';

/** Times of events in a generator, one entry per step; milliseconds of one clock. */
export interface GeneratorTimes {
  /** The end of each step. */
  readonly ended: number[];
  /** When each exchange with the critic began and ended. */
  readonly asked: number[];
  readonly told: number[];
  /** When the generator began to wait for the answer. */
  readonly free: number[];
}

/** Times of events in a critic, one entry per exchange; the same clock. */
export interface CriticTimes {
  /** When each request was handed to the critic, and when its answer was handed over to be sent. */
  readonly received: number[];
  readonly answered: number[];
  readonly runs: RunTime[];
}

/** Parts of an exchange; median milliseconds. */
export interface ExchangeParts {
  /** From asking to the answer. */
  readonly exchange: number;
  /** The critic's work on the answer. */
  readonly judging: number;
  /** Remaining time of the critic's pending update when the request arrived. */
  readonly late: number;
  /** The rest: encoding and decoding of messages, gRPC, HTTP/2, the socket, waking up. */
  readonly transport: number;
  /** The part of the exchange during which the generator is idle. */
  readonly waiting: number;
  /** Time of the rest of the generator's step, and of an update of the critic. */
  readonly elsewhere: number;
  readonly update: number;
}

/** The second half, when everything is warm. */
export const warm = <T>(list: readonly T[]): readonly T[] => list.slice(Math.floor(list.length / 2));

/** Milliseconds from step to step at the median of the warm ones. */
export function stepTime({ ended }: Pick<GeneratorTimes, 'ended'>): number {
  return median(warm(ended.slice(1).map((end, i) => end - ended[i])));
}

/** Divides the exchanges of a fit into their parts. */
export function exchangeParts(generator: GeneratorTimes, { received, answered, runs }: CriticTimes): ExchangeParts {
  const { ended, asked, told, free } = generator;
  const updates = runs.filter(({ graph }) => graph === 'update');
  const of = (part: (i: number) => number) => median(warm(asked.map((_, i) => i)).map(part));
  const judging = (i: number) => answered[i] - received[i];
  const late = (i: number) => Math.max(0, (updates[i - 1]?.ended ?? 0) - asked[i]);
  return {
    exchange: of((i) => told[i] - asked[i]),
    judging: of(judging),
    late: of(late),
    transport: of((i) => told[i] - asked[i] - judging(i) - late(i)),
    waiting: of((i) => told[i] - free[i]),
    elsewhere: of((i) => ended[i] - told[i] + asked[i] - ended[i - 1]),
    update: of((i) => updates[i].ended - updates[i].began),
  };
}
