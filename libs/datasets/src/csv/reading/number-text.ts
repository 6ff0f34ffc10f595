/** The decimal mark of a file. */
export type DecimalMark = '.' | ',';

const FORMS: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/,
  ',': /^[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?$/,
};

/** The number that a field holds; NaN where it is no finite decimal number. */
export function readNumber(text: string, decimal: DecimalMark = '.'): number {
  if (!FORMS[decimal].test(text)) return Number.NaN;
  const value = Number(decimal === ',' ? text.replace(',', '.') : text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Whether a field reads as a finite decimal number. */
export function isNumeric(text: string, decimal: DecimalMark = '.'): boolean {
  return !Number.isNaN(readNumber(text, decimal));
}

/** Texts for a value that is not there, in lower case. A quoted text is never one. */
export const MISSING: ReadonlySet<string> = new Set([
  '',
  'na',
  'n/a',
  '#n/a',
  '<na>',
  'nan',
  '-nan',
  'null',
  'none',
  '?',
]);

/** A kind of text that means a number and cannot be read as one. */
interface Fault {
  readonly form: RegExp;
  /** What is wrong and what would be right, after the text. */
  readonly say: (text: string) => string;
  /** Whether such a text is a value, and so no name of a column. */
  readonly isValue: boolean;
}

const IGNORE = "or name the column in 'ignore'";

const FAULTS: readonly Fault[] = [
  {
    form: /^(nat|nil|missing|undefined|[-–—]+|\.)$/i,
    say: () => 'stands for a missing value; fill it in, or leave the row out',
    isValue: true,
  },
  {
    form: /^[+-]?(inf|infinity|∞|1\.#inf)$/i,
    say: () => 'is infinite; give a finite number, or leave the row out',
    isValue: true,
  },
  {
    form: FORMS['.'],
    say: () => 'is beyond the numbers that float64 holds, about ±1.8e308; write it in other units',
    isValue: true,
  },
  {
    form: /^[+-]?[1-9]\d{0,2},\d{3}$/,
    say: (text) =>
      `has a comma; write ${text.replace(',', '')} where it separates thousands, or set decimal: "," where it is the decimal mark`,
    isValue: true,
  },
  { form: FORMS[','], say: () => 'has a decimal comma; set decimal: ","', isValue: true },
  {
    form: /^[+-]?\d{1,3}([ ,.'’_\u00A0\u202F]\d{3})+([.,]\d+)?$/,
    say: (text) => `has thousands separators; write ${withoutThousands(text)}`,
    isValue: true,
  },
  {
    form: /^[+-]?[\d.,]+ ?%$/,
    say: (text) => `has a percent sign; write ${text.replace(/ ?%$/, '')} in a column of percentages`,
    isValue: true,
  },
  {
    form: /^[+-]?([€$£¥] ?[\d.,]+|[\d.,]+ ?[€$£¥])$/,
    say: () => 'has a currency sign; write the number alone',
    isValue: true,
  },
  {
    form: /^[−–—‐‑][\d.,]+/,
    say: (text) =>
      `has a dash (U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase()}) in place of the minus sign -`,
    isValue: true,
  },
  {
    form: /^[+-]?[\d.]+[dD][+-]?\d+$/,
    say: (text) => `has an exponent as Fortran writes it; write ${text.replace(/d/i, 'e')}`,
    isValue: true,
  },
  {
    form: /^\(?[+-]?[\d.]+([eE][+-]?\d+)?[+-][\d.]+([eE][+-]?\d+)?[ij]\)?$/,
    say: () => 'is complex; give real and imaginary part a column each',
    isValue: true,
  },
  {
    form: /^(\d{4}[-/]\d\d?[-/]\d\d?([T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*|\d{1,2}:\d\d.*)$/,
    say: () => `is a date or a time; write it as a number, such as seconds or days, ${IGNORE}`,
    isValue: true,
  },
  {
    form: /^[+-]?0x[\da-f]+$/i,
    say: (text) => `is hexadecimal; write ${Number(text.replace(/^\+/, ''))}`,
    isValue: true,
  },
  { form: /^(true|false|yes|no)$/i, say: () => `is a truth value; write 1 and 0, ${IGNORE}`, isValue: true },
  {
    form: /^#(DIV\/0!|VALUE!|REF!|NAME\?|NUM!|NULL!)$/,
    say: () => 'is an error value of a spreadsheet; give the number, or leave the row out',
    isValue: true,
  },
  { form: /^[[({][\s\d.,;eE+-]+[\])}]$/, say: () => 'is a list; give each of its numbers a column', isValue: true },
  {
    form: /^[+-]?[\d.]+([eE][+-]?\d+)? ?[a-zA-ZµμΩ°"']/,
    say: (text) => `has a unit; write ${/^[+-]?[\d.]+([eE][+-]?\d+)?/.exec(text)?.[0]} and name the unit in the header`,
    isValue: false,
  },
  {
    form: /^[^;\t|]*\d[^;\t|]*[;\t|][^;\t|]*\d/,
    say: (text) => `holds ${JSON.stringify(/[;\t|]/.exec(text)?.[0])}, which may be the separator; set separator`,
    isValue: false,
  },
];

/** Why a field is no finite number, and what would be right: after the text itself. */
export function numberFault(text: string, decimal: DecimalMark = '.'): string {
  if (decimal === ',' && /^[+-]?\d*\.\d+/.test(text)) {
    return 'has a decimal point, and decimal is ","; write all numbers in one way';
  }
  const fault = faultOf(text);
  return fault?.say(text) ?? `is not a finite number; give one, ${IGNORE}`;
}

/** Whether a field is a value, if one that cannot be read: such a field names no column. */
export function isValueLike(text: string, decimal: DecimalMark = '.'): boolean {
  if (isNumeric(text, decimal) || MISSING.has(text.toLowerCase())) return true;
  return faultOf(text)?.isValue ?? false;
}

/** A longer text is none of the forms but a number, and would be costly to look through. */
const LONGEST_FORM = 100;

function faultOf(text: string): Fault | undefined {
  return FAULTS.find(({ form }) => (text.length <= LONGEST_FORM || form === FORMS['.']) && form.test(text));
}

function withoutThousands(text: string): string {
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  const isMark = last >= 0 && (text.length - last !== 4 || text.slice(0, last).includes(text[last]) === false);
  const hasFraction = last >= 0 && isMark && /[ ,.'’_\u00A0\u202F]/.test(text.slice(0, last));
  const whole = (hasFraction ? text.slice(0, last) : text).replaceAll(/[ ,.'’_\u00A0\u202F]/g, '');
  return hasFraction ? `${whole}.${text.slice(last + 1)}` : whole;
}

/**
 * A label or group as it is named: numbers in one form, so that `1`, `1.0` and `1.000e+00` are one class. A number with more
 * digits than float64 tells apart keeps its text.
 */
export function canonicalName(text: string, decimal: DecimalMark = '.'): string {
  const value = readNumber(text, decimal);
  if (Number.isNaN(value)) return text;
  const digits = text
    .replace(/[eE].*$/, '')
    .replaceAll(/\D/g, '')
    .replace(/^0+/, '');
  const significant = /[.,]/.test(text) ? digits.replace(/0+$/, '') : digits;
  if (significant.length <= 15) return String(value);
  return /^[+-]?\d+$/.test(text) ? String(BigInt(text.replace(/^\+/, ''))) : text;
}
