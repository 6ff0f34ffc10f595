import { median } from '../harness/percentile.ts';
import { formatNumber } from '../harness/row.ts';
import { disagreement } from './agreement.ts';
import { type Cell, cellName } from './cells.ts';
import { type Contender, ContenderError, type FirstResult, type Work } from './contenders/contender.ts';
import type { EngineContender } from './contenders/engine-contender.ts';
import type { StepResult } from './contenders/naive.ts';
import { createProblem } from './problem.ts';

/** One contender in one cell. Times are those of the whole batch, milliseconds; NaN where there is none. */
export interface Measurement {
  readonly name: string;
  readonly ours: boolean;
  /** Forward and adjoint, median. */
  readonly stepMs: number;
  /** Forward alone, median: of engines of Qloom, and of contenders without gradients. */
  readonly forwardMs: number;
  /** From a new structure to its first result, as it was measured: on `rows` rows. */
  readonly firstMs: number;
  /** Rows that were executed; where they are not the batch's, times are scaled. */
  readonly rows: number;
  /** Versions, setting, what was cut short or went wrong. */
  readonly note: string;
}

/** How much is measured. */
interface Effort {
  /** Number of turns of each contender; they take turns because a machine's speed drifts. */
  readonly rounds: number;
  /** Of each turn: after so many seconds, or batches, no further batch begins. */
  readonly seconds: number;
  readonly most: number;
  /** A contender that has been timed for so many seconds has no further turns: its batches are long. */
  readonly enough: number;
}

/**
 * Three quarters of a second in all; of batches that take seconds, two or three. Twenty batches a turn were too few for small
 * circuits: V8 had not yet optimized what calls the kernels.
 */
const EFFORT: Effort = { rounds: 3, seconds: 0.25, most: 5000, enough: 6 };

/** Settings of {@link measureCell}. */
export interface MeasureOptions {
  /** Called for every contender that is ready. */
  readonly progress?: (message: string) => void;
  readonly effort?: Effort;
}

/** Thrown when an engine of Qloom disagrees with the reference: a measurement of it would be meaningless. */
export class WrongEngineError extends Error {
  override name = 'WrongEngineError';
  readonly code = 'wrong';
}

/** Rows on which the first engine is checked against the `reference`. */
const REFERENCE_ROWS = 2;

interface Entrant {
  readonly contender: Contender;
  readonly rows: number;
  readonly note: string;
  readonly firstMs: number;
  readonly times: Record<Work, number[]>;
  failure?: string;
}

/**
 * Measures contenders in one cell: each makes ready and is checked, then they are timed in turn. The first engine is
 * the one that all others are checked against; `oracle` checks it. A contender that fails or disagrees is not timed,
 * and its note says so. Throws {@link WrongEngineError} when it is one of ours.
 */
export async function measureCell(
  cell: Cell,
  engines: readonly EngineContender[],
  peers: readonly Contender[],
  oracle: EngineContender,
  { progress = () => {}, effort = EFFORT }: MeasureOptions = {},
): Promise<Measurement[]> {
  const truth = createTruth(engines[0], cell);
  const few = Math.min(REFERENCE_ROWS, cell.batch);
  const expected = await oracle.evaluate(createProblem({ ...cell, batch: few }));
  requireRight(engines[0], cell, disagreement(expected, await truth(few)));
  const entrants: Entrant[] = [];
  for (const contender of [...engines, ...peers]) {
    const entrant = await enter(contender, cell, truth);
    progress(`  ${contender.name}: ${entrant.failure ?? `first result after ${formatNumber(entrant.firstMs)} ms`}`);
    entrants.push(entrant);
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const entrant of entrants) await timeTurn(entrant, effort);
  }
  return entrants.map((entrant) => summarize(entrant, cell));
}

type Truth = (rows: number) => Promise<StepResult>;

/** The engine's own results on so many rows of a cell, each computed once. */
function createTruth(engine: EngineContender, cell: Cell): Truth {
  const known = new Map<number, Promise<StepResult>>();
  return (rows) => {
    const result = known.get(rows) ?? engine.evaluate(createProblem({ ...cell, batch: rows }));
    known.set(rows, result);
    return result;
  };
}

function requireRight({ name }: Contender, cell: Cell, wrong: string | undefined): void {
  if (wrong !== undefined) throw new WrongEngineError(`${name}, ${cellName(cell)}: ${wrong} from the reference`);
}

async function enter(contender: Contender, cell: Cell, truth: Truth): Promise<Entrant> {
  const rows = contender.rows(cell);
  const times = { step: [], forward: [] };
  let first: FirstResult;
  try {
    first = await contender.prepare(createProblem({ ...cell, batch: rows }));
  } catch (error) {
    if (!(error instanceof ContenderError)) throw error;
    return { contender, rows, note: '', firstMs: Number.NaN, times, failure: error.message };
  }
  const { expectations, gradient } = await truth(rows);
  const wrong = disagreement({ expectations: expectations.subarray(0, cell.qubits), gradient }, first);
  if (contender.ours) requireRight(contender, cell, wrong);
  const failure = wrong === undefined ? {} : { failure: `not timed, since ${wrong}` };
  return { contender, rows, note: first.note, firstMs: first.firstMs, times, ...failure };
}

async function timeTurn(entrant: Entrant, { seconds, most, enough }: Effort): Promise<void> {
  const { contender, times, failure } = entrant;
  const spentMs = [...times.step, ...times.forward].reduce((sum, ms) => sum + ms, 0);
  if (failure !== undefined || spentMs > 1e3 * enough) return;
  try {
    if (contender.gradients) times.step.push(...(await contender.time('step', seconds, most)));
    if (contender.ours || !contender.gradients) {
      times.forward.push(...(await contender.time('forward', seconds, most)));
    }
  } catch (error) {
    if (!(error instanceof ContenderError)) throw error;
    entrant.failure = error.message;
  }
}

function summarize({ contender, rows, note, firstMs, times, failure }: Entrant, { batch }: Cell): Measurement {
  const scale = failure === undefined ? batch / rows : Number.NaN;
  const shortened = rows === batch ? '' : rows < batch ? `${rows} of ${batch} rows, scaled` : `${rows} rows, scaled`;
  return {
    name: contender.name,
    ours: contender.ours,
    stepMs: scale * median(times.step),
    forwardMs: scale * median(times.forward),
    firstMs: failure === undefined ? firstMs : Number.NaN,
    rows,
    note: [failure ?? shortened, note, contender.about].filter((part) => part !== '').join('; '),
  };
}
