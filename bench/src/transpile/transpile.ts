import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { heavyHexCoupling, lineCoupling } from '@qloom/quantum/testing/couplings.ts';
import { transpile } from '@qloom/quantum/transpile/transpile.ts';
import { pythonProgram } from '@qloom/testing/python.ts';
import type { Progress } from '../harness/bench.ts';
import { lessIsBetter, type Row } from '../harness/row.ts';
import { transpileCases } from './circuits.ts';

const PEER = fileURLToPath(new URL('../../peers/peer_transpile.py', import.meta.url));
const INSTALL = 'not installed: QLOOM_PYTHON with services/experiment/src/testing/ibm-client/requirements.txt';

/** Two-qubit gates and time of our translation and of Qiskit's at level 3, on a line and on a heavy hex of 156 qubits. */
export async function benchTranspile(say: Progress): Promise<Row[]> {
  const heavyHex = heavyHexCoupling(8, 16);
  const jobs = transpileCases().flatMap(({ name, circuit }) => [
    { name, circuit, device: 'line', qubits: circuit.qubits, coupling: lineCoupling(circuit.qubits) },
    { name, circuit, device: 'heavy hex', qubits: 156, coupling: heavyHex },
  ]);
  say('ours');
  // Once before, so that the code is compiled.
  for (const { circuit, qubits, coupling } of jobs.slice(0, 4))
    transpile(circuit, { qubits, coupling, basisGates: [] });
  const ours = jobs.map(({ circuit, qubits, coupling }) => {
    const started = performance.now();
    const { gates } = transpile(circuit, { qubits, coupling, basisGates: [] });
    const ms = performance.now() - started;
    return { count: gates.filter((gate) => gate.qubits.length === 2).length, ms };
  });
  say('qiskit');
  const input = jobs.map(({ circuit, coupling }) => `${JSON.stringify(described(circuit, coupling))}\n`).join('');
  const run = spawnSync(pythonProgram(), [PEER], { input, encoding: 'utf8', maxBuffer: 2 ** 30 });
  const [head, ...lines] = run.status === 0 ? run.stdout.trim().split('\n') : [];
  const peer = head === undefined ? 'qiskit' : `qiskit ${JSON.parse(head).version}, level 3`;
  return jobs.flatMap(({ name, device }, i) => {
    const theirs = lines[i] === undefined ? { count: Number.NaN, ms: Number.NaN } : JSON.parse(lines[i]);
    const kind = name.startsWith('random') ? 'random' : 'ansatz';
    const row = { bench: 'transpile', case: `${name}, ${device}`, peer, ...(lines[i] ? {} : { note: INSTALL }) };
    const metric = `two-qubit gates, ${kind}, ${device}`;
    return [
      lessIsBetter({ ...row, metric, unit: 'gates', value: ours[i].count, peerValue: theirs.count }),
      lessIsBetter({ ...row, metric: `time, ${device}`, unit: 'ms', value: ours[i].ms, peerValue: theirs.ms }),
    ];
  });
}

function described({ qubits, gates }: Circuit, coupling: readonly (readonly [number, number])[]): object {
  const symbol = (parameter: number | null, input: number | null) => `p${parameter ?? ''}x${input ?? ''}`;
  return {
    qubits,
    coupling,
    gates: gates.map(({ name, qubits: on, angles }) => [
      name,
      on,
      angles.map(({ constant, terms }) => ({
        constant,
        terms: terms.map(({ coefficient, parameter, input }) => [symbol(parameter, input), coefficient]),
      })),
    ]),
  };
}
