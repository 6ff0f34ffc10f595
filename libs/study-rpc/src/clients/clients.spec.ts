import {
  type AssessRequest,
  type AssessResponse,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import {
  type FitRequest,
  type FitResponse,
  FitSettings,
  FitSummary,
  GeneratorServiceService,
  type SampleRequest,
  type SampleResponse,
  SampleSummary,
} from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { type EvaluateRequest, QnnSimulatorServiceService } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import { classifyFault, isTransient } from '@qloom/service-kit/faults/faults.ts';
import { bindService, type Handlers } from '@qloom/service-kit/server/handlers.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { startTestServer, type TestServer } from '@qloom/testing/test-server.ts';
import { encodePoints } from '../codec/points.ts';
import { encodeBytes } from '../codec/tensors.ts';
import { IncompleteAnswerError, WrongAnswerError } from './answers.ts';
import { assessFidelity } from './discriminator-client.ts';
import { fitModel, samplePoints, streamSample } from './generator-client.ts';
import { evaluateUtility } from './qnn-simulator-client.ts';

const points = (count: number): Points => ({
  count,
  features: 1,
  classes: 2,
  x: Float32Array.from({ length: count }, (_, i) => i),
  y: Int32Array.from({ length: count }, (_, i) => i % 2),
});
const MODEL = new TextEncoder().encode('a model');
const SETTINGS = FitSettings.fromPartial({ seed: 3 });
const SAMPLING = { seed: 1, classCounts: [2, 2], ungated: false };

const unsupported = (): never => {
  throw new DomainError('unsupported', 'not in this test');
};

let server: TestServer | undefined;
let close: (() => void) | undefined;
afterEach(async () => {
  close?.();
  await server?.stop();
});

/** A generator that answers every stream with these messages; `asked` has the requests. */
async function generatorThat(answers: { fit?: FitResponse[]; sample?: SampleResponse[] }) {
  const asked: (FitRequest | SampleRequest)[] = [];
  const handlers: Handlers<typeof GeneratorServiceService> = {
    getCapabilities: unsupported,
    async *fit(requests) {
      for await (const request of requests) asked.push(request);
      yield* answers.fit ?? [];
    },
    async *sample(requests) {
      for await (const request of requests) asked.push(request);
      yield* answers.sample ?? [];
    },
  };
  server = await startTestServer(bindService(GeneratorServiceService, handlers));
  const generator = connect(GeneratorServiceService, server.target);
  close = generator.close;
  return { generator, asked };
}

const chunks = (bytes: Uint8Array): FitResponse[] =>
  [...encodeBytes(bytes)].map((value) => ({ part: { $case: 'model', value } }));
const fitSummary: FitResponse = { part: { $case: 'summary', value: FitSummary.fromPartial({ steps: 7 }) } };
const sampleSummary: SampleResponse = { part: { $case: 'summary', value: SampleSummary.fromPartial({ drawn: 9 }) } };
const sampled = (some: Points): SampleResponse[] =>
  [...encodePoints(some)].map((value) => ({ part: { $case: 'points', value } }));

/** An incomplete answer is repeated without limit, by a stage and by a call. */
async function expectIncomplete(call: Promise<unknown>, message: string): Promise<void> {
  const error: Error = await call.then(
    () => new Error('resolved'),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(IncompleteAnswerError);
  expect(error.message).toContain(message);
  expect([classifyFault(error).kind, isTransient(error)]).toEqual(['infrastructure', true]);
}

async function expectWrong(call: Promise<unknown>, message: string): Promise<void> {
  const error: Error = await call.then(
    () => new Error('resolved'),
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(WrongAnswerError);
  expect(error.message).toContain(message);
  expect(classifyFault(error).kind).toBe('unexplained');
}

describe('fitModel', () => {
  it('sends settings, training points and checkpoint, and returns model, checkpoints, progress and summary', async () => {
    const [chunk] = encodeBytes(new TextEncoder().encode('at 3'));
    const { generator, asked } = await generatorThat({
      fit: [
        { part: { $case: 'progress', value: { step: 2, totalSteps: 7, losses: [] } } },
        { part: { $case: 'resume', value: { step: 3, chunk } } },
        ...chunks(MODEL),
        fitSummary,
      ],
    });
    const seen: unknown[] = [];
    const { model, summary } = await fitModel(generator, {
      settings: SETTINGS,
      training: points(4),
      resume: MODEL,
      onCheckpoint: async (step, bytes) => void seen.push([step, new TextDecoder().decode(bytes)]),
      onProgress: async ({ step }) => void seen.push(step),
    });
    expect(asked.map(({ part }) => part?.$case)).toEqual(['settings', 'training', 'resume']);
    expect([Buffer.from(model).toString(), summary.steps, seen]).toEqual(['a model', 7, [2, [3, 'at 3']]]);
  });

  it.each<[string, FitResponse[], string]>([
    ['without a summary', chunks(MODEL), 'Fit ended without a summary'],
    ['without a model', [fitSummary], 'Fit ended without the whole model'],
  ])('treats an answer %s as incomplete', async (_what, fit, message) => {
    const { generator } = await generatorThat({ fit });
    await expectIncomplete(fitModel(generator, { settings: SETTINGS, training: points(4) }), message);
  });

  it('treats pieces that do not fit as a defect of the generator', async () => {
    const { generator } = await generatorThat({ fit: [...chunks(MODEL), ...chunks(MODEL), fitSummary] });
    const call = fitModel(generator, { settings: SETTINGS, training: points(4) });
    await expectWrong(call, 'Fit answered wrongly: model: a piece came after the last one');
  });
});

describe('samplePoints and streamSample', () => {
  it('return the points and the summary, at once or as a stream', async () => {
    const { generator, asked } = await generatorThat({ sample: [...sampled(points(4)), sampleSummary] });
    const call = { settings: SAMPLING, model: MODEL };
    const { points: collected, summary } = await samplePoints(generator, call);
    expect([collected, summary.drawn]).toEqual([points(4), 9]);
    expect(asked.map(({ part }) => part?.$case)).toEqual(['settings', 'model']);
    const stream = streamSample(generator, call);
    expect((await stream.next()).value).toMatchObject({ classes: 2 });
    expect(await stream.next()).toMatchObject({ done: true, value: { drawn: 9 } });
  });

  it('treat points without a summary as an incomplete answer', async () => {
    const { generator } = await generatorThat({ sample: sampled(points(4)) });
    await expectIncomplete(samplePoints(generator, { settings: SAMPLING, model: MODEL }), 'Sample ended without a');
  });

  it('treat labels out of range as a defect of the generator', async () => {
    const wrong = { ...points(4), y: Int32Array.of(0, 1, 2, 0) };
    const { generator } = await generatorThat({ sample: [...sampled(wrong), sampleSummary] });
    const call = samplePoints(generator, { settings: SAMPLING, model: MODEL });
    await expectWrong(call, 'Sample answered wrongly: points.y[2]: is 2');
  });
});

describe('assessFidelity and evaluateUtility', () => {
  const messages = () => encodePoints(points(2));

  it('send points as arrays or as messages, in the order of the contract, and return the report', async () => {
    const asked: (AssessRequest | EvaluateRequest)[] = [];
    server = await startTestServer(
      bindService(DiscriminatorServiceService, {
        getCapabilities: unsupported,
        critique: unsupported,
        async assess(requests): Promise<AssessResponse> {
          for await (const request of requests) asked.push(request);
          return { report: FidelityReport.fromPartial({ fold: 4 }) };
        },
      }),
    );
    const discriminator = connect(DiscriminatorServiceService, server.target);
    close = discriminator.close;
    const call = { settings: { fold: 4, seed: 1, data: undefined }, training: points(2), heldOut: messages() };
    const report = await assessFidelity(discriminator, { ...call, synthetic: points(2) });
    expect(report.fold).toBe(4);
    await assessFidelity(discriminator, { ...call, heldOut: messages(), synthetic: null });
    const roles = ['settings', 'training', 'heldOut'];
    expect(asked.map(({ part }) => part?.$case)).toEqual([...roles, 'synthetic', ...roles]);
  });

  it('treat an answer without a report as incomplete', async () => {
    server = await startTestServer(
      bindService(QnnSimulatorServiceService, {
        getCapabilities: unsupported,
        expectation: unsupported,
        gradient: unsupported,
        measure: unsupported,
        minimize: unsupported,
        async evaluate(requests) {
          for await (const _ of requests);
          return { report: undefined };
        },
      }),
    );
    const simulator = connect(QnnSimulatorServiceService, server.target);
    close = simulator.close;
    const settings = { fold: 0, qnn: undefined, seeds: [1], arms: [], probabilities: false };
    const call = evaluateUtility(simulator, { settings, training: points(2), synthetic: null, heldOut: messages() });
    await expectIncomplete(call, 'Evaluate ended without a report');
  });

  it('reject with the error of points given as messages', async () => {
    server = await startTestServer();
    const simulator = connect(QnnSimulatorServiceService, server.target);
    close = simulator.close;
    // biome-ignore lint/correctness/useYield: it has nothing to give.
    async function* lost(): AsyncGenerator<never> {
      throw new DomainError('data-loss', 'the artifact is cut off');
    }
    const settings = { fold: 0, qnn: undefined, seeds: [1], arms: [], probabilities: false };
    const call = evaluateUtility(simulator, { settings, training: lost(), synthetic: null, heldOut: points(2) });
    await expect(call).rejects.toThrow('the artifact is cut off');
  });
});
