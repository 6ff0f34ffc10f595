import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { paragraph, type TableRow, table } from '../../../report/html.ts';
import { element, escapeText, type Markup } from '../../../report/plots/svg.ts';
import { formatSigned } from '../../../terminal/format.ts';
import type { ArmOfCell, ComparedPair, CompareResult, FinishedCell } from '../../result/compare-result.ts';
import { qloomOf } from '../../result/headline-sentences.ts';

/** Every cell with all figures of all arms, folded. */
export function cellsSection({ cells, claims }: CompareResult): Markup {
  const finished = cells.flatMap((cell) => (cell.finished === undefined ? [] : [{ ...cell, finished: cell.finished }]));
  if (finished.length === 0) return '';
  return (
    paragraph(
      `In brackets 95% intervals. p is corrected by Holm’s method over all ${claims} claims of this page; “–” where a cell has too few draws to claim anything.`,
    ) + finished.map(({ name, finished: cell }, i) => cellDetails(name, cell, i === 0)).join('')
  );
}

function cellDetails(name: string, cell: FinishedCell, isOpen: boolean): Markup {
  const gain = qloomOf(cell)?.gain;
  const above = cell.aboveBaselines;
  const draws = `${cell.draws} ${cell.drawsAre === 'fresh' ? 'draws' : 'splits of one file'}, ${cell.testCount} test points`;
  return element(
    'details',
    { class: 'cell-details', open: isOpen ? 'open' : undefined },
    element(
      'summary',
      {},
      element('b', {}, escapeText(name)),
      gain === undefined ? '' : element('span', { class: `claim ${gain.claim}` }, escapeText(claimText(gain))),
      element('span', {}, escapeText(draws)),
    ),
    paragraph(cell.verdict, 'note'),
    armsTable(cell),
    above === undefined ? '' : paragraph(aboveText(cell, above), 'note'),
    ...cell.arms
      .filter((arm) => arm.role === 'baseline' && arm.configuration !== '')
      .map((arm) => paragraph(`${arm.label}: ${arm.configuration}`, 'note')),
    ...cell.warnings.map((warning) => paragraph(warning, 'warning')),
  );
}

/** The claim in a word or two, with the mean difference. */
function claimText({ claim, difference }: ComparedPair): string {
  const points = `${formatSigned(100 * difference.estimate, 1)} points`;
  const words: Record<ComparedPair['claim'], string> = {
    higher: `helps, ${points}`,
    lower: `hurts, ${points}`,
    'higher-unconfirmed': `seems to help, ${points}, not confirmed`,
    'lower-unconfirmed': `seems to hurt, ${points}, not confirmed`,
    undecided: `${points}, no sure difference`,
    'too-few-draws': `${points}, too few draws to claim anything`,
  };
  return words[claim];
}

function aboveText(cell: FinishedCell, above: NonNullable<FinishedCell['aboveBaselines']>): string {
  const label = cell.arms.find((arm) => arm.name === above.baseline)?.label ?? above.baseline;
  const { difference, pValueHolm } = above;
  const range =
    difference.level === 0
      ? ''
      : ` [${formatSigned(100 * difference.low, 1)}, ${formatSigned(100 * difference.high, 1)}]`;
  return `Qloom less the baseline that it is least above, ${label}: ${formatSigned(100 * difference.estimate, 1)} points${range}, p of all baselines ${pText(pValueHolm, above.claim)}.`;
}

/** A column of the table of arms; left out where no arm has a value. */
interface ArmColumn {
  readonly title: string;
  readonly cell: (arm: ArmOfCell) => Markup;
}

function armsTable(cell: FinishedCell): Markup {
  const isBalanced = cell.score === 'accuracy';
  const points = (value: number): string => formatSigned(100 * value, 1);
  const columns: ArmColumn[] = [
    { title: 'accuracy, %', cell: (arm) => ranged(arm.accuracy, percent) },
    // Where classes are equal it is the accuracy.
    ...(isBalanced
      ? []
      : [{ title: 'balanced accuracy, %', cell: (arm: ArmOfCell) => ranged(arm.balancedAccuracy, percent) }]),
    {
      title: isBalanced ? 'gain, points' : 'balanced gain, points',
      cell: (arm) => (arm.role === 'real-only' ? '' : ranged(arm.gain?.difference, points)),
    },
    {
      title: 'p (Holm)',
      cell: ({ gain }) => (gain === undefined ? '' : escapeText(pText(gain.pValueHolm, gain.claim))),
    },
    { title: 'gap closed, %', cell: gapCell },
    { title: 'AUC', cell: (arm) => ranged(arm.auc, (value) => value.toFixed(3)) },
    { title: 'log loss', cell: (arm) => ranged(arm.logLoss, (value) => value.toFixed(3)) },
    { title: 's a draw', cell: ({ seconds }) => seconds.toFixed(seconds < 10 ? 2 : 1) },
  ];
  const shown = columns
    .map(({ title, cell: of }) => ({ title, cells: cell.arms.map(of) }))
    .filter(({ cells }) => cells.some((text) => text !== '' && text !== '–'));
  const rows = cell.arms.map(
    (arm, i): TableRow => ({
      className: arm.name === 'qloom' ? 'strong' : undefined,
      cells: [escapeText(arm.label), ...shown.map(({ cells }) => cells[i])],
    }),
  );
  return (
    table(['arm', ...shown.map(({ title }) => title)], rows) +
    (isBalanced
      ? paragraph('The classes of the test set are equal, so that balanced accuracy is accuracy.', 'note')
      : '')
  );
}

function gapCell(arm: ArmOfCell): Markup {
  if (arm.gapClosed !== undefined)
    return ranged(arm.gapClosed, (value) => String(Math.round(100 * value)).replace('-', '−'));
  return arm.noGap === undefined ? '' : element('span', { title: arm.noGap, class: 'range' }, 'no gap');
}

function pText(p: number, claim: ComparedPair['claim']): string {
  if (claim === 'too-few-draws') return '–';
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

/** An estimate with its interval in a lighter colour; a dash where there is none. */
function ranged(interval: Interval | undefined, format: (value: number) => string): Markup {
  if (interval === undefined) return '–';
  const { estimate, low, high, level } = interval;
  if (level === 0) return format(estimate);
  return format(estimate) + element('span', { class: 'range' }, ` [${format(low)}, ${format(high)}]`);
}
