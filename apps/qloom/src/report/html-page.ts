import { readFileSync } from 'node:fs';
import { element, escapeText, type Markup } from './plots/svg.ts';

/** A document. */
export interface HtmlPage {
  readonly title: string;
  /** Style sheets in addition to that of all pages. */
  readonly styles?: readonly URL[];
  readonly body: readonly Markup[];
  /** Version of Qloom. */
  readonly version: string;
}

/** One HTML document without external resources. */
export function htmlPage({ title, styles = [], body, version }: HtmlPage): string {
  const css = [new URL('./report.css', import.meta.url), ...styles].map((file) => readFileSync(file, 'utf8'));
  const footer = element('footer', {}, `Made by qloom ${escapeText(version)}. This page loads nothing from anywhere.`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(`Qloom: ${title}`)}</title>
<style>
${css.join('\n')}</style>
</head>
<body>
${[...body, footer].filter((part) => part !== '').join('\n')}
</body>
</html>
`;
}
