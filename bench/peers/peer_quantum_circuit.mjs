// The npm package quantum-circuit, forward only: it has no gradients. A circuit a sample, built and run; its probabilities of
// |1⟩ give ⟨Z⟩. Speaks the protocol of protocol.py.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const QuantumCircuit = require('quantum-circuit');
const { version } = require('quantum-circuit/package.json');

function expectations({ qubits, layers, parameters, inputs }, row) {
  const circuit = new QuantumCircuit(qubits);
  const rotate = (name, qubit, angle) =>
    circuit.addGate(name, -1, qubit, { params: name === 'rz' ? { phi: angle } : { theta: angle } });
  for (let layer = 0; layer < layers; layer++) {
    for (let q = 0; q < qubits; q++) rotate('ry', q, inputs[row * qubits + q]);
    for (let q = 0; q < qubits; q++) {
      rotate('ry', q, parameters[(layer * qubits + q) * 2]);
      rotate('rz', q, parameters[(layer * qubits + q) * 2 + 1]);
    }
    for (let q = 0; q < qubits; q++) circuit.addGate('cx', -1, [q, (q + 1) % qubits]);
  }
  circuit.run();
  return Array.from({ length: qubits }, (_, q) => 1 - 2 * circuit.probability(q));
}

let problem;
const batch = () => Array.from({ length: problem.rows }, (_, row) => expectations(problem, row));

function answer(message) {
  if (message.op === 'describe') {
    const setting = 'forward only (it has no gradients), loop over samples';
    return {
      versions: { 'quantum-circuit': version },
      setting,
      gradients: false,
      batched: false,
      oneSize: false,
      loopRows: 4,
    };
  }
  if (message.op === 'prepare') {
    problem = message;
    const start = performance.now();
    const [first] = batch();
    return { firstMs: performance.now() - start, expectations: first, gradient: null, note: '' };
  }
  if (message.op !== 'time') throw new Error(`op: '${message.op}' is none of 'describe', 'prepare', 'time'`);
  const ms = [];
  const begin = performance.now();
  while (ms.length === 0 || (ms.length < message.most && performance.now() - begin < 1000 * message.seconds)) {
    const start = performance.now();
    batch();
    ms.push(performance.now() - start);
  }
  return { ms };
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = answer(JSON.parse(line));
  } catch (error) {
    reply = { error: String(error).slice(0, 500) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
