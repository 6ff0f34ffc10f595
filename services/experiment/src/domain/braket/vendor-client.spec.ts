import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createCircuitBuilder } from '@qloom/quantum/circuit.ts';
import { input, product } from '@qloom/quantum/gates/angle.ts';
import { type BraketEmulator, startBraketEmulator } from '@qloom/testing/braket/braket-emulator.ts';
import { describeWithPython, pythonProgram } from '@qloom/testing/python.ts';
import { braketAction } from './braket-program.ts';

const SCRIPT = join(import.meta.dirname, '../../testing/braket-client/drive_client.py');

/** An action whose outcomes are certain: qubit 0 is turned by half a turn where x·θ is π, and flips qubit 2. */
function certainAction(): string {
  const builder = createCircuitBuilder({ qubits: 3, inputs: 1 });
  const weight = builder.parameter('weight');
  const circuit = builder.gate('ry', [0], product(weight, 0)).gate('cx', [0, 2]).gate('rzz', [1, 2], input(0)).build();
  const flip = createCircuitBuilder({ qubits: 2 }).gate('x', [1]).build();
  const row = (x: number) => ({ circuit, parameters: Float64Array.of(Math.PI / 2), inputs: Float64Array.of(x) });
  const fixed = { circuit: flip, parameters: new Float64Array(0), inputs: new Float64Array(0) };
  const executions = [row(0), row(2), fixed].map((one) => ({ ...one, qubits: [0], shots: 50 }));
  return braketAction(executions, true).text;
}

describeWithPython("the emulator and the braket backend beside Amazon's own client", ['braket', 'boto3'], () => {
  let emulator: BraketEmulator;
  let seen: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    emulator = await startBraketEmulator();
    const child = spawn(pythonProgram(), [SCRIPT, emulator.url, emulator.device.arn], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(certainAction());
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (stdout === '') throw new Error(stderr);
    seen = JSON.parse(stdout);
  }, 120_000);
  afterAll(() => emulator.stop());

  it('describes the device to the client', () => {
    expect(seen).toMatchObject({ status: 'ONLINE', qubits: 6, shots: [1, 20_000], executables: 100 });
  });

  it('runs a task and a program set of the client, which counts their results', () => {
    expect(seen).toMatchObject({ state: 'COMPLETED', single: { '011': 40 } });
    expect(seen['set']).toEqual([[{ '01': 20 }], [{ '00': 20 }, { '11': 20 }]]);
  });

  it('has one task for one client token, refuses too many shots, and finds tasks page by page', () => {
    expect(seen).toMatchObject({ twice: 1, refused: 'ValidationException', found: [2, true] });
    expect(emulator.tasks).toHaveLength(3);
  });

  it("executes the adapter's programs alike on the vendor's local simulator", () => {
    expect(seen).toMatchObject({ executable_count: 3, local: [{ '000': 50 }, { '101': 50 }, { '01': 50 }] });
  });
});
