import { status } from '@grpc/grpc-js';
import { MeasureRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { decodeTensor, encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type ServedSimulator, serveSimulator } from '../testing/serve-simulator.ts';

let served: ServedSimulator;

beforeAll(async () => {
  served = await serveSimulator();
});
afterAll(() => served.close());

describe('Measure', () => {
  const bell = MeasureRequest.fromPartial({
    circuit: { qubits: 3, layers: 1, ansatz: 'basic-entangler' },
    qubits: [2, 0],
    precision: 'float64',
  });
  // RX(π/2) on qubit 0, then CNOTs 0→1, 1→2, 2→0.
  const parameters = encodeTensor(Float64Array.of(Math.PI / 2, 0, 0));
  const inputs = encodeTensor(new Float64Array(0), [2, 0]);
  const measure = (given: Partial<MeasureRequest> = {}) =>
    served.simulator.measure({ ...bell, parameters, inputs, ...given });
  const probabilitiesOf = (answer: Awaited<ReturnType<typeof measure>>, size: number) =>
    decodeTensor(answer.probabilities, { dtype: 'float64', shape: [2, size] });

  it('gives the distribution of the named qubits, bit j for the j-th of them', async () => {
    const answer = await measure();
    // After the ring: (|000⟩ − i|110⟩)/√2 with qubit 0 last; qubits (2, 0) read 00 or 10, i.e. outcome 0 or 1.
    const values = probabilitiesOf(answer, 4);
    [0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0].forEach((wanted, k) => {
      expect(values[k]).toBeCloseTo(wanted, 12);
    });
    expect(answer.samples).toBeUndefined();
    expect(probabilitiesOf(await measure({ qubits: [] }), 8)[6]).toBeCloseTo(0.5, 12);
  });

  it('draws shots, the same for the same seed', async () => {
    const shots = async (seed: number) => {
      const { samples } = await measure({ shots: 1000, seed });
      return decodeTensor(samples, { dtype: 'int32', shape: [2, 1000] });
    };
    const first = await shots(1);
    expect(await shots(1)).toEqual(first);
    const ones = first.filter((outcome) => outcome === 1).length;
    expect(first.filter((outcome) => outcome > 1)).toHaveLength(0);
    // Five standard deviations of 2000 fair coins.
    expect(Math.abs(ones - 1000)).toBeLessThan(5 * Math.sqrt(500));
    expect(first.subarray(0, 1000)).not.toEqual(first.subarray(1000));
  });

  it('applies readout errors and noise', async () => {
    const noise = (given: object) => MeasureRequest.fromPartial({ noise: given }).noise;
    const read = probabilitiesOf(await measure({ noise: noise({ readoutError: 0.1 }) }), 4);
    // From outcome 0 both bits flip, from outcome 1 the second.
    expect(read[3]).toBeCloseTo(0.5 * 0.1 * 0.1 + 0.5 * 0.9 * 0.1, 12);
    expect(read.subarray(0, 4).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    const damped = await measure({ noise: noise({ amplitudeDamping: 1 }) });
    expect([probabilitiesOf(damped, 4)[0], damped.engine]).toEqual([expect.closeTo(1, 10), 'density-matrix']);
  });

  it.each<[Partial<MeasureRequest>, string]>([
    [{ qubits: [3] }, 'qubits[0]: is 3; right would be 0 to 2'],
    [{ qubits: [1, 1] }, 'qubits[1]: is 1 for the second time'],
    [{ shots: 200_000 }, 'shots: 2 rows times 200000 are too many; right would be at most 262144'],
    [{ inputs: encodeTensor(new Float64Array(0), [100_000_000, 0]) }, 'qubits: 100000000 rows times 2^2 outcomes'],
    [{ inputs: encodeTensor(new Float64Array(0), [0, 0]) }, 'inputs: have no row'],
  ])('refuses %#', async (given, message) => {
    const call = measure(given);
    await expect(call).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(call).rejects.toThrow(message);
  });
});
