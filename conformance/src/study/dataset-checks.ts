import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { type Check, listChecks, must } from '../check.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { pointsMessage, smallPoints } from '../shared/small-points.ts';
import { streamRefusals } from '../shared/stream-refusals.ts';
import { DATASET, type DatasetPart, ROWS, type StudyBench } from './study-call.ts';

/** Checks of GetCapabilities, PutDataset and GetArtifact. */
export function datasetChecks({ agent, put, deadlineMs }: StudyBench): readonly Check[] {
  const source = 'agent/v1/agent.proto: AgentService.PutDataset';
  const list = listChecks(`${source}, GetArtifact, GetCapabilities`);
  const bytesOf = async (sha256: string) => {
    const parts: Uint8Array[] = [];
    for await (const { chunk } of agent.getArtifact({ sha256 }, { deadlineMs }))
      parts.push(chunk?.data ?? new Uint8Array(0));
    return Buffer.concat(parts);
  };

  list.promise('the search space has each hyperparameter once', async () => {
    const names = (await agent.getCapabilities({}, { deadlineMs })).space.map(({ name }) => name);
    must(names.length > 0, 'the search space is empty', 'the hyperparameters of the services');
    must(new Set(names).size === names.length, `the search space has ${names.join(', ')}`, 'each once');
  });

  list.promise('a data set is stored with its rows, features and classes', async () => {
    const { rows, features, classes, dataset } = await put(DATASET);
    must(
      rows === ROWS && features === 3 && classes === 3,
      `${rows} rows, ${features} features and ${classes} classes are stored`,
      `${ROWS}, 3 and 3`,
    );
    must(
      /^[0-9a-f]{64}$/.test(dataset?.sha256 ?? ''),
      `its SHA-256 is "${dataset?.sha256}"`,
      '64 lower-case hex digits',
    );
  });

  list.promise('the same data set has the same reference, and another one another', async () => {
    const sha = async (parts: readonly DatasetPart[]) => (await put(parts)).dataset?.sha256;
    const [one, same] = [await sha(DATASET), await sha(DATASET)];
    const other = await sha([DATASET[0], { $case: 'points', value: pointsMessage(smallPoints(ROWS, 1)) }]);
    must(one === same, `the second one is ${same}`, `${one}: an artifact is named by its content`);
    must(one !== other, 'other points have the same reference', 'another one');
  });

  list.promise('an artifact is the bytes whose SHA-256 names it', async () => {
    const { dataset } = await put(DATASET);
    const bytes = await bytesOf(dataset?.sha256 ?? '');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    must(sha256 === dataset?.sha256, `its bytes have the SHA-256 ${sha256}`, `${dataset?.sha256}`);
    must(
      bytes.length === dataset.sizeBytes,
      `it has ${bytes.length} bytes`,
      `${dataset.sizeBytes}, as its reference says`,
    );
  });

  list.promise('an artifact that is not there is NOT_FOUND', async () => {
    await put(DATASET);
    await mustRefuse(bytesOf('0'.repeat(64)), status.NOT_FOUND);
  });

  const refusals = streamRefusals<DatasetPart>({
    name: 'a data set',
    source,
    order: { description: { once: true }, points: { points: true } },
    parts: async () => DATASET,
    capabilities: async () => (await agent.getCapabilities({}, { deadlineMs })).capabilities ?? NONE,
    ask: put,
  });
  return [...list.checks, ...refusals];
}

const NONE = { service: '', version: '', engines: [], limits: [], hyperparameters: [], methods: [] };
