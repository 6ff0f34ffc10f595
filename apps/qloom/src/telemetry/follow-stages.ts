import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, InterruptedError } from '../command/errors.ts';
import { renderStageTable } from '../summary/stage-table.ts';
import { createStatusBlock } from '../terminal/status-block.ts';
import type { StatusStream } from '../terminal/status-line.ts';
import { styleOf } from '../terminal/style.ts';
import type { KeptSpan } from './kept-span.ts';
import { stageTimes } from './stage-times.ts';

/** Options of {@link followStages}. */
export interface FollowStagesOptions {
  readonly out: StatusStream;
  /** Lines of JSON in place of a table. */
  readonly json: boolean;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Default 2,000 ms. */
  readonly everyMs?: number;
}

/**
 * Reads spans every few seconds and shows the times of the stages: on a terminal in place, elsewhere again where they have changed.
 * A store that does not answer is asked again. Rejects with `InterruptedError` when `signal` aborts.
 */
export async function followStages(
  read: () => Promise<readonly KeptSpan[]>,
  { out, json, signal, everyMs = 2_000 }: FollowStagesOptions,
): Promise<never> {
  const isLive = out.isTTY === true && !json;
  const block = createStatusBlock(out);
  let shown = '';
  const show = (text: string): void => {
    if (text === shown) return;
    shown = text;
    if (isLive) block.show(text.trimEnd().split('\n'));
    else out.write(text);
  };
  try {
    for (;;) {
      try {
        const spans = await read();
        if (json) show(`${JSON.stringify(stageTimes(spans))}\n`);
        else show(spans.length === 0 ? 'no span yet\n' : renderStageTable(spans, styleOf(out)));
      } catch (error) {
        if (!(error instanceof CommandError) || error.exitCode !== 1) throw error;
        show(`${error.message}\n`);
      }
      await sleep(everyMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    // The last table stays.
    if (isLive) out.write('\n');
    throw new InterruptedError('', { cause: error });
  }
}
