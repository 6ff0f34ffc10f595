import type { ServiceError } from '@grpc/grpc-js';
import { redactUrls } from '@qloom/episode-log/nats/redact-url.ts';
import { boundedMessage } from '@qloom/service-kit/faults/bounded-message.ts';
import { styleOf } from '../terminal/style.ts';
import { CommandError, EXIT } from './errors.ts';
import { systemErrorText } from './system-error.ts';

/** Writes an error for the user and returns the exit code. A stack is shown only for unexpected errors. */
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
  // A domain error of any library for wrong input, such as a circuit, an engine's name or a setting.
  if (error instanceof Error && (error as { code?: unknown }).code === 'invalid') {
    say(error.message);
    return EXIT.USAGE;
  }
  const system = systemErrorText(error);
  if (system !== undefined) {
    say(system);
    return EXIT.FAILURE;
  }
  // Messages of errors of our own libraries (datasets, log, telemetry) are complete.
  const known =
    error instanceof Error && error.name !== 'Error' && !/^(Type|Range|Reference|Syntax)Error$/.test(error.name);
  say(known ? (error as Error).message : ((error as Error)?.stack ?? String(error)));
  return EXIT.FAILURE;
}

/** A message with lines of bounded length; problems of a study file are one line each. */
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
