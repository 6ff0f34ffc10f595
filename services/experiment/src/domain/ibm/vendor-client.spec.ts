import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input, parameter } from '@qloom/quantum/gates/angle.ts';
import { describeWithPython, pythonProgram } from '@qloom/testing/python.ts';
import { type IbmWorld, openIbmWorld } from '../../testing/ibm-world.ts';
import type { Job } from '../backend/backend.ts';

const NEVER = new AbortController().signal;
const SCRIPT = join(import.meta.dirname, '../../testing/ibm-client/drive_client.py');

/** What the script prints. */
interface Seen {
  readonly backend: Readonly<Record<string, unknown>>;
  readonly failed: { readonly message: string; readonly status: string; readonly usage: number };
  readonly done: Readonly<Record<'usage' | 'estimate' | 'calibrated', number>> & {
    readonly timestamps: readonly string[];
  };
  readonly cancelled: string;
  readonly tagged: Readonly<Record<string, unknown>>;
  readonly qasm: Readonly<Record<string, number>>;
  readonly not_isa: string;
  readonly limited: string;
  readonly session: Readonly<Record<string, unknown>>;
  readonly other: {
    readonly not_isa: readonly string[];
    readonly parameters: readonly (readonly string[])[];
    readonly registers: readonly (readonly string[])[];
    readonly counts: readonly (readonly Readonly<Record<string, number>>[])[];
  };
}

describeWithPython("the emulator and the ibm backend beside IBM's own client", ['qiskit_ibm_runtime'], () => {
  let world: IbmWorld;
  let seen: Seen;
  let counts: readonly ReadonlyMap<number, number>[];

  beforeAll(async () => {
    let submissions = 0;
    world = await openIbmWorld({ createsPerMinute: 100 }, '', undefined, (route) => {
      // Each question for a job takes three seconds.
      if (route === 'GET /jobs/{id}') world.clock.advance(3000);
      if (route === 'POST /jobs' && submissions++ === 7) {
        world.emulator.faults.next(route, { kind: 'error', status: 429, code: 1202, retryAfterSeconds: 9 });
      }
    });
    const { backend, emulator } = world;
    const builder = createCircuitBuilder({ qubits: 3, inputs: 1 });
    const theta = builder.parameter();
    const circuit = builder.gate('ry', [0], input(0)).gate('cx', [0, 2]).gate('rx', [1], parameter(theta)).build();
    const rows = Array.from({ length: 12 }, (_, i) => ({
      ...{ circuit, qubits: [2, 1], shots: 40 },
      inputs: Float64Array.of(0.3 * i),
      parameters: Float64Array.of(1 - 0.2 * i),
    }));
    const fixed = createCircuitBuilder({ qubits: 2 }).gate('h', [0]).gate('cx', [0, 1]).build();
    const bell = {
      circuit: fixed,
      qubits: [0, 1],
      shots: 40,
      inputs: new Float64Array(0),
      parameters: new Float64Array(0),
    };
    const job: Job = { token: 'of-the-adapter', executions: [...rows, bell, bell], maxCost: 100, seed: 1 };
    const id = await backend.submit(job, NEVER);
    while ((await backend.status(id, NEVER)).state !== 'completed');
    ({ counts } = await backend.results(id, job, NEVER));
    emulator.failNextJob({ reason: 'a fault of the device', code: 9999, after: 0.5 });
    const given = [SCRIPT, emulator.url, emulator.apiKey, emulator.crn, job.token];
    const env = { ...process.env, IAM_URL: emulator.url, QISKIT_FUNCTIONS_EXPERIMENTAL: '1', PYTHONWARNINGS: 'ignore' };
    const { stdout } = await promisify(execFile)(pythonProgram(), given, { env });
    seen = JSON.parse(stdout);
  }, 120_000);
  afterAll(() => world.close());

  it('describes the device to the client', () => {
    const { device } = world.emulator;
    const [{ t1, oneWhenZero, zeroWhenOne, czErrors, timeMs }] = device.calibrations;
    expect(seen.backend).toEqual({
      qubits: 27,
      operations: ['cz', 'delay', 'id', 'measure', 'reset', 'rz', 'sx', 'x'],
      coupling: expect.any(Number),
      t1: expect.closeTo(t1[3] * 1e-6, 12),
      readout_error: expect.closeTo((oneWhenZero[5] + zeroWhenOne[5]) / 2, 12),
      cz_error: czErrors[0],
      cz_length: expect.closeTo(88e-9, 15),
      calibrated: timeMs / 1000,
      default_rep_delay: 250e-6,
      operational: true,
      status: 'active',
      pending: 0,
    });
  });

  it('runs the circuits of the client, and its results are counts there', () => {
    const { done } = seen;
    expect(done).toMatchObject({
      status: 'DONE',
      shape: [2, 1],
      flip: { '011': 50 },
      turned: [{ '01': 50 }, { '10': 50 }],
    });
    expect(done.timestamps).toEqual(['created', 'finished', 'running']);
    expect(done.calibrated).toBe(world.emulator.device.calibrations[0].timeMs / 1000);
    expect(seen.qasm).toEqual({ '01': 20 });
  });

  it('charges seconds that the client reads', () => {
    const { usage, estimate } = seen.done;
    const job = world.emulator.jobs.find((one) => one.pubs.length === 2);
    expect([usage, estimate]).toEqual([job?.charged, job?.seconds]);
  });

  it('fails, cancels, refuses and limits jobs as the client expects', () => {
    const { failed, cancelled, not_isa: notIsa, limited } = seen;
    expect(failed).toMatchObject({ status: 'ERROR', usage: expect.closeTo(1, 0) });
    expect(failed.message).toContain('Error code 9999; a fault of the device');
    expect(cancelled).toBe('CANCELLED');
    expect(notIsa).toContain('400 Client Error');
    expect(notIsa).toContain('1002');
    expect(limited).toContain('429 Client Error');
    expect(limited).toContain('1202');
  });

  it('lists jobs by tag, and opens and closes sessions', () => {
    expect(seen.tagged).toEqual({ ours: true, pages: 2, none: 0 });
    expect(seen.session).toEqual({ own: true, mode: 'dedicated', accepting: false });
  });

  it("reads the adapter's circuits as ISA circuits, and from its results the same counts", () => {
    const { other } = seen;
    expect(other.not_isa).toEqual(['', '', '']);
    expect(other.registers).toEqual([['c'], ['c'], ['c']]);
    const [names] = other.parameters;
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual([...names].sort());
    const rows = other.counts.flat().map((row) => new Map(Object.entries(row).map(([k, n]) => [Number(k), n])));
    expect(rows).toEqual(counts);
  });
});
