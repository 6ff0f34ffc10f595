import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DeviceState } from '@qloom/qnn/hardware/device-state.ts';
import type { ReadoutError } from '@qloom/quantum/noise/readout-error.ts';
import { CommandError, UsageError } from '../command/errors.ts';
import { makeFolder, writeWhole } from '../run-folder/write-file.ts';

/** What must be the same for a fine-tuning to be continued, as flags of the command name it. */
export interface FinetuneIdentity {
  readonly backend: string;
  readonly batch: number;
  readonly shots: number;
  readonly learningRate: number;
  readonly mitigate: readonly string[];
  readonly testPoints: number;
  readonly testShots: number;
  readonly test: string;
  /** File of the parameters at the start; absent: those of a pre-training. */
  readonly parameters?: string;
  readonly seed: number;
}

/** What a run has cost. */
interface RunCost {
  readonly cost: number;
  readonly shots: number;
  readonly jobs: number;
}

/** Classes that were predicted for the test points on the backend. */
export interface MeasuredScore {
  readonly loss: number;
  /** Whether each test point was classified rightly. */
  readonly right: readonly boolean[];
  /** The same parameters and points without shots and noise; absent in records of earlier versions. */
  readonly exact?: { readonly loss: number; readonly right: readonly boolean[] };
}

/** `finetune/<name>.json` of a run folder. */
export interface FinetuneRecord {
  readonly format: 'qloom-finetune/1';
  readonly identity: FinetuneIdentity;
  /** What the parameters were trained on before, in simulation. */
  readonly start: string;
  /** The parameters before the first step. */
  readonly initial: readonly number[];
  /** Parameters, optimizer and what shares out shots, after the last step. */
  readonly state: DeviceState;
  /** Readout errors that were measured, by qubit of the circuit. */
  readonly readout?: readonly ReadoutError[];
  readonly before?: MeasuredScore;
  /** Scores after numbers of steps. */
  readonly after: Readonly<Record<string, MeasuredScore>>;
  /** By name of the run. */
  readonly spent: Readonly<Record<string, RunCost>>;
}

/** Path of a record. */
export const recordPath = (folder: string, name: string): string => join(folder, 'finetune', `${name}.json`);

/**
 * The record of an earlier call, undefined where there is none. Throws UsageError where it was made with other flags, CommandError where it
 * cannot be read.
 */
export function readRecord(path: string, identity: FinetuneIdentity): FinetuneRecord | undefined {
  if (!existsSync(path)) return undefined;
  let record: Partial<FinetuneRecord>;
  try {
    record = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${path} is not JSON: give another --name to begin anew`, { cause: error });
  }
  if (record.format !== 'qloom-finetune/1' || record.state === undefined || record.identity === undefined) {
    throw new CommandError(`${path} is no record of a fine-tuning: give another --name to begin anew`);
  }
  for (const key of Object.keys({ ...record.identity, ...identity }) as (keyof FinetuneIdentity)[]) {
    const [before, value] = [record.identity[key], identity[key]];
    if (isDeepStrictEqual(before, value)) continue;
    const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw new UsageError(
      `${flag}: ${show(value)}, and ${path} was begun with ${show(before)}; give that, or another --name`,
    );
  }
  return record as FinetuneRecord;
}

const show = (value: unknown): string => (Array.isArray(value) ? value.join(',') || 'none' : String(value ?? 'none'));

/** Writes a record; a reader never sees a part of it. */
export function writeRecord(folder: string, path: string, record: FinetuneRecord): void {
  makeFolder(join(folder, 'finetune'));
  writeWhole(path, `${JSON.stringify(record)}\n`);
}
