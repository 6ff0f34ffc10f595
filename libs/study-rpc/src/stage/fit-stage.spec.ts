import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { HyperparameterKind, HyperparameterScale } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import type { ProposeFacts, SlotEvent } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { type FitRequest, GeneratorServiceService } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { ArtifactStore } from '@qloom/episode-log/artifacts/artifact-store.ts';
import { openArtifactStore, openEpisodeLog } from '@qloom/episode-log/open-log.ts';
import type { EpisodeLog } from '@qloom/episode-log/port.ts';
import { createRandom } from '@qloom/random/random.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import type { MessageReader } from '@qloom/service-kit/client/streams.ts';
import { DomainError, UnavailableError } from '@qloom/service-kit/faults/errors.ts';
import { bindService } from '@qloom/service-kit/server/handlers.ts';
import { decodeSlot, encodeSlot, failureOf } from '@qloom/service-kit/stage/slot-events.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { createByteAssembler } from '@qloom/tensor/byte-chunks.ts';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { createMemoryLog, startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { createPointsCollector } from '../codec/points.ts';
import { encodePointsArtifact, POINTS_TYPE } from '../codec/points-artifact.ts';
import { encodeBytes } from '../codec/tensors.ts';
import { testFoldStageFaults } from '../testing/fold-stage-contract.ts';
import { FIT_STAGE } from './fit-stage.ts';
import { createFoldStage } from './fold-stage.ts';

const y = Int32Array.from({ length: 30 }, (_, i) => i % 2);
const training: Points = { count: 30, features: 2, classes: 2, x: createRandom('clouds').normals(60), y };
const propose = { study: 'study', episode: 0, slot: 'propose' } as const;
let folder: TempFolder;
let episodeLog: EpisodeLog;
let artifacts: ArtifactStore;
let server: TestServer;

interface Asked {
  readonly fold: number;
  readonly attempt: number;
  readonly seed: number;
  readonly count: number;
  readonly resume: string;
  readonly initialModel: string;
}

/** Another generator, which offers ratios that ours does not. */
const THEIRS: Capabilities = {
  service: 'stand-in',
  version: '1.2.3',
  engines: [],
  limits: [],
  hyperparameters: [
    {
      name: 'synthRatio',
      description: '',
      kind: HyperparameterKind.REAL,
      minimum: 10,
      maximum: 20,
      scale: HyperparameterScale.LINEAR,
      choices: [],
      defaultValue: { value: { $case: 'real', value: 10 } },
      condition: undefined,
      zeroAllowed: false,
      fixedByModel: false,
    },
  ],
};

/** A stand-in generator whose model is its seed. `before` gets the request, and may throw. */
function standIn(before: (asked: Asked) => void, capabilities?: Capabilities) {
  return bindService(GeneratorServiceService, {
    getCapabilities: async () => ({ capabilities, methods: [] }),
    // biome-ignore lint/correctness/useYield: it never answers.
    async *sample() {
      throw new DomainError('unsupported', 'sample: not in this test');
    },
    async *fit(requests: MessageReader<FitRequest>) {
      const points = createPointsCollector('training');
      const resume = createByteAssembler('resume');
      const initial = createByteAssembler('initial_model');
      let settings = { fold: -1, attempt: -1, seed: -1 };
      for await (const { part } of requests) {
        if (part?.$case === 'training') points.add(part.value);
        else if (part?.$case === 'initialModel') initial.add(part.value);
        else if (part?.$case === 'resume') resume.add(part.value);
        else if (part?.$case === 'settings') {
          const { identity, seed } = part.value;
          settings = { fold: identity?.fold ?? -1, attempt: identity?.attempt ?? -1, seed };
        }
      }
      const text = new TextDecoder();
      for (const chunk of encodeBytes(new TextEncoder().encode(`checkpoint ${settings.fold}`))) {
        if (!resume.started) yield { part: { $case: 'resume', value: { step: 3, chunk } } } as const;
      }
      const textOf = (bytes: typeof resume) => (bytes.started ? text.decode(bytes.bytes()) : '');
      const given = { resume: textOf(resume), initialModel: textOf(initial) };
      before({ ...settings, count: points.points().count, ...given });
      for (const value of encodeBytes(new TextEncoder().encode(`model ${settings.seed}`))) {
        yield { part: { $case: 'model', value } } as const;
      }
      const summary = {
        steps: 7,
        selectedStep: 6,
        values: [{ name: 'kl', value: 1 }],
        seconds: 0.5,
        resumedFromStep: 0,
      };
      yield { part: { $case: 'summary', value: summary } } as const;
    },
  });
}

/** Appends a proposal, runs the stage until the slot `fit` is written, and returns its content. */
async function fitSlot(
  synthRatio: number,
  before: (asked: Asked) => void,
  capabilities?: Capabilities,
  initialModels: readonly string[] = [],
): Promise<SlotEvent> {
  const sha256 = await artifacts.put(encodePointsArtifact(training));
  const reference = { sha256, sizeBytes: 0, mediaType: POINTS_TYPE };
  const initial = await Promise.all(
    initialModels.map(async (model) => {
      const bytes = new TextEncoder().encode(model);
      return { sha256: await artifacts.put(bytes), sizeBytes: bytes.byteLength, mediaType: '' };
    }),
  );
  const facts: ProposeFacts = {
    batch: 0,
    origin: 'fixed',
    hyperparameters: [{ name: 'synthRatio', value: { value: { $case: 'real', value: synthRatio } } }],
    seed: 9,
    policyVersion: 0,
    multipliers: [],
    folds: [0, 1].map((index) => ({ index, training: reference, heldOut: undefined, initialModel: initial[index] })),
    data: undefined,
    qnn: undefined,
    qnnSeeds: [],
  };
  const result = { facts: { $case: 'propose', value: facts } } as const;
  await episodeLog.append(propose, encodeSlot(propose, { startedAtMs: 0, endedAtMs: 0, attempt: 1, result }));
  server = await startTestServer(standIn(before, capabilities));
  const remote = connect(GeneratorServiceService, server.target);
  const { log } = createMemoryLog();
  const stage = createFoldStage(FIT_STAGE, { episodeLog, artifacts, log, concurrency: 1, service: () => remote });
  stage.start('unused');
  const stop = new AbortController();
  try {
    for await (const event of episodeLog.watch('study', { signal: stop.signal })) {
      if (event.key.slot === 'fit') return decodeSlot(event);
    }
    throw new Error('the log ended');
  } finally {
    stop.abort();
    await stage.drain(1_000);
    remote.close();
    await server.stop();
  }
}

beforeEach(async () => {
  folder = await createTempFolder();
  episodeLog = await openEpisodeLog(`sqlite://${folder.file('log.db')}`, { pollMs: 2 });
  artifacts = await openArtifactStore(`file://${folder.file('artifacts')}`);
});

afterEach(async () => {
  await episodeLog.close();
  await artifacts.close();
  await folder.remove();
});

testFoldStageFaults(FIT_STAGE);

describe('the stage fit', () => {
  it('fits every fold, stores the models and writes what to sample', async () => {
    const asked: Asked[] = [];
    const slot = await fitSlot(2, (what) => void asked.push(what));
    expect(asked.map(({ count, attempt }) => [count, attempt])).toEqual([
      [30, 1],
      [30, 1],
    ]);
    expect(asked[0].seed).not.toBe(asked[1].seed);
    const folds = slot.facts?.$case === 'fit' ? slot.facts.value.folds : [];
    expect(folds.map(({ fold, classCounts, steps }) => [fold, classCounts, steps])).toEqual([
      [0, [30, 30], 7],
      [1, [30, 30], 7],
    ]);
    for (const { fold, model, sampleSeed } of folds) {
      const seed = asked.find((one) => one.fold === fold)?.seed;
      expect(new TextDecoder().decode(await artifacts.get(model?.sha256 ?? ''))).toBe(`model ${seed}`);
      expect(sampleSeed).not.toBe(seed);
      expect(await artifacts.getRef(`resume/study/0/${fold}`)).toBeUndefined();
    }
  });

  it('fits nothing if no points are to be added', async () => {
    const slot = await fitSlot(0, () => {
      throw new Error('called to fit');
    });
    const folds = slot.facts?.$case === 'fit' ? slot.facts.value.folds : [];
    expect(folds.map(({ model, classCounts }) => [model, classCounts])).toEqual([
      [undefined, [0, 0]],
      [undefined, [0, 0]],
    ]);
  });

  it('adds points at the offered ratio, and names the generator in the slot', async () => {
    const slot = await fitSlot(12, () => {}, THEIRS);
    expect(slot.implementation).toEqual({ service: 'stand-in', version: '1.2.3' });
    const folds = slot.facts?.$case === 'fit' ? slot.facts.value.folds : [];
    expect(folds.map(({ classCounts }) => classCounts)).toEqual([
      [180, 180],
      [180, 180],
    ]);
  });

  it('writes invalid for a ratio that the generator does not offer', async () => {
    const slot = await fitSlot(2, () => {}, THEIRS);
    expect(failureOf(slot)).toEqual({ reason: 'invalid', message: 'synthRatio: 2 is below the minimum 10' });
    expect(slot.implementation?.service).toBe('stand-in');
  });

  it('sends each fold the model that the proposal continues from, if it names one', async () => {
    const asked: Asked[] = [];
    await fitSlot(1, (what) => void asked.push(what), undefined, ['model a', 'model b']);
    expect(asked.map(({ fold, initialModel }) => [fold, initialModel]).sort()).toEqual([
      [0, 'model a'],
      [1, 'model b'],
    ]);
  });

  it('continues from the stored checkpoint after a generator died, with a higher attempt', async () => {
    const asked: Asked[] = [];
    await fitSlot(1, (what) => {
      asked.push(what);
      if (what.fold === 1 && what.attempt === 1) throw new UnavailableError('killed');
    });
    const last = asked.filter(({ fold }) => fold === 1).at(-1);
    expect(last).toMatchObject({ resume: 'checkpoint 1', attempt: 2 });
  });

  it('starts again if the generator refuses the stored checkpoint', async () => {
    const asked: Asked[] = [];
    await fitSlot(1, (what) => {
      asked.push(what);
      if (what.attempt === 1) throw new UnavailableError('killed');
      if (what.resume !== '') throw new DomainError('precondition', 'resume: the checkpoint is of another fit');
    });
    expect(asked.at(-1)).toMatchObject({ resume: '', attempt: 2 });
  });

  it.each([
    ['diverged', new DomainError('diverged', 'fit diverged at step 3: kl is NaN'), 'kl is NaN'],
    ['invalid', new DomainError('invalid', 'vae.width: 500 is above the maximum 128'), 'vae.width: 500'],
  ])('writes %s as the reason of a failed episode', async (reason, error, message) => {
    const slot = await fitSlot(1, () => {
      throw error;
    });
    expect(failureOf(slot)).toMatchObject({ reason, message: expect.stringContaining(message) });
  });
});
