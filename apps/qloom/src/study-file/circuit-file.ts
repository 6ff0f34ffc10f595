import { readFileSync } from 'node:fs';

/** An OpenQASM program that a study file or an option names. */
export interface CircuitFile {
  /** As messages name it. */
  readonly path: string;
  readonly text: string;
}

/** Every episode has the settings, and an event holds at most 1 MiB. */
const MAX_BYTES = 2 ** 18;

/** The file at `path`, named `shown` in messages; a text is the reason why it cannot be read. */
export function readCircuitFile(path: string, shown = path): CircuitFile | string {
  try {
    const text = readFileSync(path, 'utf8');
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_BYTES) return `${shown} has ${bytes} bytes; at most ${MAX_BYTES} are right`;
    return { path: shown, text };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `${shown}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`}`;
  }
}
