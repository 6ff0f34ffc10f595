import { createReferenceEngine } from '@qloom/qnn/engine/reference-engine.ts';
import { batchOf, benchCircuit, benchObservables, createProblem, squaredErrorCotangents } from '../problem.ts';
import { naiveForward, naiveStep } from './naive.ts';

describe('naive JavaScript', () => {
  it.each([
    [3, 1],
    [4, 3],
    [5, 2],
  ])('agrees with the reference engine on %d qubits and %d layers', async (qubits, layers) => {
    const problem = createProblem({ qubits, layers, batch: 3 });
    const compiled = await createReferenceEngine().compile(benchCircuit(qubits, layers), benchObservables(qubits));
    const wanted = await compiled.differentiate(batchOf(problem), squaredErrorCotangents(problem));
    const { expectations, gradient } = naiveStep(problem);
    expect(naiveForward(problem)).toEqual(expectations);
    // float64 on both sides, some hundred operations: 1e-13 and less.
    wanted.expectations.forEach((value, i) => void expect(expectations[i]).toBeCloseTo(value, 12));
    wanted.parameters.forEach((value, i) => void expect(gradient[i]).toBeCloseTo(value, 12));
  });
});

describe('a problem', () => {
  it('is the same every time, and its first rows do not depend on the batch', () => {
    const [small, large] = [32, 256].map((batch) => createProblem({ qubits: 4, layers: 3, batch }));
    expect(large.parameters).toEqual(small.parameters);
    expect(large.inputs.subarray(0, 32 * 4)).toEqual(small.inputs);
    expect(large.targets.subarray(0, 32 * 4)).toEqual(small.targets);
    expect(createProblem({ qubits: 4, layers: 3, batch: 32 })).toEqual(small);
  });
});
