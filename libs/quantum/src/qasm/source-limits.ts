import { MAX_ECHOED_LENGTH } from '@qloom/tensor/quoted.ts';

/**
 * Maximum number of characters of a program: room for {@link MAX_GATES} gates on two qubits each, one line per gate.
 */
export const MAX_SOURCE = 2 * 2 ** 20;

/** Maximum number of characters of a name, so that messages can contain it in full. */
export const MAX_NAME = MAX_ECHOED_LENGTH;

/** Maximum number of characters of a number, or of a text in quotes: the bits of the widest type. */
export const MAX_LITERAL = 1024;

/** Maximum nesting depth of expressions, blocks and loops, and of gate definitions that use other definitions. */
export const MAX_DEPTH = 200;

/** Maximum number of gates that a program may unfold to. */
export const MAX_GATES = 100_000;

/** Maximum number of steps of unfolding (calls, iterations of loops, parts of expressions and their terms). */
export const MAX_STEPS = 2_000_000;

/** Maximum number of data inputs of a program: the number of amplitudes of the largest circuit. */
export const MAX_INPUTS = 2 ** 20;
