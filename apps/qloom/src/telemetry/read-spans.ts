import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { KeptSpan } from './kept-span.ts';

/**
 * The spans of a `spans.jsonl`, in the order in which they came; empty when the file is not there. A last line that a
 * killed process left unfinished is skipped; spans that were sent twice count once.
 */
export async function readSpans(path: string): Promise<KeptSpan[]> {
  if (!existsSync(path)) return [];
  const spans = new Map<string, KeptSpan>();
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line === '') continue;
    try {
      const span: KeptSpan = JSON.parse(line);
      spans.set(`${span.traceId}/${span.spanId}`, span);
    } catch {
      // Unfinished.
    }
  }
  return [...spans.values()];
}
