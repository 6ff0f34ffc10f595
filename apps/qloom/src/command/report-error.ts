import type { ServiceError } from '@grpc/grpc-js';
import { redactUrls } from '@qloom/episode-log/nats/redact-url.ts';
import { boundedMessage } from '@qloom/service-kit/faults/bounded-message.ts';
import { styleOf } from '../terminal/style.ts';
import { CommandError, EXIT } from './errors.ts';
import { systemErrorText } from './system-error.ts';

/** Writes an error for people and returns the exit code. A stack is shown only for what nobody foresaw. */
export function reportError(
  error: unknown,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): number {
  const style = styleOf(stream);
  const say = (message: string): void =>
    void stream.write(`${style.red('qloom:')} ${boundedLines(redactUrls(message))}\n`);
  if (error instanceof CommandError) {
    if (error.message !== '') say(error.message);
    return error.exitCode;
  }
  if (isServiceError(error)) {
    say(error.details || error.message);
    return EXIT.FAILURE;
  }
  // A domain error of any library that says that the input is wrong, such as a circuit, an engine's name or a setting.
  if (error instanceof Error && (error as { code?: unknown }).code === 'invalid') {
    say(error.message);
    return EXIT.USAGE;
  }
  const system = systemErrorText(error);
  if (system !== undefined) {
    say(system);
    return EXIT.FAILURE;
  }
  // Errors of our own libraries (datasets, log, telemetry) say everything in their message.
  const known =
    error instanceof Error && error.name !== 'Error' && !/^(Type|Range|Reference|Syntax)Error$/.test(error.name);
  say(known ? (error as Error).message : ((error as Error)?.stack ?? String(error)));
  return EXIT.FAILURE;
}

/** A message whose lines are each within what a terminal is read for; problems of a study file are a line each. */
function boundedLines(message: string): string {
  return message
    .split('\n')
    .map((line) => boundedMessage(line))
    .join('\n');
}

/** Whether an error is a status of gRPC. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'details' in error && typeof (error as { code?: unknown }).code === 'number';
}
