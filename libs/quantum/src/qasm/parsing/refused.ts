/** The supported constructs, in words: the end of every message about an unsupported one. */
export const SUPPORTED =
  'supported are registers, gates, gate definitions, ctrl, negctrl, inv and pow, barriers, final measurements, const, ' +
  'input float, and for loops over constants';

const NOT_BY_BITS = 'gates do not depend on measured bits';
const NO_TIME = 'circuits have no time';
const NO_PULSES = 'circuits have no pulses';
const NO_VARIABLES = 'variables are const or input';

/** Unsupported statements of OpenQASM 2, with the reason. */
const REASONS_2: Readonly<Record<string, string>> = { if: NOT_BY_BITS, opaque: 'a gate needs a body' };

const because = (reason: string, words: string): [string, string][] => words.split(' ').map((word) => [word, reason]);

/** Unsupported statements of OpenQASM 3, with the reason. */
const REASONS_3: Readonly<Record<string, string>> = Object.fromEntries([
  ...because(NOT_BY_BITS, 'if else switch case default'),
  ...because('loops run over constants', 'while'),
  ...because('a gate needs a body', 'opaque'),
  ...because(NO_TIME, 'delay box durationof stretch duration'),
  ...because(NO_PULSES, 'defcal cal defcalgrammar'),
  ...because(NO_VARIABLES, 'int uint float angle bool complex array'),
  ...because(SUPPORTED, 'def extern let output return break continue end nop pragma readonly mutable void'),
]);

/** Statements of OpenQASM 3 that OpenQASM 2 does not have. */
const NEW_IN_3 = new Set([
  ...Object.keys(REASONS_3).filter((word) => !Object.hasOwn(REASONS_2, word)),
  ...['qubit', 'bit', 'const', 'input', 'for', 'ctrl', 'negctrl', 'inv', 'pow'],
]);

/** Why a statement that starts with `word` is refused, or null if the language has no such statement. */
export function refusalOf(word: string, version: 2 | 3): string | null {
  const reasons = version === 2 ? REASONS_2 : REASONS_3;
  if (Object.hasOwn(reasons, word)) return `${word} is not supported: ${reasons[word]}`;
  return version === 2 && NEW_IN_3.has(word) ? `${word} is OpenQASM 3, and this program is OpenQASM 2` : null;
}
