import {
  type AssessRequest,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FitFacts, ProposeFacts, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService, type SampleRequest } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { UnavailableError } from '@qloom/service-kit/faults/errors.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { decodeSlot, encodeSlot } from '@qloom/service-kit/stage/slot-events.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { ASSESS_STAGE } from '@qloom/study-rpc/stage/assess-stage.ts';
import { createFoldStage } from '@qloom/study-rpc/stage/fold-stage.ts';
import { testFoldStageFaults } from '@qloom/study-rpc/testing/fold-stage-contract.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog, startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { type Assessor, createAssessor } from '../workers/assessor.ts';
import { assessHandler } from './assess.ts';

const ASSESS = { study: 'study', episode: 4, slot: 'assess' } as const;

function cloud(count: number, seed: string): Points {
  const random = createRandom(seed);
  return { count, features: 2, classes: 1, x: random.normals(2 * count), y: new Int32Array(count) };
}

let folder: TempFolder;
let episodeLog: EpisodeLog;
let artifacts: ArtifactStore;
let server: TestServer;
let assessor: Assessor;
let unavailable: number;

/** A generator whose samples are a cloud drawn from the seed; it is unavailable for the first calls. */
async function* sample(requests: MessageReader<SampleRequest>) {
  if (unavailable-- > 0) throw new UnavailableError('the generator is starting');
  const model = createByteAssembler('model');
  let seed = -1;
  let count = 0;
  for await (const { part } of requests) {
    if (part?.$case === 'settings') {
      seed = part.value.seed;
      count = part.value.classCounts.reduce((sum, n) => sum + n, 0);
    } else if (part) model.add(part.value);
  }
  expect(Buffer.from(model.bytes()).toString()).toBe('a model');
  for (const value of encodePoints(cloud(count, `sample ${seed}`))) yield { part: { $case: 'points', value } } as const;
  yield { part: { $case: 'summary', value: { count, drawn: count, acceptance: 1, forced: 0 } } } as const;
}

async function put(points: Points) {
  const parts = [...encodePoints(points)].flatMap((message) => {
    const bytes = LabelledPoints.encode(message).finish();
    const length = [];
    for (let left = bytes.length; left >= 0; left = left < 128 ? -1 : Math.floor(left / 128)) {
      length.push(left < 128 ? left : (left % 128) | 128);
    }
    return [Uint8Array.from(length), bytes];
  });
  return ref(await artifacts.put(Buffer.concat(parts)));
}

const ref = (sha256: string) => ({ sha256, sizeBytes: 0, mediaType: '' });

beforeEach(async () => {
  unavailable = 0;
  folder = await createTempFolder();
  episodeLog = await openEpisodeLog(`sqlite://${folder.path}/log.db`);
  artifacts = await openArtifactStore(`file://${folder.path}/artifacts`);
  assessor = createAssessor();
  server = await startTestServer(
    bindService(GeneratorServiceService, {
      getCapabilities: () => ({ capabilities: undefined, methods: [] }),
      // biome-ignore lint/correctness/useYield: it never answers.
      async *fit() {
        throw new UnavailableError('fit: not in this test');
      },
      sample,
    }),
    bindService(DiscriminatorServiceService, {
      getCapabilities: () => ({ capabilities: undefined }),
      // biome-ignore lint/correctness/useYield: it never answers.
      async *critique() {
        throw new UnavailableError('critique: not in this test');
      },
      assess: assessHandler(assessor),
    }),
  );
});
afterEach(async () => {
  await server.stop();
  await assessor.close();
  await episodeLog.close();
  await artifacts.close();
  await folder.remove();
});

/** Writes propose and fit of two folds (the second without a model), runs the stage, and returns the slot `assess`. */
async function assessSlot(): Promise<SlotEvent> {
  const folds = [0, 1].map(async (index) => ({
    index,
    training: await put(cloud(20, `training ${index}`)),
    heldOut: await put(cloud(10, `held out ${index}`)),
  }));
  const propose: ProposeFacts = {
    batch: 0,
    origin: 'fixed',
    hyperparameters: [],
    seed: 1,
    policyVersion: 0,
    multipliers: [],
    folds: await Promise.all(folds),
    data: undefined,
    qnn: undefined,
    qnnSeeds: [],
  };
  const model = { summary: [], steps: 0, seconds: 0 };
  const fit: FitFacts = {
    folds: [
      { ...model, fold: 0, model: ref(await artifacts.put(Buffer.from('a model'))), sampleSeed: 7, classCounts: [25] },
      { ...model, fold: 1, model: undefined, sampleSeed: 8, classCounts: [0] },
    ],
  };
  const times = { startedAtMs: 0, endedAtMs: 1, attempt: 1 };
  const keys = { propose: { ...ASSESS, slot: 'propose' }, fit: { ...ASSESS, slot: 'fit' } } as const;
  await episodeLog.append(
    keys.propose,
    encodeSlot(keys.propose, { ...times, result: { facts: { $case: 'propose', value: propose } } }),
  );
  await episodeLog.append(
    keys.fit,
    encodeSlot(keys.fit, { ...times, result: { facts: { $case: 'fit', value: fit } } }),
  );
  const generator = connect(GeneratorServiceService, server.target);
  const discriminator = connect(DiscriminatorServiceService, server.target);
  const stage = createFoldStage(ASSESS_STAGE, {
    episodeLog,
    artifacts,
    log: createMemoryLog().log,
    concurrency: 1,
    service: () => discriminator,
    generator,
  });
  stage.start(server.target);
  for await (const event of episodeLog.watch(ASSESS.study, { signal: new AbortController().signal })) {
    if (event.key.slot !== ASSESS.slot) continue;
    await stage.drain(1000);
    generator.close();
    discriminator.close();
    return decodeSlot(event);
  }
  throw new Error('the log ended before the slot was written');
}

testFoldStageFaults(ASSESS_STAGE);

describe('the stage assess', () => {
  it('sends samples of each fold to Assess and writes the reports', async () => {
    const slot = await assessSlot();
    if (slot.facts?.$case !== 'assess') throw new Error(`holds ${slot.facts?.$case}: ${slot.failure?.message}`);
    const [made, nothing] = slot.facts.value.folds;
    expect(made).toMatchObject({ fold: 0, syntheticCount: 25 });
    expect(nothing).toMatchObject({ fold: 1, syntheticCount: 0 });
    const expected = await assessor.assess({
      training: cloud(20, 'training 0'),
      heldOut: cloud(10, 'held out 0'),
      synthetic: cloud(25, 'sample 7'),
      seed: createRandom('assess/study').seedFor(0),
      physical: null,
    });
    const named = (values: readonly { name: string; value: number }[]) =>
      Object.fromEntries(values.map(({ name, value }) => [name, value]));
    expect(named(made.constraints)).toEqual(expected.constraints);
    expect(named(made.metrics)).toEqual(expected.metrics);
    expect(named(made.nullDistribution)).toEqual(expected.nullDistribution);
    expect(named(nothing.constraints)).toMatchObject({ diversity: 0, fidelity: 1 });
  });

  it('tries again when the generator is unavailable', async () => {
    unavailable = 1;
    expect((await assessSlot()).facts?.$case).toBe('assess');
    expect(unavailable).toBeLessThan(0);
  });
});

describe('DiscriminatorService.Assess', () => {
  it('refuses parts out of order, missing parts and labels out of range', async () => {
    const remote = connect(DiscriminatorServiceService, server.target);
    const settings: AssessRequest = { part: { $case: 'settings', value: { fold: 0, seed: 0, data: undefined } } };
    const [points] = encodePoints(cloud(10, 'a'));
    const training: AssessRequest = { part: { $case: 'training', value: points } };
    const heldOut: AssessRequest = { part: { $case: 'heldOut', value: points } };
    await expect(remote.assess([training])).rejects.toThrow('settings: did not come before training');
    await expect(remote.assess([settings, heldOut, training])).rejects.toThrow(
      'training: did not come before held_out',
    );
    await expect(remote.assess([])).rejects.toThrow('settings: did not come');
    await expect(remote.assess([settings, training])).rejects.toThrow('held_out: did not come');
    await expect(remote.assess([settings, training, heldOut, training])).rejects.toThrow('training: is out of order');
    const [wrong] = encodePoints({ ...cloud(10, 'a'), y: new Int32Array(10).fill(5) });
    await expect(remote.assess([settings, { part: { $case: 'training', value: wrong } }, heldOut])).rejects.toThrow(
      'training.y[0]',
    );
    remote.close();
  });
});
