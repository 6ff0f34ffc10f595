/**
 * Thrown when bytes, shape or values of a tensor do not fit together. `field` is the path, the message states what is
 * wrong and what would be right. Its `code` maps to INVALID_ARGUMENT at the edge of a service.
 */
export class TensorError extends Error {
  override name = 'TensorError';
  readonly code = 'invalid';
  /** Path of the tensor in its message, such as `training.x`; empty for a tensor on its own. */
  readonly field: string;
  /** The message without the field. */
  readonly description: string;

  constructor(field: string, description: string) {
    super(field === '' ? description : `${field}: ${description}`);
    this.field = field;
    this.description = description;
  }

  /** One violation in the form in which services report wrong fields. */
  get violations(): readonly { readonly field: string; readonly description: string }[] {
    return [{ field: this.field, description: this.description }];
  }
}

/** Thrown when a sequence of chunks is out of order, incomplete, too long, or does not have its declared hash. */
export class ChunkError extends Error {
  override name = 'ChunkError';
  readonly code: 'invalid' | 'data-loss';

  constructor(code: 'invalid' | 'data-loss', message: string) {
    super(message);
    this.code = code;
  }
}
