/**
 * Thrown when a metric or a test is undefined for its arguments. `argument` names the argument at fault; the message
 * states what was wrong and what would be right.
 */
export class MetricError extends Error {
  override readonly name = 'MetricError';
  readonly argument: string;

  constructor(argument: string, message: string) {
    super(message);
    this.argument = argument;
  }
}
