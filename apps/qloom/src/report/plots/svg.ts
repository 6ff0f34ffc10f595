/** Attributes of an element; undefined ones are left out. Numbers are written with at most two decimals. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Markup of SVG or HTML that is safe to put into a document as it is. */
export type Markup = string & { readonly __markup?: true };

/** Text made safe for element content and attribute values. */
export function escapeText(text: string): Markup {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** An element with its children, which must be markup already. */
export function element(name: string, attributes: Attributes, ...children: Markup[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : escapeText(String(value))}"`)
    .join('');
  return children.length === 0 && !HTML_PAIRS.has(name)
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join('')}</${name}>`;
}

/** Elements that HTML does not close by themselves. */
const HTML_PAIRS: ReadonlySet<string> = new Set([
  'td',
  'th',
  'div',
  'span',
  'p',
  'tbody',
  'thead',
  'section',
  'dd',
  'dt',
]);

/** A text element of SVG. */
export function label(x: number, y: number, text: string, attributes: Attributes = {}): Markup {
  return element('text', { x, y, ...attributes }, escapeText(text));
}

/** A straight line. */
export function line(x1: number, y1: number, x2: number, y2: number, className: string): Markup {
  return element('line', { x1, y1, x2, y2, class: className });
}

/** Texts of a figure for screen readers. */
export interface FigureText {
  /** Unique in the document. */
  readonly id: string;
  readonly title: string;
  /** Description of the figure, in words and numbers. */
  readonly description: string;
}

/** A drawing that scales with its container, with title and description for screen readers. */
export function drawing(width: number, height: number, text: FigureText, ...children: Markup[]): Markup {
  return element(
    'svg',
    {
      viewBox: `0 0 ${number(width)} ${number(height)}`,
      role: 'img',
      'aria-labelledby': `${text.id}-title ${text.id}-desc`,
      style: `--w:${number(width)}px`,
    },
    element('title', { id: `${text.id}-title` }, escapeText(text.title)),
    element('desc', { id: `${text.id}-desc` }, escapeText(text.description)),
    ...children,
  );
}

function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}
