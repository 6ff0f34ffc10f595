import { CircuitError, CircuitTooLargeError } from '../errors.ts';

/** A place in a source text; lines and columns count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * Thrown when a program is malformed or uses an unsupported construct. The message begins with file, line and column.
 */
export class OpenQasmError extends Error {
  override name = 'OpenQasmError';
  readonly code = 'invalid';
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(file: string, { line, column }: SourcePosition, message: string) {
    super(`${file}:${line}:${column}: ${message}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}

/** Whether an error is about a wrong circuit, program or observable, rather than a defect of the code. */
export const isCircuitRefusal = (error: unknown): error is CircuitError | CircuitTooLargeError | OpenQasmError =>
  error instanceof CircuitError || error instanceof CircuitTooLargeError || error instanceof OpenQasmError;
