import { MAX_ECHOED_LENGTH } from '@qloom/tensor/quoted.ts';

/** The most characters that a program may have: room for {@link MAX_GATES} gates on two qubits each, a line a gate. */
export const MAX_SOURCE = 2 * 2 ** 20;

/** The most characters of a name, so that messages can have it as it is. */
export const MAX_NAME = MAX_ECHOED_LENGTH;

/** The most characters of a number, or of the text between quotes: the bits of the widest type. */
export const MAX_LITERAL = 1024;

/** How deep expressions, blocks and loops may nest, and gates may be defined by gates that are defined by gates. */
export const MAX_DEPTH = 200;

/** The most gates a program may unfold to. */
export const MAX_GATES = 100_000;

/** The most steps (calls, rounds of loops, parts of expressions and their terms) that unfolding may take. */
export const MAX_STEPS = 2_000_000;

/** The most data inputs of a program: the amplitudes of the largest circuit. */
export const MAX_INPUTS = 2 ** 20;
