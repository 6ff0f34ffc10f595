import { median } from '../harness/percentile.ts';
import type { RunTime } from './run-times.ts';

/** When things happened in a generator, one entry a step; milliseconds of one clock. */
export interface GeneratorTimes {
  /** The end of each step. */
  readonly ended: number[];
  /** When each exchange with the critic began and ended. */
  readonly asked: number[];
  readonly told: number[];
  /** When the generator had nothing more to do but wait for the answer. */
  readonly free: number[];
}

/** When things happened in a critic, one entry an exchange; the same clock. */
export interface CriticTimes {
  /** When each request was handed to the critic, and when its answer was handed over to be sent. */
  readonly received: number[];
  readonly answered: number[];
  readonly runs: RunTime[];
}

/** What an exchange is made of; milliseconds at the median. */
export interface ExchangeParts {
  /** From asking to the answer. */
  readonly exchange: number;
  /** The critic's work on the answer. */
  readonly judging: number;
  /** How long the update that the critic owed was still under way when it was asked. */
  readonly late: number;
  /** What is left: messages to bytes and back, gRPC, HTTP/2, the socket, waking up. */
  readonly transport: number;
  /** The part of the exchange that the generator has nothing else to do in. */
  readonly waiting: number;
  /** What the rest of the generator's step takes, and an update of the critic. */
  readonly elsewhere: number;
  readonly update: number;
}

/** The second half, when everything is warm. */
export const warm = <T>(list: readonly T[]): readonly T[] => list.slice(Math.floor(list.length / 2));

/** Milliseconds from step to step at the median of the warm ones. */
export function stepTime({ ended }: Pick<GeneratorTimes, 'ended'>): number {
  return median(warm(ended.slice(1).map((end, i) => end - ended[i])));
}

/** Takes the exchanges of a fit apart. */
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
