import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { formatSigned } from '../../terminal/format.ts';
import type { Style } from '../../terminal/style.ts';
import { type Column, renderTable, wrap } from '../../terminal/table.ts';
import type { CellResult, ComparedPair, CompareResult } from '../result/compare-result.ts';
import { qloomOf } from '../result/headline-sentences.ts';

/** Options of a summary. */
export interface CompareSummaryOptions {
  readonly style: Style;
  readonly columns: number;
  /** The page, as it is shown. */
  readonly page: string;
}

/** The comparison for a terminal: the headline, and a row for each cell. */
export function renderCompareSummary(result: CompareResult, { style, columns, page }: CompareSummaryOptions): string {
  const width = Math.min(Math.max(columns, 60), 130);
  const [first, ...rest] = result.headline;
  const shown = COLUMNS.filter((column) => width >= column.fromWidth);
  const rows = result.cells.map((cell) => shown.map(({ of }) => of(cell, style)));
  const table = renderTable(shown, rows, { header: style.dim });
  const note =
    'Scores in % of the test set and gains in points, means over draws with 95% intervals; positive is better than real data ' +
    `only. Claims after Holm's correction over all ${result.claims}.`;
  const blocks = [
    style.bold(`Compare ${result.name}`),
    wrap(first, width),
    ...(rest.length === 0 ? [] : [rest.map((text) => wrap(text, width)).join('\n')]),
    `${style.dim(wrap(note, width))}\n${table.trimEnd()}`,
    `${style.bold('Page')}  ${page}`,
  ];
  return `\n${blocks.join('\n\n')}\n`;
}

interface CellColumn extends Column {
  readonly fromWidth: number;
  readonly of: (cell: CellResult, style: Style) => string;
}

/** Columns; a narrow terminal does without the less important ones. */
const COLUMNS: readonly CellColumn[] = [
  { title: 'cell', fromWidth: 0, of: ({ name }) => name },
  { title: 'real', align: 'right', fromWidth: 0, of: (cell) => scoreOf(cell, 'real-only') },
  { title: 'Qloom', align: 'right', fromWidth: 0, of: (cell, style) => style.bold(scoreOf(cell, 'qloom')) },
  {
    title: 'gain',
    align: 'right',
    fromWidth: 108,
    of: ({ finished }) => rangeText(finished && qloomOf(finished)?.gain?.difference, (v) => formatSigned(100 * v, 1)),
  },
  { title: 'gap closed, %', align: 'right', fromWidth: 124, of: gapText },
  { title: 'best baseline', align: 'right', fromWidth: 90, of: baselineText },
  { title: 'added', align: 'right', fromWidth: 130, of: addedText },
  { title: 'verdict', fromWidth: 0, of: verdictText },
];

function scoreOf({ finished }: CellResult, arm: string): string {
  const score = finished?.arms.find(({ name }) => name === arm)?.score;
  return score === undefined ? '–' : (100 * score.estimate).toFixed(1);
}

function rangeText(interval: Interval | undefined, format: (value: number) => string): string {
  if (interval === undefined) return '–';
  const { estimate, low, high, level } = interval;
  return level === 0 ? format(estimate) : `${format(estimate)} [${format(low)}, ${format(high)}]`;
}

function gapText({ finished }: CellResult): string {
  const arm = finished && qloomOf(finished);
  if (arm?.gapClosed === undefined) return arm?.noGap === undefined ? '–' : 'no gap';
  return rangeText(arm.gapClosed, (value) => String(Math.round(100 * value)).replace('-', '−'));
}

function baselineText(cell: CellResult): string {
  const { finished } = cell;
  const arm = finished?.arms.find(({ name }) => name === finished.bestBaseline);
  return arm === undefined ? '–' : `${arm.label.replace('+ ', '')} ${scoreOf(cell, arm.name)}`;
}

function addedText({ finished }: CellResult): string {
  return finished === undefined ? '–' : `${finished.choice.added}/${finished.choice.draws}`;
}

function verdictText({ state, message, finished }: CellResult, style: Style): string {
  if (finished === undefined) {
    const why = message === undefined ? '' : `: ${message}`;
    return state === 'open' ? style.dim('no result yet') : style.red(`${state}${why}`);
  }
  const claim = qloomOf(finished)?.gain?.claim;
  if (claim === undefined) return style.dim('no arm of Qloom');
  const safe = finished.notWorse?.holds === true ? ', not worse' : '';
  const words: Record<ComparedPair['claim'], string> = {
    higher: style.green('helps'),
    lower: style.red('hurts'),
    'higher-unconfirmed': style.yellow('seems to help, not confirmed'),
    'lower-unconfirmed': style.yellow('seems to hurt, not confirmed'),
    undecided: style.yellow(`no sure difference${safe}`),
    'too-few-draws': style.dim('too few draws to claim'),
  };
  return words[claim];
}
