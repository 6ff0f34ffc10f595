/** Kinds of errors; the messages have the details. */
export type CompileErrorCode =
  | 'UNMAPPED_KERNEL'
  | 'VALUE_READ'
  | 'HIDDEN_STATE'
  | 'COMPUTED_VARIABLE'
  | 'ASYNC_FUNCTION'
  | 'DYNAMIC_SHAPE'
  | 'BAD_ARGUMENT'
  | 'BAD_OUTPUT'
  | 'DISPOSED'
  | 'OUTSIDE_OF_TRACE'
  | 'PROVIDER';

/**
 * Thrown when a function cannot be compiled, or a compiled one cannot run. The message says what is wrong, the line of
 * the function that did it, and what to do instead; `code` is the kind.
 */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly code: CompileErrorCode;

  constructor(code: CompileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
