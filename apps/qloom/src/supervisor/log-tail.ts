import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The last `lines` lines of a file, unchanged, at most its last 64 KiB; empty when it is not there. */
export function tailOf(path: string, lines: number): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, 65_536));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .slice(-lines);
  } finally {
    closeSync(file);
  }
}

/** A service's JSON log line as readable text: `error  message  key=value`; other lines as they are. */
export function readableLogLine(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  if (entry === null || typeof entry !== 'object' || typeof entry['message'] !== 'string') return line;
  const { time: _time, level, service: _service, message, trace_id: _trace, span_id: _span, ...rest } = entry;
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${readableValue(value)}`);
  return [String(level ?? 'info').padEnd(5), message, ...fields].join('  ');
}

function readableValue(value: unknown): string {
  if (value !== null && typeof value === 'object' && 'message' in value) return String(value.message);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
