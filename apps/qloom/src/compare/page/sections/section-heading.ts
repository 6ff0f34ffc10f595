import type { Claim } from '@qloom/metrics/statistics/claim.ts';
import { paragraph } from '../../../report/html.ts';
import { element, escapeText, type Markup } from '../../../report/plots/svg.ts';
import { formatSigned } from '../../../terminal/format.ts';
import type { CompareResult } from '../../result/compare-result.ts';
import { qloomOf } from '../../result/headline-sentences.ts';

type Tone = 'good' | 'bad' | 'unsure' | 'plain';

/** The head of the page: figures in large type, then what they say in sentences, then cells without a result. */
export function headingOf(result: CompareResult): Markup {
  const [first, ...rest] = result.headline;
  const without = result.cells.filter((cell) => cell.finished === undefined);
  return element(
    'header',
    {},
    element('h1', {}, escapeText(result.name)),
    paragraph(factsOf(result)),
    element('div', { class: 'tiles' }, ...tilesOf(result)),
    element('p', { class: `verdict ${verdictTone(result)}` }, escapeText(first)),
    rest.length === 0
      ? ''
      : element('ul', { class: 'says' }, ...rest.map((text) => element('li', {}, escapeText(text)))),
    ...without.map(({ name, state, message }) =>
      paragraph(`${name}: ${STATES[state]}${message === undefined ? '' : `: ${message}`}`, 'warning'),
    ),
  );
}

const STATES = { open: 'no result yet', finished: 'finished', failed: 'failed', cancelled: 'cancelled' };

function factsOf({ cells, seed, claims }: CompareResult): string {
  const finished = cells.filter((cell) => cell.finished !== undefined);
  const draws = finished.map((cell) => cell.finished?.draws ?? 0);
  const groups = new Set(cells.map(({ group }) => group)).size;
  const range = draws.length === 0 ? '' : span(Math.min(...draws), Math.max(...draws));
  return [
    `${groups} ${groups === 1 ? 'task' : 'tasks'}`,
    finished.length === cells.length ? `${cells.length} cells` : `${finished.length} of ${cells.length} cells`,
    ...(range === '' ? [] : [`${range} draws a cell`]),
    `${claims} claims`,
    `seed ${seed}`,
  ].join(' · ');
}

function span(low: number, high: number): string {
  return low === high ? String(low) : `${low} to ${high}`;
}

function tilesOf({ cells, overall }: CompareResult): Markup[] {
  const finished = cells.flatMap((cell) => (cell.finished === undefined ? [] : [cell.finished]));
  const arms = finished.flatMap((cell) => qloomOf(cell) ?? []);
  const claimed = (claim: Claim): number => arms.filter((arm) => arm.gain?.claim === claim).length;
  const gaps = arms.flatMap((arm) => (arm.gapClosed === undefined ? [] : [100 * arm.gapClosed.estimate]));
  const safe = finished.flatMap((cell) => (cell.notWorse === undefined ? [] : [cell.notWorse.holds]));
  const middle = overall?.interquartileMean;
  return [
    ...(arms.length === 0
      ? []
      : [
          tile(
            `${claimed('higher')} of ${arms.length}`,
            'cells in which its points surely help',
            claimed('higher') > 0 ? 'good' : 'unsure',
          ),
        ]),
    ...(middle === undefined
      ? []
      : [
          tile(
            formatSigned(100 * middle.estimate, 1),
            middle.level === 0
              ? 'points gained in the middle half of all draws'
              : `points gained in the middle half of all draws, 95% interval ${formatSigned(100 * middle.low, 1)} to ${formatSigned(100 * middle.high, 1)}`,
            middle.level === 0 || (middle.low <= 0 && middle.high >= 0) ? 'unsure' : middle.low > 0 ? 'good' : 'bad',
          ),
        ]),
    ...(gaps.length === 0
      ? []
      : [tile(gapText(gaps), 'of the gap to true samples closed, where there is a gap', 'plain')]),
    ...(safe.length === 0
      ? []
      : [
          tile(
            `${safe.filter(Boolean).length} of ${safe.length}`,
            'cells in which it is shown not to be worse by one point',
            safe.every(Boolean) ? 'good' : 'unsure',
          ),
        ]),
    ...(claimed('lower') === 0 ? [] : [tile(String(claimed('lower')), 'cells in which its points surely hurt', 'bad')]),
  ];
}

function gapText(gaps: readonly number[]): string {
  const [low, high] = [Math.min(...gaps), Math.max(...gaps)].map((gap) => Math.round(gap));
  const minus = (value: number): string => String(value).replace('-', '−');
  return low === high ? `${minus(low)}%` : `${minus(low)} to ${minus(high)}%`;
}

function tile(figure: string, text: string, tone: Tone): Markup {
  return element(
    'div',
    { class: `tile ${tone}` },
    element('b', {}, escapeText(figure)),
    element('span', {}, escapeText(text)),
  );
}

/** Green where something helps and nothing hurts, red where something hurts and nothing helps. */
function verdictTone({ cells }: CompareResult): string {
  const claims = cells.flatMap((cell) =>
    cell.finished === undefined ? [] : (qloomOf(cell.finished)?.gain?.claim ?? []),
  );
  const [helps, hurts] = [claims.includes('higher'), claims.includes('lower')];
  return helps === hurts ? '' : helps ? 'helped' : 'hurt';
}
