import type { StatusStream } from './status-line.ts';

/** Lines that are written over again and again, under lines that stay. */
export interface StatusBlock {
  /** Shows lines, each narrower than the terminal, in place of those that were shown. */
  show(lines: readonly string[]): void;
  /** Writes a line that stays. */
  note(text: string): void;
  /** Takes the moving lines away. */
  end(): void;
}

/** The status block of a terminal. */
export function createStatusBlock(stream: StatusStream): StatusBlock {
  let shown: readonly string[] = [];
  // To the start of the first line, then clear to the end of the screen.
  const clear = (): string =>
    shown.length === 0 ? '' : `\r${shown.length > 1 ? `\x1b[${shown.length - 1}A` : ''}\x1b[J`;
  return {
    show(lines) {
      stream.write(clear() + lines.join('\n'));
      shown = lines;
    },
    note(text) {
      stream.write(`${clear()}${text}\n${shown.join('\n')}`);
    },
    end() {
      stream.write(clear());
      shown = [];
    },
  };
}
