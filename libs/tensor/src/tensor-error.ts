/**
 * Thrown when bytes, shape or values of a tensor do not fit together. `field` says where, the message what is wrong
 * and what would be right. Its `code` maps to INVALID_ARGUMENT at the edge of a service.
 */
export class TensorError extends Error {
  override name = 'TensorError';
  readonly code = 'invalid';
  /** Path of the tensor in what was read, such as `training.x`; empty for one that stands alone. */
  readonly field: string;
  /** What is wrong, without the field. */
  readonly description: string;

  constructor(field: string, description: string) {
    super(field === '' ? description : `${field}: ${description}`);
    this.field = field;
    this.description = description;
  }

  /** One violation, in the form in which a service reports wrong fields. */
  get violations(): readonly { readonly field: string; readonly description: string }[] {
    return [{ field: this.field, description: this.description }];
  }
}

/** Thrown when a sequence of chunks is out of order, incomplete, too long, or has another hash than it said. */
export class ChunkError extends Error {
  override name = 'ChunkError';
  readonly code: 'invalid' | 'data-loss';

  constructor(code: 'invalid' | 'data-loss', message: string) {
    super(message);
    this.code = code;
  }
}
