import { CircuitError, CircuitTooLargeError } from '@qloom/quantum/errors.ts';
import { OpenQasmError } from '@qloom/quantum/qasm/errors.ts';
import { UsageError } from '../command/errors.ts';

/** Runs `work`; a circuit that is wrong is the user's mistake: its error becomes a UsageError with the same message. */
export function circuitWork<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CircuitError || error instanceof CircuitTooLargeError || error instanceof OpenQasmError) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}
