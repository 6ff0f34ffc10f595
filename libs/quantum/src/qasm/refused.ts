/** What a program may have, in words: the end of every message about what it may not. */
export const SUPPORTED =
  'supported are registers, gates, gate definitions, ctrl, negctrl, inv and pow, barriers, final measurements, const, ' +
  'input float, and for loops over constants';

/** Statements that the language has and that are refused, with the reason. */
const REASONS: Readonly<Record<string, string>> = {
  reset: 'a circuit is unitary up to its final measurements',
  if: 'gates do not depend on measured bits',
  switch: 'gates do not depend on measured bits',
  while: 'loops run over constants',
  opaque: 'a gate needs a body',
  delay: 'circuits have no time',
  box: 'circuits have no time',
  defcal: 'circuits have no pulses',
  cal: 'circuits have no pulses',
  defcalgrammar: 'circuits have no pulses',
  ...Object.fromEntries(
    [
      'def',
      'extern',
      'let',
      'output',
      'return',
      'break',
      'continue',
      'end',
      'array',
      'stretch',
      'duration',
      'pragma',
    ].map((word) => [word, SUPPORTED]),
  ),
  ...Object.fromEntries(
    ['int', 'uint', 'float', 'angle', 'bool', 'complex'].map((word) => [word, 'variables are const or input']),
  ),
};

/** Why a statement that starts with `word` is refused, or null where it is not known to the language. */
export const refusalOf = (word: string): string | null =>
  Object.hasOwn(REASONS, word) ? `${word} is not supported: ${REASONS[word]}` : null;
