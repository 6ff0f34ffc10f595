import { paragraph, type TableRow, table } from '../../../report/html.ts';
import { element, escapeText, type Markup } from '../../../report/plots/svg.ts';
import { formatValue } from '../../../terminal/format.ts';
import type { ChoiceOfCell, CompareResult } from '../../result/compare-result.ts';
import { qloomOf } from '../../result/headline-sentences.ts';

/** What Qloom chose in each cell: on which draws it added points, how many, and with which configuration. */
export function choicesSection({ cells }: CompareResult): Markup {
  const chosen = cells.flatMap(({ name, finished }) =>
    finished === undefined || qloomOf(finished) === undefined ? [] : [{ name, choice: finished.choice }],
  );
  if (chosen.length === 0) return '';
  const rows = chosen.map(
    ({ name, choice }): TableRow => ({
      cells: [
        escapeText(name),
        dots(choice),
        `${choice.added} of ${choice.draws}`,
        choice.ratio === undefined ? '–' : `${formatValue(Number(choice.ratio.toFixed(2)))}`,
        originText(choice),
        configurationText(choice),
      ],
    }),
  );
  const perDraw = chosen.every(({ choice }) => choice.isPerDraw);
  const searched = chosen.some(({ choice }) => choice.episodes > 0);
  return (
    paragraph(scopeText(perDraw, searched)) +
    table(['cell', 'draws', 'added', 'points a label', 'from', 'configuration'], rows)
  );
}

/** Which part of the choice intervals cover. */
function scopeText(perDraw: boolean, searched: boolean): string {
  const added = perDraw
    ? 'Whether to add points was decided on each draw from the labels of that draw, so that intervals cover this decision.'
    : 'Whether to add points was decided once for all draws of a cell, so that intervals hold given that decision.';
  const configuration = searched
    ? ' The configuration comes from one search a study, which serves all of its draws: intervals are conditional on it, unless a cell has several seeds.'
    : ' No search was made: the configuration is the default one, the same for all draws.';
  return added + configuration;
}

/** The configuration; a long one is folded. */
function configurationText({ configuration }: ChoiceOfCell): Markup {
  if (configuration === '') return '–';
  const text = element('span', { class: 'note settings' }, escapeText(configuration));
  if (configuration.length < 80) return text;
  const settings = configuration.split(', ').length;
  return element('details', {}, element('summary', {}, `${settings} settings`), text);
}

function originText({ origin, episodes }: ChoiceOfCell): string {
  if (origin === 'search') return `search of ${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`;
  if (origin === 'default') return episodes === 0 ? 'default' : `default (${episodes} episodes tried)`;
  return 'nothing chosen';
}

/** A dot for each draw, filled where points were added; in rows of twenty. */
function dots({ added, draws }: ChoiceOfCell): Markup {
  const across = 20;
  const rows = Math.max(1, Math.ceil(draws / across));
  const circles = Array.from({ length: draws }, (_, i) =>
    element('circle', {
      cx: 6 + (i % across) * 9,
      cy: 6 + Math.floor(i / across) * 9,
      r: 3.2,
      class: i < added ? 'added' : 'not-added',
    }),
  );
  return element(
    'svg',
    {
      viewBox: `0 0 ${across * 9 + 4} ${rows * 9 + 4}`,
      class: 'dots arm-qloom',
      role: 'img',
      'aria-label': `added on ${added} of ${draws} draws`,
    },
    ...circles,
  );
}
