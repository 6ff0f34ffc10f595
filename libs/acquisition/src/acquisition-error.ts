/**
 * Thrown when the choice of points is undefined for its arguments. `argument` names the argument at fault; the message
 * states what was wrong and what would be right.
 */
export class AcquisitionError extends Error {
  override readonly name = 'AcquisitionError';
  readonly argument: string;

  constructor(argument: string, message: string) {
    super(message);
    this.argument = argument;
  }
}
