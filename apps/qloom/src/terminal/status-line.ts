/** The part of a terminal that a status line needs. */
export interface StatusStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line that is written over again and again, under lines that stay. */
export interface StatusLine {
  /** Shows `text`, which is narrower than the terminal, in place of what was shown; nothing where there is no terminal. */
  show(text: string): void;
  /** Writes a line that stays. */
  note(text: string): void;
  /** Takes the moving line away. */
  end(): void;
}

/** The status line of a stream. */
export function createStatusLine(stream: StatusStream): StatusLine {
  let last = '';
  const clear = (): void => {
    if (last !== '') stream.write('\r\x1b[2K');
  };
  return {
    show(text) {
      if (stream.isTTY !== true) return;
      clear();
      last = text;
      stream.write(text);
    },
    note(text) {
      clear();
      stream.write(`${text}\n${last}`);
    },
    end() {
      clear();
      last = '';
    },
  };
}
