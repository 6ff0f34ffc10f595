import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input, product } from '@qloom/quantum/gates/angle.ts';
import { describeWithPython, pythonProgram } from '@qloom/testing/python.ts';
import { type IonqWorld, openIonqWorld } from '../../testing/ionq-world.ts';
import type { Job } from '../backend/backend.ts';
import { jobPayload } from './job-payload.ts';
import { qisCircuit } from './qis-circuit.ts';

const NEVER = new AbortController().signal;
const SCRIPT = join(import.meta.dirname, '../../testing/ionq-client/drive_client.py');
const DEVICE = 'qpu.emulated-1';

/** A job whose outcomes are certain: qubit 0 is turned by half a turn where x·θ is π, and flips qubit 2. */
function certainJob(): Job {
  const builder = createCircuitBuilder({ qubits: 3, inputs: 1 });
  const weight = builder.parameter('weight');
  const circuit = builder.gate('ry', [0], product(weight, 0)).gate('cx', [0, 2]).gate('rzz', [1, 2], input(0)).build();
  const row = (x: number) => ({ circuit, parameters: Float64Array.of(Math.PI / 2), inputs: Float64Array.of(x) });
  const executions = [row(0), row(2)].map((one) => ({ ...one, qubits: [0, 1, 2], shots: 50 }));
  return { token: 'of-the-adapter', executions, maxCost: 100, seed: 1 };
}

describeWithPython("the emulator and the ionq backend beside IonQ's own clients", ['ionq_core', 'qiskit_ionq'], () => {
  let world: IonqWorld;
  let seen: Readonly<Record<string, never>>;
  let payload: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    world = await openIonqWorld({
      onRequest(route) {
        // Each question for a job takes three seconds.
        if (route === 'GET /jobs/{id}') world.clock.advance(3000);
        if (route === 'GET /backends/{backend}' && ++descriptions === 2) {
          world.emulator.failNext('POST /jobs', { status: 429, retryAfterSeconds: 9 });
        }
      },
    });
    let descriptions = -1;
    const { backend, emulator } = world;
    const job = certainJob();
    await backend.submit(job, NEVER);
    const settings = { device: DEVICE, noise: undefined, session: undefined };
    payload = await jobPayload(job, settings, ({ circuit }) => qisCircuit(circuit));
    emulator.failNextJob('QuantumComputerError', 'a fault of the device');
    const child = spawn(pythonProgram(), [SCRIPT, emulator.url, emulator.apiKey, DEVICE, job.token], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(JSON.stringify(payload));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (stdout === '') throw new Error(stderr);
    seen = JSON.parse(stdout);
  }, 120_000);
  afterAll(() => world.close());

  it('describes the device to the clients', async () => {
    const { calibration } = await world.backend.describe(NEVER);
    expect(seen['backend']).toEqual({
      names: [DEVICE, 'simulator'],
      qubits: 12,
      status: 'available',
      spam: expect.closeTo(1 - (calibration?.readoutErrors[0] ?? 0), 12),
      pairs: 66,
      dated: new Date(calibration?.timeMs ?? 0).toISOString(),
    });
    expect(seen['key']).toBe('emulated');
    expect(seen['calibration']).toEqual([true, expect.closeTo(1 - (calibration?.readoutErrors[0] ?? 0), 12)]);
  });

  it("has the adapter's job unchanged by the vendor's schema, runs it, and charges what it estimated", () => {
    expect(seen['payload']).toEqual(payload);
    expect(seen['done']).toEqual({
      type: 'MultiCircuitJob',
      probabilities: [{ 0: 1 }, { 5: 1 }],
      children: ['execution-0', 'execution-1'],
      gates: { '1q': 2, '2q': 4 },
      cost: 0.5,
      estimated: 0.5,
      unit: 'usd',
    });
    const rate = { sku: DEVICE, unit: 'gates', cost_1q_gate: 0.0001645, cost_2q_gate: 0.001121, job_cost_minimum: 0.5 };
    expect(seen['estimate']).toMatchObject({ unit: 'usd', rates: [rate] });
    const total = 50 * (120 * 0.0001645 + 60 * 0.001121);
    expect((seen['estimate'] as { readonly total: number }).total).toBeCloseTo(total, 9);
  });

  it('fails, cancels, limits and refuses jobs as the clients expect', () => {
    expect(seen['failed']).toEqual({
      status: 'failed',
      code: 'QuantumComputerError',
      message: 'a fault of the device',
    });
    expect(seen['cancelled']).toEqual(['canceled', 'canceled']);
    expect(seen['limited']).toEqual([429, 9]);
    expect(seen['refused']).toEqual({
      shots: expect.stringMatching(/^400 .*"shots" must be an integer from 1 to 1000000/),
      key: expect.stringMatching(/^401 .*Invalid key provided/),
      job: expect.stringMatching(/^404 /),
    });
  });

  it('lists jobs page by page with their metadata, and has sessions with limits', () => {
    expect(seen['listed']).toEqual({ tokens: ['of-the-adapter'], found: true });
    expect(seen['session']).toEqual({
      limit: { unit: 'usd', value: 9.5 },
      active: [true, false],
      full: expect.stringContaining('is full'),
    });
  });

  it('has gates, and the order of qubits, as circuits of Qiskit have them', () => {
    expect(seen['difference']).toBeLessThan(1e-12);
    expect(seen['counts']).toEqual([{ '01': 30 }, { '10': 30 }]);
  });
});
