import type { KeptSpan } from './kept-span.ts';

/** Where the spans of studies come from: a run folder, or a store of traces. */
export interface SpanSource {
  /** Where it is, as messages show it. */
  readonly place: string;
  /** The spans of a study's traces. */
  ofStudy(study: string): Promise<KeptSpan[]>;
}
