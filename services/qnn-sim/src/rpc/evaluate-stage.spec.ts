import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Fold, FoldModel, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { QnnArm, QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { connect, type Remote } from '@qloom/service-kit/client/clients.ts';
import { bindService, type Handlers } from '@qloom/service-kit/server/handlers.ts';
import type { BackgroundWork } from '@qloom/service-kit/stage/background-work.ts';
import { decodeSlot, encodeSlot, failureOf, isOk, type SlotFacts } from '@qloom/service-kit/stage/slot-events.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { encodePoints } from '@qloom/study-rpc/codec/points.ts';
import { EVALUATE_STAGE } from '@qloom/study-rpc/stage/evaluate-stage.ts';
import { createFoldStage } from '@qloom/study-rpc/stage/fold-stage.ts';
import { testFoldStageFaults } from '@qloom/study-rpc/testing/fold-stage-contract.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog, startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { chooseEngine } from '../domain/engine-choice.ts';
import { clouds } from '../testing/clouds.ts';
import { createWorkerPool, type WorkerPool } from '../workers/pool.ts';
import { qnnSimulatorHandlers } from './handlers.ts';

const STUDY = 'study-1';
const MODEL = new TextEncoder().encode('a model');
const QNN = QnnSettings.fromPartial({ qubits: 3, layers: 1, steps: 20 });

let folder: TempFolder;
let pool: WorkerPool;
let server: TestServer;
let generator: Remote<typeof GeneratorServiceService>;
let episodeLog: EpisodeLog;
let artifacts: ArtifactStore;
let simulator: Remote<typeof QnnSimulatorServiceService>;
let stage: BackgroundWork;
/** The requests to the stand-in generator. */
let sampled: { seed: number; counts: number[]; model: string }[];

/** Samples clouds from the request's seed, for any model. */
const standIn: Handlers<typeof GeneratorServiceService> = {
  getCapabilities: () => ({ capabilities: undefined, methods: [] }),
  // biome-ignore lint/correctness/useYield: never called.
  async *fit() {
    throw new Error('not part of this stage');
  },
  async *sample(requests) {
    const first = await requests.receive();
    if (first?.part?.$case !== 'settings') throw new Error('settings come first');
    const { seed, classCounts } = first.part.value;
    const model = createByteAssembler('model');
    for await (const { part } of requests) if (part?.$case === 'model') model.add(part.value);
    sampled.push({ seed, counts: classCounts, model: new TextDecoder().decode(model.bytes()) });
    const count = classCounts.reduce((sum, n) => sum + n, 0);
    for (const value of encodePoints(clouds(seed, count))) yield { part: { $case: 'points', value } };
    yield { part: { $case: 'summary', value: { count, drawn: count, acceptance: 1, forced: 0 } } };
  },
};

beforeEach(async () => {
  sampled = [];
  folder = await createTempFolder();
  pool = createWorkerPool(1);
  const engines = await chooseEngine('wasm', pool);
  server = await startTestServer(
    bindService(QnnSimulatorServiceService, qnnSimulatorHandlers({ pool, engines })),
    bindService(GeneratorServiceService, standIn),
  );
  generator = connect(GeneratorServiceService, server.target);
  episodeLog = await openEpisodeLog(`sqlite://${folder.file('log.db')}`);
  artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
  simulator = connect(QnnSimulatorServiceService, server.target);
  const { log } = createMemoryLog();
  const deps = { episodeLog, artifacts, generator, concurrency: 2, log };
  stage = createFoldStage(EVALUATE_STAGE, { ...deps, service: () => simulator });
  stage.start(server.target);
});
afterEach(async () => {
  await stage.drain(1000);
  simulator.close();
  generator.close();
  await server.stop();
  await pool.close();
  await episodeLog.close();
  await artifacts.close();
  await folder.remove();
});

const put = async (bytes: Uint8Array) => ({
  sha256: await artifacts.put(bytes),
  sizeBytes: bytes.byteLength,
  mediaType: '',
});

async function putPoints(points: Points) {
  const writer = new BinaryWriter();
  for (const message of encodePoints(points)) writer.bytes(LabelledPoints.encode(message).finish());
  return put(writer.finish());
}

const fold = async (index: number, training: Points = clouds(index, 24)): Promise<Fold> => ({
  index,
  training: await putPoints(training),
  heldOut: await putPoints(clouds(100 + index, 30)),
});

const fitted = async (index: number, perClass: number): Promise<FoldModel> => ({
  fold: index,
  model: perClass > 0 ? await put(MODEL) : undefined,
  sampleSeed: 500 + index,
  classCounts: [perClass, perClass, perClass],
  summary: [],
  steps: 10,
  seconds: 1,
});

async function write(slot: 'propose' | 'fit', facts: SlotFacts, episode = 0) {
  const key = { study: STUDY, episode, slot };
  await episodeLog.append(key, encodeSlot(key, { startedAtMs: 0, endedAtMs: 1, attempt: 1, result: { facts } }));
}

async function episodeOf(folds: Fold[], models: FoldModel[]) {
  await write('propose', {
    $case: 'propose',
    value: {
      batch: 0,
      origin: 'fixed',
      hyperparameters: [],
      seed: 1,
      policyVersion: 0,
      multipliers: [],
      folds,
      data: undefined,
      qnn: QNN,
      qnnSeeds: [11],
    },
  });
  await write('fit', { $case: 'fit', value: { folds: models } });
}

/** The evaluate slot, once it is written. */
async function evaluated(): Promise<SlotEvent> {
  const controller = new AbortController();
  for await (const event of episodeLog.watch(STUDY, { signal: controller.signal })) {
    if (event.key.slot === 'evaluate') return decodeSlot(event);
  }
  throw new Error('the log ended without an evaluate slot');
}

testFoldStageFaults(EVALUATE_STAGE);

describe('stage evaluate', () => {
  it("sends samples of each fold's model to Evaluate and writes the reports in the order of the folds", async () => {
    await episodeOf([await fold(0), await fold(1)], [await fitted(0, 8), await fitted(1, 12)]);
    const slot = await evaluated();
    expect(isOk(slot)).toBe(true);
    if (slot.facts?.$case !== 'evaluate') throw new Error('no facts of evaluate');
    const { folds } = slot.facts.value;
    expect(folds.map((report) => report.fold)).toEqual([0, 1]);
    for (const { runs, engine } of folds) {
      expect(engine).toBe('wasm');
      expect(runs.map(({ arm, seed }) => [arm, seed])).toEqual([
        [QnnArm.REAL_ONLY, 11],
        [QnnArm.AUGMENTED, 11],
      ]);
    }
    expect(sampled.sort((a, b) => a.seed - b.seed)).toEqual([
      { seed: 500, counts: [8, 8, 8], model: 'a model' },
      { seed: 501, counts: [12, 12, 12], model: 'a model' },
    ]);
  });

  it('trains on only real points if synthRatio is 0', async () => {
    await episodeOf([await fold(0)], [await fitted(0, 0)]);
    const slot = await evaluated();
    if (slot.facts?.$case !== 'evaluate') throw new Error('no facts of evaluate');
    expect(slot.facts.value.folds[0].runs.map((run) => run.arm)).toEqual([QnnArm.REAL_ONLY]);
    expect(sampled).toEqual([]);
  });

  it('writes failed: invalid, with the reason, if a fold has only one class', async () => {
    const single = clouds(1, 24);
    single.y.fill(2);
    await episodeOf([await fold(0), await fold(1, single)], [await fitted(0, 4), await fitted(1, 4)]);
    const slot = await evaluated();
    expect(failureOf(slot)?.reason).toBe('invalid');
    expect(failureOf(slot)?.message).toContain('all 24 points are of class 2; two are right');
  });
});
