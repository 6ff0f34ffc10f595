/** Shows which check runs, in one line of a terminal that is written over. */
export interface Progress {
  begin(name: string, index: number): void;
  /** Removes the line. */
  clear(): void;
}

/** Creates the progress of `count` checks; without a terminal, or if `quiet`, it shows nothing. */
export function createProgress(
  stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  count: number,
  quiet: boolean,
): Progress {
  if (!stream.isTTY || quiet) return { begin() {}, clear() {} };
  const clear = () => void stream.write('\r\x1b[K');
  return {
    begin(name, index) {
      clear();
      stream.write(`[${index + 1}/${count}] ${name}`.slice(0, (stream.columns ?? 80) - 1));
    },
    clear,
  };
}
