import { type Circuit, createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input, parameter } from '@qloom/quantum/gates/angle.ts';
import type { Execution, ExperimentBackend, Job, JobStatus } from '../domain/backend/backend.ts';
import { JobRefusedError, NotAcceptedError } from '../domain/backend/errors.ts';

/** A backend under test and its vendor, whose faults are switched on for one request at a time. */
interface BackendUnderTest {
  readonly backend: ExperimentBackend;
  /** Lets some time pass for adapter and vendor. Jobs end after a finite number of calls. */
  tick(): Promise<void>;
  /** Number of jobs that the vendor has accepted, each of which is charged. */
  accepted(): number;
  /** The next submission is accepted and its reply is lost. Absent where nothing lies between adapter and vendor. */
  readonly loseNextReply?: () => void;
  /** The next submission is refused with a rate limit and this time to wait. */
  readonly limitNext?: (retryAfterMs: number) => void;
  /** The next job that is accepted fails. */
  readonly failNext?: () => void;
  /** Jobs wait in the queue until `false` is given. */
  readonly holdQueue?: (isHeld: boolean) => void;
  close(): Promise<void>;
}

/** How a backend is tested. */
export interface BackendHarness {
  /** Opens a backend on an idle vendor. */
  open(): Promise<BackendUnderTest>;
  /**
   * Turns a circuit into one that the backend executes on the same qubits, where it does not execute all gates. The contract uses
   * `x`, `ry`, and `cx` from qubit 0 to 1.
   */
  readonly prepare?: (circuit: Circuit) => Circuit;
  /** Largest probability of a wrong bit by noise. Default 0. */
  readonly noise?: number;
}

const NEVER = new AbortController().signal;
const EMPTY = new Float64Array(0);

/** What every backend must do. Registers jest tests. */
export function describeBackendContract(title: string, harness: BackendHarness): void {
  const prepare = harness.prepare ?? ((circuit) => circuit);
  const noise = harness.noise ?? 0;

  const flip = prepare(createCircuitBuilder({ qubits: 2 }).gate('x', [1]).build());
  const pair = prepare(createCircuitBuilder({ qubits: 2 }).gate('x', [0]).gate('cx', [0, 1]).build());
  const rotation = (() => {
    const builder = createCircuitBuilder({ qubits: 2, inputs: 1 });
    const theta = builder.parameter();
    return prepare(builder.gate('ry', [0], input(0)).gate('ry', [0], parameter(theta)).build());
  })();
  const execution = (circuit: Circuit, shots: number, given: Partial<Execution> = {}): Execution => ({
    circuit,
    parameters: EMPTY,
    inputs: EMPTY,
    qubits: [0, 1],
    shots,
    ...given,
  });
  const jobOf = (token: string, ...executions: Execution[]): Job => ({ token, executions, maxCost: 1e6, seed: 7 });
  const hasEnded = ({ state }: JobStatus): boolean => state !== 'queued' && state !== 'running';

  describe(`ExperimentBackend contract: ${title}`, () => {
    let test: BackendUnderTest;
    let backend: ExperimentBackend;
    beforeEach(async () => {
      test = await harness.open();
      ({ backend } = test);
    });
    afterEach(() => test.close());

    const end = async (id: string): Promise<JobStatus> => {
      for (;;) {
        const status = await backend.status(id, NEVER);
        if (hasEnded(status)) return status;
        await test.tick();
      }
    };
    /** The identifier of a job whose reply was lost. */
    const found = async (token: string): Promise<string> => {
      for (;;) {
        const id = await backend.find(token, NEVER);
        if (id !== undefined) return id;
        await test.tick();
      }
    };

    it('describes itself consistently', async () => {
      const { qubits, coupling, calibration, limits, price, online, reason } = await backend.describe(NEVER);
      expect(qubits).toBeGreaterThan(0);
      expect(online).toBe(reason === '');
      for (const pair of coupling) for (const qubit of pair) expect(qubit).toBeLessThan(qubits);
      for (const value of Object.values(limits)) if (typeof value === 'number') expect(value).toBeGreaterThan(0);
      for (const value of Object.values(price)) if (typeof value === 'number') expect(value).toBeGreaterThanOrEqual(0);
      if (calibration === undefined) return;
      for (const list of [calibration.readoutErrors, calibration.gateErrors, calibration.t1, calibration.t2]) {
        expect(list).toHaveLength(qubits);
      }
      if (coupling.length > 0) expect(calibration.couplingErrors).toHaveLength(coupling.length);
      expect(calibration.id).not.toBe('');
    });

    it('runs a job: counts in the order of the executions, bit j of the j-th measured qubit', async () => {
      const shots = 400;
      const job = jobOf(
        'order-1',
        execution(flip, shots),
        execution(flip, shots, { qubits: [1, 0] }),
        execution(pair, shots),
        execution(flip, shots, { qubits: [1] }),
      );
      const id = await backend.submit(job, NEVER);
      expect(await end(id)).toMatchObject({ state: 'completed' });
      const { counts } = await backend.results(id, job, NEVER);
      expect(counts).toHaveLength(4);
      counts.forEach((one, i) => {
        expect([...one.values()].reduce((sum, count) => sum + count, 0)).toBe(shots);
        // A wrong outcome needs a wrong bit; five standard deviations above the mean.
        const wrong = 2 * noise;
        const least = shots * (1 - wrong) - 5 * Math.sqrt(shots * wrong * (1 - wrong));
        expect(one.get([0b10, 0b01, 0b11, 0b1][i]) ?? 0).toBeGreaterThanOrEqual(least);
      });
    });

    it('executes each row with its own inputs and parameters', async () => {
      const shots = 1000;
      const angles = [0, 0.4, 1.3, 2.2, Math.PI];
      const rows = angles.map((angle, i) =>
        execution(rotation, shots, {
          inputs: Float64Array.of(angle - 0.1 * i),
          parameters: Float64Array.of(0.1 * i),
          qubits: [0],
        }),
      );
      const job = jobOf('rows-1', ...rows);
      const id = await backend.submit(job, NEVER);
      await end(id);
      const { counts } = await backend.results(id, job, NEVER);
      counts.forEach((one, i) => {
        const p = Math.sin(angles[i] / 2) ** 2;
        // Five standard deviations and what noise can move.
        const tolerance = 5 * Math.sqrt((p * (1 - p)) / shots) + noise + 1e-9;
        expect(Math.abs((one.get(1) ?? 0) / shots - p)).toBeLessThanOrEqual(tolerance);
      });
    });

    it('finds a job by its token, and none for a token that was never submitted', async () => {
      expect(await backend.find('never-submitted', NEVER)).toBeUndefined();
      const id = await backend.submit(jobOf('find-1', execution(flip, 10)), NEVER);
      expect(await found('find-1')).toBe(id);
    });

    it('is one job for one token, where it says so', async () => {
      if (!backend.submission.isIdempotent) return;
      const job = jobOf('twice-1', execution(flip, 10));
      const ids = await Promise.all([backend.submit(job, NEVER), backend.submit(job, NEVER)]);
      expect([ids[1], await backend.submit(job, NEVER)]).toEqual([ids[0], ids[0]]);
      expect(test.accepted()).toBe(1);
    });

    it('charges what it quoted, within a tenth, and at most the upper end', async () => {
      const job = jobOf('quote-1', execution(flip, 100), execution(pair, 100));
      const { cost } = await backend.quote(job, await backend.describe(NEVER));
      expect(cost.low).toBeLessThanOrEqual(cost.expected);
      expect(cost.expected).toBeLessThanOrEqual(cost.high);
      const status = await end(await backend.submit(job, NEVER));
      const charged = status.state === 'completed' ? status.cost : Number.NaN;
      expect(Math.abs(charged - cost.expected)).toBeLessThanOrEqual(0.1 * charged);
      expect(charged).toBeLessThanOrEqual(cost.high * (1 + 1e-9));
    });

    it('refuses for good what no backend of its kind accepts', async () => {
      const { qubits, limits } = await backend.describe(NEVER);
      const shots = (limits.maxShots ?? 0) + 1;
      if (limits.maxShots !== undefined) {
        await expect(backend.submit(jobOf('shots-1', execution(flip, shots)), NEVER)).rejects.toThrow(JobRefusedError);
      }
      const wide: Circuit = { qubits: qubits + 1, inputs: 0, parameters: [], gates: [] };
      const tooWide = jobOf('wide-1', execution(wide, 10, { qubits: [qubits] }));
      await expect(backend.submit(tooWide, NEVER)).rejects.toThrow(JobRefusedError);
      expect(test.accepted()).toBe(0);
    });

    it('leaves a submission whose reply is lost to find', async () => {
      if (test.loseNextReply === undefined) return;
      test.loseNextReply();
      const job = jobOf('lost-1', execution(flip, 10));
      const error = await backend.submit(job, NEVER).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(JobRefusedError);
      expect(error).not.toBeInstanceOf(NotAcceptedError);
      const id = await found('lost-1');
      expect(await end(id)).toMatchObject({ state: 'completed' });
      expect(test.accepted()).toBe(1);
    });

    it('says how long to wait where the rate is limited, and that nothing was accepted', async () => {
      if (test.limitNext === undefined) return;
      test.limitNext(3000);
      const job = jobOf('limit-1', execution(flip, 10));
      const error = await backend.submit(job, NEVER).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NotAcceptedError);
      expect((error as NotAcceptedError).retryAfterMs).toBe(3000);
      expect(test.accepted()).toBe(0);
      await backend.submit(job, NEVER);
      expect(test.accepted()).toBe(1);
    });

    it('reports the reason of a job that fails', async () => {
      if (test.failNext === undefined) return;
      test.failNext();
      const status = await end(await backend.submit(jobOf('fail-1', execution(flip, 10)), NEVER));
      expect(status).toMatchObject({ state: 'failed' });
      expect(status.state === 'failed' && status.reason).not.toBe('');
    });

    it('cancels a job that waits, and leaves one that has ended', async () => {
      if (test.holdQueue === undefined) return;
      const done = await backend.submit(jobOf('ended-1', execution(flip, 10)), NEVER);
      await end(done);
      test.holdQueue(true);
      const waiting = await backend.submit(jobOf('cancel-1', execution(flip, 10)), NEVER);
      expect(await backend.status(waiting, NEVER)).toMatchObject({ state: 'queued' });
      await backend.cancel(waiting, NEVER);
      await backend.cancel(done, NEVER);
      test.holdQueue(false);
      expect(await end(waiting)).toMatchObject({ state: 'cancelled' });
      expect(await end(done)).toMatchObject({ state: 'completed' });
    });
  });
}
