import type { Interval } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { intervalText } from '../result/headline.ts';
import { element, escapeText, type Markup } from './plots/svg.ts';

/** A paragraph of plain text. */
export function paragraph(text: string, className?: string): Markup {
  return element('p', { class: className }, escapeText(text));
}

/** A section with a heading; empty where it has no content. */
export function section(title: string, ...content: Markup[]): Markup {
  if (content.every((part) => part === '')) return '';
  return element('section', {}, element('h2', {}, escapeText(title)), ...content);
}

/** A figure of one drawing that scrolls sideways where the screen is narrow. */
export function wideFigure(drawing: Markup | undefined, caption: string): Markup {
  if (drawing === undefined || drawing === '') return '';
  return element('figure', {}, scrollable(drawing, caption), element('figcaption', {}, escapeText(caption)));
}

/** Content that scrolls sideways where the screen is narrow, by keyboard too. */
function scrollable(content: Markup, label: string): Markup {
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': label }, content);
}

/** A figure of small drawings side by side. */
export function gridFigure(drawings: readonly Markup[], caption: Markup, className = 'grid'): Markup {
  if (drawings.length === 0) return '';
  return element('figure', {}, element('div', { class: className }, ...drawings), element('figcaption', {}, caption));
}

/** A row of a table; the first cell is its header. */
export interface TableRow {
  readonly cells: readonly Markup[];
  readonly className?: string;
}

/** A table whose columns after the first are figures. Cells are markup. */
export function table(headers: readonly string[], rows: readonly TableRow[]): Markup {
  const head = headers.map((header, i) =>
    element('th', { scope: 'col', class: i === 0 ? undefined : 'n' }, escapeText(header)),
  );
  const body = rows.map(({ cells, className }) =>
    element(
      'tr',
      { class: className },
      ...cells.map((cell, i) =>
        i === 0 ? element('th', { scope: 'row' }, cell) : element('td', { class: 'n' }, cell),
      ),
    ),
  );
  return scrollable(
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body)),
    `Table: ${headers.filter((header) => header !== '').join(', ')}`,
  );
}

/** An estimate with its interval in a lighter colour. */
export function rangedText(interval: Interval | undefined, format: (value: number) => string): Markup {
  const [estimate, ...range] = intervalText(interval, format).split(' [');
  return range.length === 0 ? estimate : estimate + element('span', { class: 'range' }, ` [${range.join('')}`);
}

/** A list of terms with their descriptions. */
export function definitions(entries: readonly (readonly [term: string, text: string])[]): Markup {
  return element(
    'dl',
    {},
    ...entries.flatMap(([term, text]) => [element('dt', {}, escapeText(term)), element('dd', {}, escapeText(text))]),
  );
}
