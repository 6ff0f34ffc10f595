/**
 * Thrown when data or settings cannot be used. `field` names the setting, column or argument at fault; the message
 * says what was wrong, where, and what would be right.
 */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  /** The part at fault: a setting (`shots`), a column (`x3`), an argument (`counts`). */
  readonly field: string;
  /** Line of the file, from 1, if the data came from a file. */
  readonly line?: number;
  /** Column of the file, from 1, if the data came from a file. */
  readonly column?: number;

  constructor(field: string, message: string, position: { readonly line?: number; readonly column?: number } = {}) {
    super(message);
    this.field = field;
    this.line = position.line;
    this.column = position.column;
  }
}
