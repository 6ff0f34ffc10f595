import { htmlPage } from '../../report/html-page.ts';
import { element, escapeText, type Markup } from '../../report/plots/svg.ts';
import type { CompareResult } from '../result/compare-result.ts';
import { cellsSection } from './sections/section-cells.ts';
import { choicesSection } from './sections/section-choices.ts';
import { gapSection, safetySection } from './sections/section-forests.ts';
import { headingOf } from './sections/section-heading.ts';
import { hyperparametersSection } from './sections/section-hyperparameters.ts';
import { labelsSection } from './sections/section-labels.ts';
import { learningSection } from './sections/section-learning.ts';
import { profileSection } from './sections/section-profile.ts';
import { readingSection } from './sections/section-reading.ts';
import { timeSection } from './sections/section-time.ts';

/** How a comparison was made, for its last section. */
export interface CompareSource {
  /** The command that makes it again. */
  readonly command: string;
  /** Text of the compare file. */
  readonly fileText: string;
  /** Version of Qloom. */
  readonly version: string;
}

/** The sections, with their ids for links. */
const SECTIONS: readonly (readonly [id: string, title: string, of: (result: CompareResult) => Markup])[] = [
  ['labels', 'Scores against labels', labelsSection],
  ['gap', 'How much of the gap is closed', gapSection],
  ['safety', 'Is it ever worse?', safetySection],
  ['choices', 'What was chosen', choicesSection],
  ['profile', 'All draws at once', profileSection],
  ['cells', 'Every cell, every arm', cellsSection],
  ['learning', 'Learning curves', learningSection],
  ['time', 'Where the time went', timeSection],
  ['hyperparameters', 'Do hyperparameters matter?', hyperparametersSection],
  ['reading', 'How to read this page', readingSection],
];

/** The page of a comparison: one HTML document without external resources. */
export function renderComparePage(result: CompareResult, source: CompareSource): string {
  const sections = SECTIONS.map(([id, title, of]) => ({ id, title, content: of(result) })).filter(
    ({ content }) => content !== '',
  );
  const links = sections.map(({ id, title }) => element('a', { href: `#${id}` }, escapeText(title)));
  const body = [
    headingOf(result),
    element('nav', { 'aria-label': 'Sections' }, links.join(' ')),
    ...sections.map(({ id, title, content }) =>
      element('section', { id }, element('h2', {}, escapeText(title)), content),
    ),
    againSection(source),
  ];
  const styles = [new URL('./compare.css', import.meta.url)];
  return htmlPage({ title: result.name, styles, body, version: source.version });
}

function againSection({ command, fileText }: CompareSource): Markup {
  return element(
    'section',
    { id: 'again' },
    element('h2', {}, 'Make it again'),
    element('pre', {}, escapeText(command)),
    element(
      'details',
      {},
      element('summary', {}, 'The compare file'),
      element('pre', {}, escapeText(fileText.trimEnd())),
    ),
  );
}
