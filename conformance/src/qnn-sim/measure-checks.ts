import { status } from '@grpc/grpc-js';
import { MeasureRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { type Check, listChecks, must } from '../check.ts';
import { receivedTensor } from '../shared/received.ts';
import { mustRefuse } from '../shared/refusals.ts';
import type { SuiteOptions } from '../suite.ts';
import type { QnnSimulator } from './circuit-requests.ts';
import { ANGLES, fixedCircuit, productRequest, ROWS, requireNear, withPrograms } from './programs.ts';

const SHOTS = 2048;
/** Standard errors of a frequency that are allowed. */
const ERRORS = 6;
/** Largest number of outcomes of single shots in a response: 1 MiB. */
const MOST_SAMPLES = 262_144;

/** What a measurement of the checks may change. */
export type MeasureChanges = Partial<MeasureRequest>;

/** Measures the product state of three qubits. */
export function measureRequest(changes: MeasureChanges = {}): MeasureRequest {
  const { circuit, inputs, parameters } = productRequest();
  return { ...MeasureRequest.fromPartial({}), circuit, inputs, parameters, ...changes };
}

/** Probability of 1 of each qubit of the product state in each row: (1 − ⟨Z⟩)/2. */
const ONES = ROWS.map(([x0, x1]) => [x0 + ANGLES[0], ANGLES[1], x1].map((angle) => (1 - Math.cos(angle)) / 2));

/** Probabilities of the outcomes of qubits in each row. */
const outcomes = (qubits: readonly number[]): number[] =>
  ONES.flatMap((ones) =>
    Array.from({ length: 2 ** qubits.length }, (_, outcome) =>
      qubits.reduce((product, qubit, j) => product * ((outcome >> j) & 1 ? ones[qubit] : 1 - ones[qubit]), 1),
    ),
  );

/** Checks of Measure. */
export function measureChecks(simulator: QnnSimulator, { deadlineMs }: SuiteOptions): readonly Check[] {
  const list = listChecks('qnn_sim/v1/qnn_sim.proto: QnnSimulatorService.Measure');
  const ask = async (changes: MeasureChanges) => {
    const request = measureRequest(changes);
    const answer = await withPrograms(simulator.measure(request, { deadlineMs }), 'Measure');
    must(answer.engine !== '', 'the engine is empty', 'the engine that ran it');
    const rows = request.inputs?.shape[0] ?? 0;
    const shape = [rows, 2 ** (request.qubits.length || 3)];
    const probabilities = receivedTensor(answer.probabilities, {
      dtype: 'float64',
      shape,
      finite: true,
      field: 'probabilities',
    });
    if (request.shots === 0) {
      must(answer.samples === undefined, 'samples came without shots', 'none');
      return { probabilities, samples: new Int32Array(0) };
    }
    return {
      probabilities,
      samples: receivedTensor(answer.samples, { dtype: 'int32', shape: [rows, request.shots], field: 'samples' }),
    };
  };
  const at = (size: number) => (i: number) => `the probability of outcome ${i % size} of input ${Math.floor(i / size)}`;

  for (const [what, qubits] of [
    ['all qubits', []],
    ['some qubits in another order', [2, 0]],
  ] as const) {
    list.promise(
      `the probabilities of ${what} are those of the state, bit j that of the j-th measured qubit`,
      async () => {
        const expected = outcomes(qubits.length === 0 ? [0, 1, 2] : qubits);
        const { probabilities } = await ask({ qubits: [...qubits] });
        requireNear(probabilities, expected, at(expected.length / ROWS.length));
      },
    );
  }

  list.promise('a basis state has its outcome in every shot', async () => {
    const { probabilities, samples } = await ask({ ...fixedCircuit('x q[0]', 'cx q[0], q[1]'), shots: 5 });
    requireNear(probabilities, [0, 0, 0, 1, 0, 0, 0, 0], at(8));
    for (const outcome of samples)
      must(outcome === 3, `the outcome of a shot of |011⟩ is ${outcome}`, '3: bits 0 and 1');
  });

  list.promise('there is one outcome for each shot, as often as its probability says', async () => {
    const qubits = [2, 0];
    const expected = outcomes(qubits);
    const { samples } = await ask({ qubits, shots: SHOTS, seed: 5 });
    for (const [row] of ROWS.entries()) {
      const shots = samples.subarray(row * SHOTS, (row + 1) * SHOTS);
      for (let outcome = 0; outcome < 4; outcome++) {
        const p = expected[row * 4 + outcome];
        const share = shots.filter((one) => one === outcome).length / SHOTS;
        const within = ERRORS * Math.sqrt((p * (1 - p)) / SHOTS);
        must(
          Math.abs(share - p) <= within,
          `outcome ${outcome} of input ${row} has the share ${share} of shots`,
          `${p} within ${within}`,
        );
      }
      const strange = shots.find((outcome) => outcome < 0 || outcome > 3);
      must(strange === undefined, `${strange} is an outcome of two qubits`, 'one of 0 to 3');
    }
  });

  list.promise('the outcomes of two entangled qubits agree in every shot', async () => {
    const { samples } = await ask({ ...fixedCircuit('h q[0]', 'cx q[0], q[2]'), qubits: [0, 2], shots: 64, seed: 3 });
    const seen = new Set(samples);
    must(
      [...seen].every((outcome) => outcome === 0 || outcome === 3),
      `the outcomes are ${[...seen].join(', ')}`,
      '0 and 3',
    );
    must(seen.size === 2, `all of 64 outcomes are ${[...seen].join(', ')}`, 'some 0 and some 3');
  });

  const refuse = (what: string, change: MeasureChanges) =>
    list.refusal(`${what} is INVALID_ARGUMENT`, async () => {
      await ask({});
      await mustRefuse(simulator.measure(measureRequest(change), { deadlineMs }), status.INVALID_ARGUMENT);
    });
  refuse('a measurement of a qubit twice', { qubits: [1, 1] });
  refuse('a measurement of a qubit that is not there', { qubits: [3] });
  refuse('a measurement of no rows', { inputs: encodeTensor(new Float64Array(0), [0, 2]) });
  refuse('a measurement with more shots than a response holds', { shots: MOST_SAMPLES });
  return list.checks;
}
