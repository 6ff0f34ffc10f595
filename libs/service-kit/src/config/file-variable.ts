import { accessSync, constants, readFileSync } from 'node:fs';
import type { StringVariable } from './config.ts';

/** A variable with the path of a readable file whose text matches `holds`; `kind` says what would be right. */
export function fileVariable(description: string, kind: string, holds: RegExp): StringVariable {
  return {
    type: 'string',
    description,
    check(path) {
      try {
        accessSync(path, constants.R_OK);
        if (holds.test(readFileSync(path, 'utf8'))) return undefined;
      } catch (error) {
        return `${whyNotRead(error)}; right would be the path of ${kind}`;
      }
      return `holds something else; right would be the path of ${kind}`;
    },
  };
}

/** Text of a PEM file with certificates. */
export const HOLDS_CERTIFICATE = /BEGIN (TRUSTED )?CERTIFICATE/;
/** Text of a PEM file with a private key. */
export const HOLDS_PRIVATE_KEY = /BEGIN [A-Z ]*PRIVATE KEY/;

const WHY: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'is not there'],
  ['ENOTDIR', 'is not there'],
  ['EACCES', 'may not be read by this process'],
  ['EISDIR', 'is a folder'],
]);

/** Why a file could not be read, as the predicate of a sentence about its path. */
function whyNotRead(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return WHY.get(code ?? '') ?? `cannot be read (${code})`;
}
