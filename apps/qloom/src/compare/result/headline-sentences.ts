import { FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { formatSigned } from '../../terminal/format.ts';
import type { ArmOfCell, CellResult, CompareResult, FinishedCell } from './compare-result.ts';

/** Qloom's arm of a finished cell. */
export function qloomOf({ arms }: FinishedCell): ArmOfCell | undefined {
  return arms.find(({ name }) => name === 'qloom');
}

/** The headline: what is claimed after correction, how much of the gap is closed, and whether it ever hurts. */
export function headlineSentences({ cells, claims }: Pick<CompareResult, 'cells' | 'claims'>): string[] {
  const finished = cells.flatMap((cell) => (cell.finished === undefined ? [] : [{ ...cell, finished: cell.finished }]));
  if (finished.length === 0) return ['No cell has a result yet.'];
  const judged = finished.flatMap((cell) => {
    const arm = qloomOf(cell.finished);
    return arm?.gain === undefined ? [] : [{ ...cell, arm, gain: arm.gain }];
  });
  const missing = cells.length - finished.length;
  const short = tooShort(judged, claims);
  return [
    ...(judged.length === 0 ? ['No cell has an arm of Qloom.'] : [helpSentence(judged, claims)]),
    ...(short === '' ? [] : [short]),
    ...gapSentence(judged),
    ...aboveSentence(finished),
    ...safeSentence(finished),
    ...(missing === 0
      ? []
      : [
          `${missing} of ${cells.length} cells ${missing === 1 ? 'has' : 'have'} no result, and ${missing === 1 ? 'is' : 'are'} not in this comparison.`,
        ]),
  ];
}

/** Group and number of labels, which studies that differ in their seed alone share. */
function placeOf({ group, labels }: Pick<CellResult, 'group' | 'labels'>): string {
  return `${group}-n${labels ?? ''}`;
}

/** Where it helped, with the mean gain there: `annni-n18 by 2.3`, or `annni-n18 in 9 of 10 seeds by 2.3`. */
function byPlace(helped: readonly Judged[], judged: readonly Judged[]): string[] {
  return [...new Set(helped.map(placeOf))].map((place) => {
    const all = judged.filter((cell) => placeOf(cell) === place);
    const here = helped.filter((cell) => placeOf(cell) === place);
    const gain = meanOf(all.map((cell) => 100 * cell.gain.difference.estimate)).toFixed(1);
    return all.length === 1
      ? `${here[0].name} by ${gain}`
      : `${place} in ${here.length} of ${all.length} seeds, by ${gain} in their mean`;
  });
}

type Judged = CellResult & { readonly arm: ArmOfCell; readonly gain: NonNullable<ArmOfCell['gain']> };

function helpSentence(judged: readonly Judged[], claims: number): string {
  const of = (claim: string) => judged.filter(({ gain }) => gain.claim === claim);
  const [helped, hurt] = [of('higher'), of('lower')];
  const tooFew = of('too-few-draws').length;
  const corrected = `after Holm's correction over ${claims} ${claims === 1 ? 'claim' : 'claims'}`;
  if (tooFew === judged.length) return 'Nothing is claimed: every cell has fewer than 5 draws.';
  const what =
    helped.length === 0
      ? `Qloom's points helped the QNN surely in none of ${count(judged.length, 'cell')}`
      : `Qloom's points helped the QNN in ${helped.length} of ${count(judged.length, 'cell')}`;
  const range = helped.length === 0 ? '' : `: ${listed(byPlace(helped, judged))}`;
  const harm = hurt.length === 0 ? '' : `; they hurt in ${listed(hurt.map(({ name }) => name))}`;
  const few =
    tooFew === 0
      ? ''
      : `; ${count(tooFew, 'cell')} with fewer than 5 draws ${tooFew === 1 ? 'makes' : 'make'} no claim`;
  return `${what}, ${corrected}${range}${harm}${few}.`;
}

/**
 * Says that some cells have too few draws for any claim to survive the correction: the sign-flip test over n draws has no
 * p-value below 2^(1 − n).
 */
function tooShort(judged: readonly Judged[], claims: number): string {
  const needed = Math.floor(1 + Math.log2(claims / 0.05)) + 1;
  const short = judged.filter(
    ({ arm, finished }) => finished?.drawsAre === 'fresh' && arm.draws < needed && arm.draws >= FEWEST_DRAWS,
  );
  if (short.length === 0) return '';
  return (
    `${short.length} of ${count(judged.length, 'cell')} ${short.length === 1 ? 'has' : 'have'} too few draws for a claim that survives this correction: ` +
    `over ${count(claims, 'claim')} it takes at least ${needed} draws.`
  );
}

function gapSentence(judged: readonly Judged[]): string[] {
  const known = judged.flatMap((cell) =>
    cell.arm.gapClosed === undefined ? [] : [{ ...cell, gap: cell.arm.gapClosed }],
  );
  if (known.length === 0) return [];
  const percent = (share: number): string => `${formatSigned(100 * share, 0).replace('+', '')}%`;
  const shown = [...new Set(known.map(placeOf))].map((place) => {
    const here = known.filter((cell) => placeOf(cell) === place);
    const [{ name, gap }] = here;
    if (here.length > 1) {
      const shares = here.map((cell) => cell.gap.estimate);
      return `${percent(meanOf(shares))} on ${place} (mean of ${here.length} seeds, the lowest ${percent(Math.min(...shares))})`;
    }
    return `${percent(gap.estimate)}${gap.level === 0 ? '' : ` [${percent(gap.low)}, ${percent(gap.high)}]`} on ${name}`;
  });
  return [
    `Of the gap between real data only and as many true samples as the oracle has, Qloom closes ${listed(shown)}.`,
  ];
}

function aboveSentence(finished: readonly { readonly name: string; readonly finished: FinishedCell }[]): string[] {
  const compared = finished.filter((cell) => cell.finished.aboveBaselines !== undefined);
  if (compared.length === 0) return [];
  const of = (claim: string) =>
    compared.filter((cell) => cell.finished.aboveBaselines?.claim === claim).map(({ name }) => name);
  const [above, below] = [of('higher'), of('lower')];
  const first =
    above.length === 0
      ? `It is surely above every baseline in no cell`
      : `It is above every baseline in ${listed(above)}`;
  return [`${first}${below.length === 0 ? '' : `, and below the best one in ${listed(below)}`}.`];
}

function safeSentence(finished: readonly { readonly name: string; readonly finished: FinishedCell }[]): string[] {
  const tested = finished.filter((cell) => cell.finished.notWorse !== undefined);
  if (tested.length === 0) return [];
  const open = tested.filter((cell) => cell.finished.notWorse?.holds === false).map(({ name }) => name);
  if (open.length === 0)
    return [`It is not worse than real data only by one point in any cell (non-inferiority, one-sided 97.5%).`];
  return [
    `That it is not worse than real data only by one point is shown in ${tested.length - open.length} of ${count(tested.length, 'cell')}, and not shown in ${listed(open)}.`,
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `a, b and c`; more than four are cut. */
function listed(items: readonly string[]): string {
  const shown = items.length > 5 ? [...items.slice(0, 4), `${items.length - 4} more`] : items;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}
