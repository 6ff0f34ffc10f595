import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { claimOf } from '@qloom/metrics/statistics/claim.ts';
import { holmAdjust } from '@qloom/metrics/statistics/holm.ts';
import { QLOOM_UNSELECTED } from '../../result/arms.ts';
import type { ComparedCell, ComparedCells } from '../compared-cells.ts';
import { compareArmsOf, type RawCell, type RawPair } from './cell-result.ts';
import type { CellResult, ComparedPair, CompareResult, FinishedCell } from './compare-result.ts';
import { headlineSentences } from './headline-sentences.ts';
import { overallGain, profilesOf } from './overall.ts';
import { regressionsOf } from './regressions.ts';

/**
 * Compares the cells of a compare, with the results that there are so far. A pure function: the same cells give the same
 * numbers. Claims are corrected by Holm's method over all of them: in every finished cell each arm against real data only, and
 * Qloom against every baseline. The candidate that was not chosen makes no claim.
 */
export function compareCells(compared: ComparedCells): CompareResult {
  const raw = compared.cells.map(({ cell, result }) =>
    result === undefined ? undefined : compareArmsOf(result, `${compared.seed}/${cell.name}`),
  );
  const claims = raw.flatMap((cell) => (cell === undefined ? [] : claimsOf(cell)));
  const adjusted = holmAdjust(claims.map(({ pValue }) => pValue));
  const corrected = new Map(claims.map((pair, i) => [pair, adjusted[i]]));
  const cells = compared.cells.map((cell, i) => cellResult(cell, raw[i], corrected));
  const finished = compared.cells.flatMap(({ cell, result }) =>
    result === undefined ? [] : [{ cell, result: result as StudyResult }],
  );
  const seed = String(compared.seed);
  const base = {
    format: 'qloom-comparison/1' as const,
    name: compared.name,
    seed: compared.seed,
    claims: claims.length,
    cells,
    overall: overallGain(cells, seed),
    profiles: profilesOf(cells, seed),
    ...regressionsOf(finished, seed),
  };
  return { ...base, headline: headlineSentences(base) };
}

/** The comparisons of a cell that make a claim. */
function claimsOf({ arms, aboveBaselines }: RawCell): RawPair[] {
  const gains = arms.flatMap(({ name, gain }) => (gain === undefined || name === QLOOM_UNSELECTED ? [] : [gain]));
  return aboveBaselines === undefined ? gains : [...gains, aboveBaselines];
}

function cellResult(
  { cell, state, message }: ComparedCell,
  raw: RawCell | undefined,
  corrected: ReadonlyMap<RawPair, number>,
): CellResult {
  return {
    name: cell.name,
    group: cell.group,
    labels: cell.labels ?? raw?.cell.labelsUsed,
    seed: cell.seed,
    study: cell.id,
    state,
    message,
    finished: raw && finishedCell(raw, corrected),
  };
}

function finishedCell(raw: RawCell, corrected: ReadonlyMap<RawPair, number>): FinishedCell {
  const claimed = (pair: RawPair): ComparedPair => {
    const { low, high, level } = pair.difference;
    const pValueHolm = corrected.get(pair) ?? 1;
    const claim = claimOf({ low, high, level, pValue: pValueHolm, draws: pair.draws });
    return { difference: pair.difference, pValue: pair.pValue, pValueHolm, claim };
  };
  const { aboveBaselines } = raw;
  return {
    ...raw.cell,
    arms: raw.arms.map((arm) => ({ ...arm, gain: arm.gain && claimed(arm.gain) })),
    ...(aboveBaselines === undefined
      ? {}
      : { aboveBaselines: { ...claimed(aboveBaselines), baseline: aboveBaselines.baseline } }),
  };
}
