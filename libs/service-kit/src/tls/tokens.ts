import { createHash, timingSafeEqual } from 'node:crypto';
import { fileVariable } from '../config/file-variable.ts';
import { type WatchedFiles, type WatchOptions, watchFiles } from './watched-files.ts';

/** A line that can be sent as a bearer token (RFC 6750, section 2.1). */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Shortest token that is accepted; `openssl rand -hex 32` makes one of 64 characters. */
const LEAST_LENGTH = 16;

/** Variable with the file of the tokens that a server accepts. */
export const TOKEN_FILE = fileVariable(
  'File with the tokens that callers must send, one a line, as the metadata "authorization: Bearer <token>". Read again when it changes. Not set, or on a unix socket: no token.',
  'a file with a token a line',
  /\S/,
);

/** Thrown when a file of tokens holds something else; has its path and never its content. */
export class TokenFileError extends Error {
  override readonly name = 'TokenFileError';
}

/** The tokens of a file, one a line; empty lines are skipped. Throws {@link TokenFileError}. */
export function parseTokens(path: string, content: Buffer): string[] {
  const lines = content.toString('utf8').split('\n');
  const tokens = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (tokens.length === 0) throw new TokenFileError(`${path} is empty; right would be a token a line`);
  const wrong = lines.findIndex((line) => line.trim() !== '' && !TOKEN.test(line.trim()));
  if (wrong >= 0) {
    const right = 'letters, digits and -._~+/ without a space, such as the output of openssl rand -hex 32';
    throw new TokenFileError(`${path}, line ${wrong + 1} is no token; right would be ${right}`);
  }
  return tokens;
}

/** The tokens that a server accepts. Throws {@link TokenFileError} where one is too short to be a secret. */
export function watchTokens(path: string, options: WatchOptions): WatchedFiles<readonly Buffer[]> {
  const parse = ([content]: readonly Buffer[]): Buffer[] => {
    const tokens = parseTokens(path, content);
    if (tokens.some((token) => token.length < LEAST_LENGTH)) {
      const right = `right would be at least ${LEAST_LENGTH}, such as the output of openssl rand -hex 32`;
      throw new TokenFileError(`${path} has a token of fewer than ${LEAST_LENGTH} characters; ${right}`);
    }
    return tokens.map(digest);
  };
  return watchFiles([path], parse, options);
}

/** Whether `token` is one of those whose digests are given, in a time that does not depend on how much of it agrees. */
export function isAccepted(token: string, accepted: readonly Buffer[]): boolean {
  const given = digest(token);
  return accepted.map((known) => timingSafeEqual(known, given)).includes(true);
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
