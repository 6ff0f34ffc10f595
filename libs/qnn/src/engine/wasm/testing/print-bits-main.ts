// Prints a digest of the results of engine `wasm` for every argv[2]-th golden circuit, in both precisions, two
// registers per vector.
import { createHash } from 'node:crypto';
import { goldenCircuits } from '@qloom/quantum/testing/golden.ts';
import { createRandom } from '@qloom/random/random.ts';
import { createWasmEngine } from '../wasm-engine.ts';

/** Two blocks of float32, the second of which is not full. */
const ROWS = 13;
const every = Number(process.argv[2]);
const random = createRandom('bits');
const normals = (count: number) => Float64Array.from({ length: count }, () => random.normal());
const hash = createHash('sha256');
for (const precision of ['float32', 'float64'] as const) {
  const engine = createWasmEngine({ precision, registers: 2 });
  for (const { circuit, observables, parameters } of goldenCircuits().filter((_, i) => i % every === 0)) {
    const compiled = await engine.compile(circuit, observables);
    const batch = { sets: 1, parameters, rows: ROWS, inputs: normals(ROWS * circuit.inputs) };
    const gradient = await compiled.adjoint(batch, normals(ROWS * observables.length), { inputs: true });
    for (const values of [gradient.expectations, gradient.parameters, gradient.inputs]) hash.update(values);
  }
}
process.stdout.write(`digest ${hash.digest('hex')}\n`);
