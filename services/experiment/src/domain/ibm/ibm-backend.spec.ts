import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input, parameter, product, sum } from '@qloom/quantum/gates/angle.ts';
import { probabilities, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { createRandom } from '@qloom/random/random.ts';
import type { IbmFault } from '@qloom/testing/ibm/faults.ts';
import { type IbmWorld, openIbmWorld } from '../../testing/ibm-world.ts';
import type { Execution, Job, JobStatus } from '../backend/backend.ts';
import { JobRefusedError, NotAcceptedError } from '../backend/errors.ts';

const NEVER = new AbortController().signal;
const EMPTY = new Float64Array(0);
const flip = createCircuitBuilder({ qubits: 2 }).gate('x', [1]).build();

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

describe('the ibm backend', () => {
  let world: IbmWorld;
  const open = async (...given: Parameters<typeof openIbmWorld>) => {
    world = await openIbmWorld(...given);
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
  const run = async (job: Job) => {
    const id = await world.backend.submit(job, NEVER);
    await end(id);
    return world.backend.results(id, job, NEVER);
  };

  it('sends one PUB for each circuit and choice of qubits, with a row for each execution', async () => {
    const { emulator } = await open();
    const builder = createCircuitBuilder({ qubits: 3, inputs: 2 });
    const theta = builder.parameter();
    const angle = sum(product(theta, 0, 2), input(1, -0.5), parameter(theta));
    const circuit = builder
      .gate('ry', [0], angle)
      .gate('cx', [0, 2])
      .gate('rx', [2], input(1))
      .gate('cx', [2, 1])
      .build();
    const random = createRandom(5);
    const rows = Array.from({ length: 12 }, (_, i) =>
      execution(circuit, 2000, {
        parameters: Float64Array.of(random.normal()),
        inputs: Float64Array.of(random.normal(), random.normal()),
        qubits: i % 3 === 0 ? [2, 0] : [1, 0, 2],
      }),
    );
    const { counts } = await run(jobOf('rows', rows));
    expect(emulator.jobs[0].pubs.map((pub) => pub.rows.length)).toEqual([4, 8]);
    rows.forEach(({ parameters, inputs, qubits, shots }, i) => {
      const expected = new Float64Array(2 ** qubits.length);
      probabilities(runCircuit(circuit, parameters, inputs)).forEach((p, state) => {
        expected[qubits.reduce((outcome, qubit, j) => outcome + (((state >> qubit) & 1) << j), 0)] += p;
      });
      expected.forEach((p, outcome) => {
        // Five standard deviations of a frequency, and the angles' rounding.
        const tolerance = 5 * Math.sqrt((p * (1 - p)) / shots) + 1e-9;
        expect(Math.abs((counts[i].get(outcome) ?? 0) / shots - p)).toBeLessThanOrEqual(tolerance);
      });
    });
  });

  it('reads the bits of random states of ten qubits in the order of the measured qubits', async () => {
    await open();
    const random = createRandom(11);
    const builder = createCircuitBuilder({ qubits: 10, inputs: 10 });
    for (let qubit = 0; qubit < 10; qubit++) builder.gate('ry', [qubit], input(qubit));
    const circuit = builder.build();
    const cases = Array.from({ length: 20 }, () => {
      const bits = Array.from({ length: 10 }, () => random.integer(2));
      const qubits = [...random.permutation(10)].slice(0, 1 + random.integer(10));
      const outcome = qubits.reduce((total, qubit, j) => total + 2 ** j * bits[qubit], 0);
      const inputs = Float64Array.from(bits, (bit) => bit * Math.PI);
      return { outcome, execution: execution(circuit, 3, { inputs, qubits }) };
    });
    const job = jobOf(
      'bits',
      cases.map((one) => one.execution),
    );
    const { counts } = await run(job);
    expect(counts).toEqual(cases.map(({ outcome }) => new Map([[outcome, 3]])));
  });

  it('shares one bearer token between requests, renews it before it ends, and gets another when it is refused', async () => {
    const { backend, emulator, clock } = await open();
    await Promise.all([backend.describe(NEVER), backend.find('a', NEVER), backend.find('b', NEVER)]);
    expect(emulator.tokensIssued).toBe(1);
    clock.advance(54 * 60_000);
    await backend.find('a', NEVER);
    expect(emulator.tokensIssued).toBe(1);
    clock.advance(60_000);
    await backend.find('a', NEVER);
    expect(emulator.tokensIssued).toBe(2);
    emulator.revokeTokens();
    await backend.find('a', NEVER);
    expect(emulator.tokensIssued).toBe(3);
  });

  it('sends a job once: a refused token is reported, and used no more', async () => {
    const { backend, emulator } = await open();
    await backend.describe(NEVER);
    emulator.revokeTokens();
    const job = jobOf('token', [execution(flip, 10)]);
    await expect(backend.submit(job, NEVER)).rejects.toThrow(NotAcceptedError);
    expect(emulator.requests.get('POST /jobs')).toBe(1);
    await backend.submit(job, NEVER);
    expect(emulator.jobs).toHaveLength(1);
  });

  it('passes the most that a job may cost on, and reports what was charged when the service ends it there', async () => {
    const { backend, emulator } = await open({ jitter: 0 });
    const job = jobOf('cost', [execution(flip, 100_000)], 7.9);
    const id = await backend.submit(job, NEVER);
    expect(emulator.jobs[0].costLimit).toBe(7);
    expect(await end(id)).toEqual({
      state: 'cancelled',
      cost: 7,
      reason: 'Job ran longer than its maximum execution time of 7 seconds. (code 1305)',
    });
    await expect(backend.submit(jobOf('less', [execution(flip, 1)], 0.9), NEVER)).rejects.toThrow(JobRefusedError);
  });

  it('names the calibration that held when the job ran', async () => {
    const { backend, emulator, clock } = await open({ noise: true });
    const before = (await backend.describe(NEVER)).calibration;
    const job = jobOf('calibration', [execution(flip, 10)]);
    const id = await backend.submit(job, NEVER);
    const startedMs = clock.now();
    await end(id);
    clock.advance(60_000);
    emulator.calibrate();
    const after = (await backend.describe(NEVER)).calibration;
    expect(after?.timeMs).toBe(clock.now());
    expect(after?.readoutErrors).not.toEqual(before?.readoutErrors);
    const { calibration, timeMs } = await backend.results(id, job, NEVER);
    expect([calibration, timeMs]).toEqual([before?.id, startedMs]);
  });

  it('takes jobs that failed and the seconds that they ran for from the service', async () => {
    const { backend, emulator } = await open({ jitter: 0, overheadSeconds: 4 });
    emulator.failNextJob({ reason: 'the control electronics', code: 9999, after: 0.25 });
    const status = await end(await backend.submit(jobOf('fails', [execution(flip, 1)]), NEVER));
    expect(status).toMatchObject({ state: 'failed', reason: 'the control electronics (code 9999)' });
    expect(status.state === 'failed' && status.cost).toBeCloseTo(1, 3);
  });

  it.each([
    ['has different shots', [execution(flip, 10), execution(flip, 20)]],
    ['has too many shots', [execution(flip, 10_000_001)]],
    ['starts from amplitudes', [execution({ ...flip, inputs: 2, preparation: { kind: 'amplitude', inputs: 2 } }, 1)]],
  ])('refuses a job for good that %s, and sends nothing', async (_, executions) => {
    const { backend, emulator } = await open();
    await expect(backend.submit(jobOf('refused', executions), NEVER)).rejects.toThrow(JobRefusedError);
    expect(emulator.requests.get('POST /jobs')).toBeUndefined();
  });

  it.each([
    [400, 3220, JobRefusedError],
    [404, 1007, JobRefusedError],
    [400, 3458, NotAcceptedError],
    [401, 1201, NotAcceptedError],
    [403, 1200, NotAcceptedError],
    [409, 4317, NotAcceptedError],
  ])('tells by status %d and code %d whether to submit again', async (status, code, expected) => {
    const { backend, emulator } = await open();
    emulator.faults.next('POST /jobs', { kind: 'error', status, code });
    const error = await backend.submit(jobOf('status', [execution(flip, 1)]), NEVER).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(expected);
    expect((error as Error).message).toContain(`code ${code}`);
  });

  it('leaves it open whether a job was accepted after a status above 500 or no answer in time', async () => {
    const { backend, emulator } = await open({}, 'timeoutSeconds: 2');
    await backend.describe(NEVER);
    emulator.faults.next('POST /jobs', { kind: 'error', status: 502, code: 1000 });
    emulator.faults.next('POST /jobs', { kind: 'silent' });
    for (const token of ['bad-gateway', 'silent']) {
      const error = await backend.submit(jobOf(token, [execution(flip, 1)]), NEVER).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(JobRefusedError);
      expect(error).not.toBeInstanceOf(NotAcceptedError);
    }
    expect(await backend.find('bad-gateway', NEVER)).toBeUndefined();
    expect(await backend.find('silent', NEVER)).toBe(emulator.jobs[0].id);
  });

  it('knows that nothing was accepted where there is no connection, or no device is described', async () => {
    const { backend, emulator } = await open();
    emulator.faults.next('GET /backends/{name}/properties', { kind: 'error', status: 500, code: 1000 });
    await expect(backend.submit(jobOf('a', [execution(flip, 1)]), NEVER)).rejects.toThrow(NotAcceptedError);
    await backend.describe(NEVER);
    await emulator.stop();
    // The end of the connection that was kept says nothing of what was accepted; the next is never made.
    await expect(backend.find('b', NEVER)).rejects.toThrow();
    await expect(backend.submit(jobOf('b', [execution(flip, 1)]), NEVER)).rejects.toThrow(NotAcceptedError);
  });

  it('knows that nothing was accepted where there is no bearer token', async () => {
    const { backend, emulator } = await open({}, 'timeoutSeconds: 2');
    for (const fault of [{ kind: 'dropped' }, { kind: 'silent' }] as const) {
      emulator.faults.next('POST /identity/token', fault);
      await expect(backend.submit(jobOf(fault.kind, [execution(flip, 1)]), NEVER)).rejects.toThrow(NotAcceptedError);
    }
    // The device was described with a token that is refused now.
    await backend.describe(NEVER);
    emulator.revokeTokens();
    await expect(backend.submit(jobOf('revoked', [execution(flip, 1)]), NEVER)).rejects.toThrow(NotAcceptedError);
    emulator.faults.next('POST /identity/token', { kind: 'error', status: 503, code: 1000 });
    await expect(backend.submit(jobOf('iam', [execution(flip, 1)]), NEVER)).rejects.toThrow('IAM answered 503');
    await backend.submit(jobOf('iam', [execution(flip, 1)]), NEVER);
    expect(emulator.requests.get('POST /jobs')).toBe(2);
  });

  it('is right whenever it says that a job was accepted, or that none was', async () => {
    const { backend, emulator } = await open({ createsPerMinute: 1e6 }, 'timeoutSeconds: 2');
    await backend.describe(NEVER);
    // The first, which lasts until the timeout, occurs once.
    const faults: (IbmFault | 'revoked' | undefined)[] = [
      { kind: 'silent' },
      undefined,
      'revoked',
      { kind: 'lost-reply' },
      { kind: 'dropped' },
      ...[400, 401, 403, 404, 409, 429, 500, 503, 504].map((status) => ({
        kind: 'error' as const,
        status,
        code: 1000,
      })),
    ];
    const random = createRandom(3);
    for (let i = 0; i < 60; i++) {
      const fault = i < faults.length ? faults[i] : faults[1 + random.integer(faults.length - 1)];
      if (fault === 'revoked') emulator.revokeTokens();
      else if (fault) emulator.faults.next('POST /jobs', fault);
      const token = `attempt-${i}`;
      const outcome = await backend
        .submit(jobOf(token, [execution(flip, 1)]), NEVER)
        .catch((reason: unknown) => reason);
      const accepted = emulator.jobs.filter(({ tags }) => tags.includes(token)).map(({ id }) => id);
      expect(accepted.length).toBeLessThanOrEqual(1);
      if (typeof outcome === 'string') expect(accepted).toEqual([outcome]);
      if (outcome instanceof JobRefusedError || outcome instanceof NotAcceptedError) expect(accepted).toEqual([]);
      expect(await backend.find(token, NEVER)).toBe(accepted[0]);
    }
  });

  it('never shows the API key', async () => {
    const secret = 'a-secret-key';
    const { backend } = await open({}, '', { QLOOM_IBM_API_KEY: secret });
    const error = await backend
      .submit(jobOf('key', [execution(flip, 1)]), NEVER)
      .catch((reason: unknown) => reason as Error);
    expect(error).toBeInstanceOf(NotAcceptedError);
    expect((error as Error).message).toContain('IAM answered 400');
    expect(`${(error as Error).stack} ${JSON.stringify(backend)}`).not.toContain(secret);
  });

  it('is offline with the words of the service', async () => {
    const { backend, emulator } = await open();
    emulator.settings.status = 'maintenance';
    expect(await backend.describe(NEVER)).toMatchObject({ online: false, reason: 'maintenance' });
  });

  it('ends its requests when it is closed', async () => {
    const { backend, emulator } = await open();
    await backend.describe(NEVER);
    emulator.faults.next('GET /jobs', { kind: 'silent' });
    const waiting = backend.find('a', NEVER);
    await backend.close();
    await expect(waiting).rejects.toThrow('backend ibm is closed');
  });
});
