import { writeFile } from 'node:fs/promises';
import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input } from '@qloom/quantum/gates/angle.ts';
import { createTempFolder } from '@qloom/testing/temp-folder.ts';
import { type IonqWorld, openIonqWorld } from '../../testing/ionq-world.ts';
import type { Execution, Job, JobStatus } from '../backend/backend.ts';
import { JobRefusedError, NotAcceptedError } from '../backend/errors.ts';

const NEVER = new AbortController().signal;
const EMPTY = new Float64Array(0);
const flip = createCircuitBuilder({ qubits: 2 }).gate('x', [1]).build();
const DEVICE = 'device: qpu.emulated-1';

const execution = (circuit: Circuit, shots: number, given: Partial<Execution> = {}): Execution => ({
  ...{ circuit, shots, parameters: EMPTY, inputs: EMPTY },
  qubits: Array.from({ length: circuit.qubits }, (_, qubit) => qubit),
  ...given,
});
const jobOf = (token: string, executions: readonly Execution[], maxCost = 600): Job => ({
  token,
  executions,
  maxCost,
  seed: 1,
});

describe('the ionq backend', () => {
  let world: IonqWorld;
  const open = async (...given: Parameters<typeof openIonqWorld>) => {
    world = await openIonqWorld(...given);
    return world;
  };
  afterEach(() => world.close());

  const end = async (id: string): Promise<JobStatus> => {
    for (;;) {
      const status = await world.backend.status(id, NEVER);
      if (status.state !== 'queued' && status.state !== 'running') return status;
      world.clock.advance(1000);
    }
  };

  it('reads qubits, price, wait and calibration, and that the device is offline', async () => {
    const { backend, emulator, clock } = await open({ settings: { queueSeconds: 90 } });
    const description = await backend.describe(NEVER);
    expect(description).toMatchObject({
      online: true,
      qubits: 12,
      coupling: [],
      waitSeconds: 90,
      price: { unit: 'USD' },
    });
    const { calibration } = description;
    expect(calibration?.readoutErrors).toHaveLength(12);
    expect(calibration?.readoutErrors[0]).toBeGreaterThan(0);
    expect(calibration?.t1[0]).toBe(100);
    clock.advance(60_000);
    emulator.characterize();
    emulator.setOnline(false);
    const later = await backend.describe(NEVER);
    expect(later).toMatchObject({ online: false, reason: 'the device is unavailable' });
    expect(later.calibration?.id).not.toBe(calibration?.id);
    expect(later.calibration?.timeMs).toBe(clock.now());
    expect(later.calibration?.readoutErrors).not.toEqual(calibration?.readoutErrors);
    // Estimates are asked for once in ten minutes.
    expect(emulator.requests.get('GET /jobs/estimate')).toBe(5);
    clock.advance(600_000);
    await backend.describe(NEVER);
    expect(emulator.requests.get('GET /jobs/estimate')).toBe(10);
  });

  it('charges above the minimum what it quoted, and reports the final cost only', async () => {
    const { backend, emulator } = await open({ settings: { costDelaySeconds: 30 } });
    const builder = createCircuitBuilder({ qubits: 4, inputs: 1 });
    for (let i = 0; i < 20; i++) builder.gate('ry', [i % 4], input(0)).gate('cz', [i % 4, (i + 1) % 4]);
    const circuit = builder.build();
    const job = jobOf(
      'cost',
      [0.1, 0.2, 0.3].map((x) => execution(circuit, 500, { inputs: Float64Array.of(x) })),
    );
    const { cost } = await backend.quote(job, await backend.describe(NEVER));
    const id = await backend.submit(job, NEVER);
    while (emulator.jobs[0].status !== 'completed') {
      world.clock.advance(1000);
      expect((await backend.status(id, NEVER)).state).not.toBe('completed');
    }
    const status = await end(id);
    expect(status).toEqual({ state: 'completed', cost: emulator.jobs[0].charged });
    expect(emulator.jobs[0].charged).toBeCloseTo(cost.expected, 9);
    // Three circuits of 20 ry, 40 rz and 20 zz.
    expect(cost.expected).toBeCloseTo(3 * 500 * (60 * 0.0001645 + 20 * 0.001121), 9);
    expect(cost.high).toBeCloseTo(cost.expected, 9);
  });

  it('takes the estimate of a job whose final cost is missing for an hour', async () => {
    const { backend, clock } = await open({ settings: { costDelaySeconds: 1e9 } });
    const id = await backend.submit(jobOf('late', [execution(flip, 10)]), NEVER);
    clock.advance(3_600_000);
    expect(await backend.status(id, NEVER)).toEqual({ state: 'running' });
    clock.advance(60_000);
    expect(await backend.status(id, NEVER)).toEqual({ state: 'completed', cost: 0.5 });
  });

  it('finds a job among many pages, in which it appears late, and not the jobs of its circuits', async () => {
    const { backend, emulator, clock } = await open({ settings: { listDelaySeconds: 20 } });
    const first = await backend.submit(jobOf('sought', [execution(flip, 10), execution(flip, 10)]), NEVER);
    for (let i = 0; i < 20; i++) {
      await backend.submit(jobOf(`other-${i}`, [execution(flip, 10), execution(flip, 10)]), NEVER);
    }
    expect(await backend.find('sought', NEVER)).toBeUndefined();
    clock.advance(20_000);
    expect(await backend.find('sought', NEVER)).toBe(first);
    expect(emulator.requests.get('GET /jobs')).toBeGreaterThan(3);
    // It settles within the time that it says.
    expect(backend.submission).toEqual({ isIdempotent: false, settleMs: 120_000 });
  });

  it('gives each job a session of its own, which the service ends at its most', async () => {
    const { backend, emulator } = await open({}, `${DEVICE}\nsessions: true`);
    const job = jobOf('capped', [execution(flip, 10)], 0.4);
    const id = await backend.submit(job, NEVER);
    expect(emulator.sessions[0]).toMatchObject({ jobLimit: 1, costLimit: { unit: 'usd', value: 0.4 }, jobs: [id] });
    const status = await end(id);
    expect(status).toMatchObject({ state: 'failed', cost: 0, reason: expect.stringMatching(/^QuotaExhaustedError: /) });
    expect(emulator.sessions[0].endedMs).toBeDefined();
    emulator.failNext('POST /sessions', { status: 503 });
    await expect(backend.submit(jobOf('none', [execution(flip, 10)]), NEVER)).rejects.toThrow(NotAcceptedError);
    expect(emulator.jobs).toHaveLength(1);
  });

  it.each([
    [400, JobRefusedError],
    [413, JobRefusedError],
    [401, NotAcceptedError],
    [402, NotAcceptedError],
    [403, NotAcceptedError],
    [409, NotAcceptedError],
  ])('tells by status %d whether to submit again', async (status, expected) => {
    const { backend, emulator } = await open();
    emulator.failNext('POST /jobs', { status });
    const error = await backend.submit(jobOf('status', [execution(flip, 1)]), NEVER).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(expected);
    expect((error as Error).message).toContain(`answered ${status}`);
  });

  it('leaves it open what became of a job after an error of the server', async () => {
    const { backend, emulator } = await open();
    emulator.failNext('POST /jobs', { status: 502 });
    const error = await backend.submit(jobOf('open', [execution(flip, 1)]), NEVER).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(JobRefusedError);
    expect(error).not.toBeInstanceOf(NotAcceptedError);
  });

  it('has accepted nothing with a wrong key, without a connection, or while the device is described', async () => {
    const { backend, emulator } = await open({}, DEVICE, { QLOOM_IONQ_API_KEY: 'wrong' });
    const job = jobOf('refused', [execution(flip, 1)]);
    const error = await backend.submit(job, NEVER).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotAcceptedError);
    expect((error as Error).message).toMatch(/^IonQ: GET \S+ answered 401: Unauthorized Error: Invalid key provided$/);
    expect((error as Error).message).not.toContain('wrong');
    await emulator.stop();
    await expect(backend.submit(job, NEVER)).rejects.toThrow(NotAcceptedError);
  });

  it.each([
    ['has different shots', [execution(flip, 10), execution(flip, 20)], 'different shots'],
    ['has too many shots', [execution(flip, 1_000_001)], 'at most 1000000 are right'],
  ])('refuses a job for good that %s, and sends nothing', async (_, executions, message) => {
    const { backend, emulator } = await open();
    const error = await backend.submit(jobOf('refused', executions), NEVER).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobRefusedError);
    expect((error as Error).message).toContain(message);
    expect(emulator.requests.get('POST /jobs')).toBeUndefined();
  });

  it('says how many executions a job may have where they have too many gates', async () => {
    const { backend } = await open();
    const builder = createCircuitBuilder({ qubits: 1 });
    for (let i = 0; i < 2000; i++) builder.gate('x', [0]);
    const job = jobOf('gates', new Array(100).fill(execution(builder.build(), 10)));
    await backend.describe(NEVER);
    await expect(backend.submit(job, NEVER)).rejects.toThrow(
      'a job of 200000 gates, and IonQ takes 150000; limits.maxExecutions of at most 75 is right',
    );
  });

  it('gives the simulator its noise model, and samples exact probabilities by the seed of the job', async () => {
    const { backend, emulator } = await open({}, 'device: simulator\nnoise: forte-1');
    await backend.submit(jobOf('noisy', [execution(flip, 10)]), NEVER);
    expect(emulator.jobs[0].payload.noise).toEqual({ model: 'forte-1', seed: 1 });
    expect(backend.simulated).toBe(true);
  });
});

describe('the provider ionq', () => {
  it.each([
    [DEVICE, {}, 'apiKeyFile: is missing; right would be the path of a file with an API key, or QLOOM_IONQ_API_KEY'],
    ['device: forte', undefined, 'device: is "forte"; right would be qpu.NAME, or simulator'],
    [`${DEVICE}\nnoise: forte-1`, undefined, 'noise: belongs to device: simulator, and the device is qpu.emulated-1'],
    [`${DEVICE}\nlimits: {maxExecutions: 6000}`, undefined, 'maxExecutions is above 5000'],
    [`${DEVICE}\nminimumPer: shot`, undefined, 'minimumPer: is "shot"; right would be job, circuit, unknown'],
    [`${DEVICE}\ntoken: abc`, undefined, 'token: is unknown'],
  ])('refuses %j in the environment %j', async (fields, env, message) => {
    await expect(openIonqWorld({}, fields, env)).rejects.toThrow(message);
  });

  it('reads the key from a file', async () => {
    const folder = await createTempFolder();
    const file = folder.file('key');
    await writeFile(file, 'emulated-ionq-key\n');
    const world = await openIonqWorld({}, `${DEVICE}\napiKeyFile: ${file}`, {});
    expect((await world.backend.describe(NEVER)).price.unit).toBe('USD');
    await world.close();
    await folder.remove();
  });
});
