import { type ServiceError, status } from '@grpc/grpc-js';
import { EvaluationSettings, type StudySettings, StudyState } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import type { Limit } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { QnnArm, QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { EvaluateRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { DomainError, ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { askSimulator } from '../study/settings/ask-simulator.ts';
import { standInDiscriminator, standInGenerator, standInSimulator } from '../testing/stand-in-services.ts';
import { createWorld, type StandIns, smallStudy, startStandIns } from '../testing/world.ts';

let standIns: StandIns;
beforeAll(async () => {
  standIns = await startStandIns();
});
afterAll(() => standIns.stop());

const THREE_FEATURES: StudySettings['data'] = {
  source: { $case: 'task', value: { name: 'two-curves', settingsJson: '{"features":3}' } },
  labelBudget: 16,
  testSize: 40,
  identicalRows: 0 as const,
};

/** A service that advertises limits. */
const limited = ({ definition, handlers }: ServiceBinding, limits: readonly Limit[]): ServiceBinding => ({
  definition,
  handlers: {
    ...handlers,
    getCapabilities: async (...call) => {
      const { capabilities } = await handlers['getCapabilities'](...call);
      return { capabilities: { ...capabilities, limits } };
    },
  },
});

/** A simulator that answers evaluations with `evaluate`. */
const simulator = (evaluate: (requests: AsyncIterable<EvaluateRequest>) => Promise<unknown>): ServiceBinding => {
  const { definition, handlers } = standInSimulator();
  return { definition, handlers: { ...handlers, evaluate } };
};

/** Creates a study on an agent with one peer replaced; resolves to the refusal, or undefined. */
async function create(
  peer: keyof StandIns['targets'],
  service: ServiceBinding,
  settings: Partial<StudySettings> = {},
): Promise<ServiceError | undefined> {
  const server = await startTestServer(service);
  const world = await createWorld({ ...standIns, targets: { ...standIns.targets, [peer]: server.target } });
  try {
    await world.agent.createStudy({ id: 'asked', settings: smallStudy({ data: THREE_FEATURES, ...settings }) });
    return undefined;
  } catch (error) {
    expect((await world.agent.listStudies({})).studies).toEqual([]);
    return error as ServiceError;
  } finally {
    await world.stop();
    await server.stop();
  }
}

describe('CreateStudy, with any simulator', () => {
  it('refuses a program that asks for endless work, with the field and the place in the text', async () => {
    const qasm = 'qubit q; for int i in [1:90000] for int j in [1:90000] {}';
    const error = await create('qnnSim', standInSimulator(), { qnn: QnnSettings.fromPartial({ qasm }) });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(error && violationsOf(error)).toEqual([
      {
        field: 'settings.qnn.qasm',
        description: 'program.qasm:1:33: the program takes more than 2000000 steps to unfold',
      },
    ]);
  });

  it('refuses what is above a limit that the simulator advertises, all of it at once', async () => {
    const limits = { qubits: 3, steps: 100, batch_size: 16, features: 2, points: 15, point_bytes: 2207 };
    const advertised = Object.entries(limits).map(([name, maximum]) => ({ name, maximum }));
    const error = await create('qnnSim', limited(standInSimulator(), advertised));
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    expect(error && violationsOf(error)).toEqual(
      [
        ['qnn.qubits', '4 qubits; the QNN simulator takes at most 3'],
        ['qnn.steps', '200 steps; the QNN simulator takes at most 100'],
        ['qnn.batch_size', '32 batch size; the QNN simulator takes at most 16'],
        ['data', '3 features; the QNN simulator takes at most 2'],
        ['data.label_budget', '16 points; the QNN simulator takes at most 15'],
        ['data.label_budget', '128 points of the oracle; the QNN simulator takes at most 15'],
        ['data.test_size', '40 points; the QNN simulator takes at most 15'],
        // 16 labels, 128 points of the oracle and 40 test points, each of three float32.
        ['data', '2208 point bytes; the QNN simulator takes at most 2207'],
      ].map(([field, description]) => ({ field: `settings.${field}`, description })),
    );
  });

  it.each(['labelBudget', 'testSize'] as const)(
    'refuses a %s above a limit before any of it is drawn',
    async (size) => {
      const source = { $case: 'task', value: { name: 'annni', settingsJson: '' } } as const;
      // Drawing as many would take hours.
      const data = { ...THREE_FEATURES, source, [size]: 10_000_000 };
      const error = await create('qnnSim', limited(standInSimulator(), [{ name: 'points', maximum: 100 }]), { data });
      expect(error?.code).toBe(status.INVALID_ARGUMENT);
      expect(error?.details).toContain('10000000 points; the QNN simulator takes at most 100');
      const beyond = await create('qnnSim', standInSimulator(), { data: { ...data, [size]: 2 ** 32 - 1 } });
      expect(beyond?.code).toBe(status.INVALID_ARGUMENT);
      expect(beyond?.details).toContain('4294967295 is not an integer in [0, 10000000]');
    },
  );

  it('repeats no more of unreadable task settings than a message holds', async () => {
    const value = { name: 'annni', settingsJson: 'a\n'.repeat(16_000) };
    const data = { ...THREE_FEATURES, source: { $case: 'task', value } } as const;
    const error = await create('qnnSim', standInSimulator(), { data });
    expect(error?.details).toBe(
      `settings.data.task.settings_json: '${'a\\n'.repeat(66)}a…' (32000 characters) is no JSON object`,
    );
  });

  it('refuses a baseline that the generator does not offer, before the search', async () => {
    const evaluation = {
      draws: 2,
      rivals: ['noise', 'cvae', 'nose'],
      rivalEvaluations: 1,
      portfolio: false,
      choice: '',
    };
    const error = await create('qnnSim', standInSimulator(), { evaluation });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    const right = 'is not one of gan, noise, gaussian, which are the methods of the generator';
    expect(error && violationsOf(error)).toEqual([
      { field: 'settings.evaluation.rivals[1]', description: `"cvae" ${right}` },
      { field: 'settings.evaluation.rivals[2]', description: `"nose" ${right}` },
    ]);
  });

  it('takes the baselines that another generator offers, whatever their names, and those alone', async () => {
    const choices = ['flow', 'moments', 'copula'];
    const foreign = () => standInGenerator({}, [{ name: 'method', kind: 'categorical', choices, default: 'flow' }]);
    const asked = (...rivals: string[]) => ({ evaluation: EvaluationSettings.fromPartial({ draws: 2, rivals }) });
    expect(await create('generator', foreign(), asked('copula', 'moments'))).toBeUndefined();
    const error = await create('generator', foreign(), asked('copula', 'noise'));
    expect(error && violationsOf(error)).toEqual([
      {
        field: 'settings.evaluation.rivals[1]',
        description: '"noise" is not one of flow, moments, copula, which are the methods of the generator',
      },
    ]);
  });

  it('refuses baselines and pre-training where the generator has no methods, which would ignore their names', async () => {
    const evaluation = { draws: 2, rivals: ['noise'], rivalEvaluations: 1, portfolio: false, choice: '' };
    const error = await create('generator', standInGenerator({}, []), { evaluation });
    expect(error?.code).toBe(status.INVALID_ARGUMENT);
    const why = 'the generator has no hyperparameter "method", by which baselines are requested; right would be';
    expect(error && violationsOf(error)).toEqual([
      {
        field: 'settings.evaluation.rivals',
        description: `${why} no rivals, or a generator that offers it`,
      },
    ]);
    const pretraining = { target: 0.9, steps: 10, finetuneSteps: 10, holdSteps: 1 };
    const without = { evaluation: { ...evaluation, rivals: [] }, pretraining };
    const ofPretraining = await create('generator', standInGenerator({}, []), without);
    expect(ofPretraining?.details).toContain(`settings.pretraining: is compared with the baseline "noise"`);
    expect(await create('generator', standInGenerator({}, []), { evaluation: without.evaluation })).toBeUndefined();
  });

  it('takes settings at a limit, and does not check qubits for a program, which has its own', async () => {
    const limits = [
      { name: 'qubits', maximum: 1 },
      // The oracle adds eight points for each of the 16 labels.
      { name: 'points', maximum: 128 },
      { name: 'unheard-of', maximum: 0 },
    ];
    const inputs = ['x0', 'x1', 'x2', 'a'].map((name) => `input float ${name};`).join(' ');
    const program = `OPENQASM 3.0; include "stdgates.inc"; ${inputs} qubit[2] q; rx(x0 + a) q[0]; rx(x1 + x2) q[1];`;
    const qnn = QnnSettings.fromPartial({ qasm: program });
    expect(await create('qnnSim', limited(standInSimulator(), limits), { qnn })).toBeUndefined();
  });

  it('refuses data that a service of the other stages does not take: every episode would fail', async () => {
    const error = await create('discriminator', limited(standInDiscriminator(), [{ name: 'real_points', maximum: 9 }]));
    expect(error?.details).toBe('settings.data.label_budget: 16 real points; the discriminator takes at most 9');
  });

  it('forwards refusals of the simulator, with their paths if there are any', async () => {
    const violation = { field: 'settings.qnn.engine', description: "'tpu' is none of 'auto', 'wasm'" };
    const named = await create(
      'qnnSim',
      simulator(() => Promise.reject(new ValidationError([violation]))),
    );
    expect([named?.code, named && violationsOf(named)]).toEqual([status.INVALID_ARGUMENT, [violation]]);
    const refusal = new DomainError('invalid', 'tfjs: 18 qubits need too much');
    const plain = await create(
      'qnnSim',
      simulator(() => Promise.reject(refusal)),
    );
    expect(plain && violationsOf(plain)).toEqual([
      { field: 'settings.qnn', description: 'the QNN simulator refuses it: tfjs: 18 qubits need too much' },
    ]);
  });

  it('evaluates one step on only real points, with the features and classes of the data', async () => {
    const parts: EvaluateRequest['part'][] = [];
    const qnn = QnnSettings.fromPartial({ steps: 900, batchSize: 64 });
    const asked = async (requests: AsyncIterable<EvaluateRequest>) => {
      for await (const { part } of requests) parts.push(part);
      return { report: { fold: 0, engine: 'none', runs: [] } };
    };
    expect(await create('qnnSim', simulator(asked), { qnn })).toBeUndefined();
    expect(parts[0]).toMatchObject({ value: { qnn: { steps: 1, batchSize: 1 }, arms: [QnnArm.REAL_ONLY] } });
    expect(parts.slice(1)).toMatchObject([
      { $case: 'training', value: { classes: 2, x: { shape: [8, 3] } } },
      { $case: 'heldOut', value: { classes: 2, x: { shape: [8, 3] } } },
    ]);
  });

  it('creates a study whose first step diverges, and none while the simulator is unavailable', async () => {
    const diverged = simulator(() => Promise.reject(new DomainError('diverged', 'the loss is NaN')));
    expect(await create('qnnSim', diverged)).toBeUndefined();
    const away = simulator(() => Promise.reject(new DomainError('unavailable', 'draining')));
    expect((await create('qnnSim', away))?.code).toBe(status.UNAVAILABLE);
  });

  it('does not evaluate again for a study that exists', async () => {
    let asked = 0;
    const counting = simulator(async () => {
      asked++;
      return { report: { fold: 0, engine: 'none', runs: [] } };
    });
    const server = await startTestServer(counting);
    const world = await createWorld({ ...standIns, targets: { ...standIns.targets, qnnSim: server.target } });
    for (let time = 0; time < 2; time++) {
      const { study } = await world.agent.createStudy({ id: 'twice', settings: smallStudy() });
      expect(study?.state).not.toBe(StudyState.FAILED);
    }
    expect(asked).toBe(1);
    await world.stop();
    await server.stop();
  });
});

describe('askSimulator', () => {
  const hanging = (_requests: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const peers = { qnnSim: { evaluate: hanging } } as unknown as Parameters<typeof askSimulator>[0];
  const data = { features: 2, classes: 2 };

  it('treats a simulator that is still working as one that accepted the settings', async () => {
    const { signal } = new AbortController();
    await expect(
      askSimulator(peers, QnnSettings.fromPartial({}), data, signal, { patienceMs: 1 }),
    ).resolves.toBeUndefined();
  });

  it('ends with its caller', async () => {
    const gone = new AbortController();
    const asking = askSimulator(peers, QnnSettings.fromPartial({}), data, gone.signal);
    gone.abort(new Error('the caller went away'));
    await expect(asking).rejects.toThrow('the caller went away');
  });
});
