/**
 * The words of OpenQASM 2 (https://arxiv.org/abs/1707.03429, appendix A) except U and CX, which are called like gates.
 */
const WORDS_2 = 'OPENQASM include qreg creg gate opaque barrier measure reset if pi sin cos tan exp ln sqrt';

/** The keywords of OpenQASM 3.1's grammar. */
const WORDS_3 =
  'OPENQASM include defcalgrammar def cal defcal gate extern box let break continue if else end return for while in switch ' +
  'case default nop pragma input output const readonly mutable qreg qubit creg bool bit int uint float angle complex array ' +
  'void duration stretch gphase inv pow ctrl negctrl durationof delay reset measure barrier true false im';

const RESERVED: Readonly<Record<2 | 3, ReadonlySet<string>>> = {
  2: new Set(WORDS_2.split(' ')),
  3: new Set(WORDS_3.split(' ')),
};

/** Whether `word` is reserved by the language and cannot be used as a name. */
export const isReserved = (word: string, version: 2 | 3): boolean => RESERVED[version].has(word);
