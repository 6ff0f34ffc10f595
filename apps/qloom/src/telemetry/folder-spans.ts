import type { RunFolder } from '../run-folder/run-folder.ts';
import { readSpans } from './read-spans.ts';
import type { SpanSource } from './span-source.ts';

/** The spans that a run folder keeps, which are all of its study. */
export function folderSpans({ spans }: RunFolder): SpanSource {
  return { place: spans, ofStudy: () => readSpans(spans) };
}
