import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { MAX_CHUNK_BYTES } from '@qloom/tensor/rows.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { CLASSES, FEATURES, smallPoints } from '../shared/small-points.ts';
import type { FitAnswer } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';
import { sample, sampleParts } from './sample-call.ts';

/** Rows of small points that take more than one message. */
const ROWS = Math.ceil((1.1 * MAX_CHUNK_BYTES) / (4 * FEATURES));

/** Checks with more data than a message holds. */
export function messageSizeChecks(
  { generator, options, fit }: FitContext,
  fitted: () => Promise<FitAnswer>,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const list = listChecks('tensor.proto: Tensor, BytesChunk: at most 1 MiB per message');

  list.promise('a sample of more than 1 MiB comes in several messages', async () => {
    const counts = [ROWS, 0, 3];
    const parts = sampleParts({ seed: 3, classCounts: counts, ungated: true }, (await fitted()).model);
    const { points } = await sample(generator, parts, options.deadlineMs);
    must(points.count === ROWS + 3, `${points.count} points came`, `${ROWS + 3}`);
  });

  list.promise('training points of more than 1 MiB, in several messages, are fitted', async () => {
    const most = (await capabilities()).limits.find(({ name }) => name === 'training_points')?.maximum ?? ROWS;
    if (most < ROWS)
      throw new CheckSkipped(`the service takes at most ${most} training points, which fit into one message`);
    const { model } = await fit({ training: [...encodePoints(smallPoints(ROWS))] });
    const parts = sampleParts({ seed: 3, classCounts: new Array<number>(CLASSES).fill(2) }, model);
    await sample(generator, parts, options.deadlineMs);
  });
  return list.checks;
}
