import type { ServiceError } from '@grpc/grpc-js';
import { redactUrls } from '@qloom/episode-log/redact-url.ts';
import { styleOf } from '../terminal/style.ts';
import { CommandError, EXIT } from './errors.ts';
import { systemErrorText } from './system-error.ts';

/** Writes an error for people and returns the exit code. A stack is shown only for what nobody foresaw. */
export function reportError(
  error: unknown,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): number {
  const style = styleOf(stream);
  const write = (text: string): void => void stream.write(redactUrls(text));
  if (error instanceof CommandError) {
    if (error.message !== '') write(`${style.red('qloom:')} ${error.message}\n`);
    return error.exitCode;
  }
  if (isServiceError(error)) {
    write(`${style.red('qloom:')} ${error.details || error.message}\n`);
    return EXIT.FAILURE;
  }
  // A domain error of any library that says that the input is wrong, such as a circuit, an engine's name or a setting.
  if (error instanceof Error && (error as { code?: unknown }).code === 'invalid') {
    stream.write(`${style.red('qloom:')} ${error.message}\n`);
    return EXIT.USAGE;
  }
  const system = systemErrorText(error);
  if (system !== undefined) {
    stream.write(`${style.red('qloom:')} ${system}\n`);
    return EXIT.FAILURE;
  }
  // Errors of our own libraries (datasets, log, telemetry) say everything in their message.
  const known =
    error instanceof Error && error.name !== 'Error' && !/^(Type|Range|Reference|Syntax)Error$/.test(error.name);
  write(`${style.red('qloom:')} ${known ? (error as Error).message : ((error as Error)?.stack ?? String(error))}\n`);
  return EXIT.FAILURE;
}

/** Whether an error is a status of gRPC. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'details' in error && typeof (error as { code?: unknown }).code === 'number';
}
