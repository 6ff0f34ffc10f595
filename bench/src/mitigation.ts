import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { freshDrawsTest } from '@qloom/metrics/statistics/mean-test.ts';
import { initialParameters } from '@qloom/qnn/model/qnn-model.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type ExtrapolationFit, extrapolateToZero } from '@qloom/quantum/mitigation/extrapolate.ts';
import { foldGates } from '@qloom/quantum/mitigation/fold-gates.ts';
import { measureReadout, readoutCalibrationCircuits } from '@qloom/quantum/mitigation/readout-calibration.ts';
import { correctedSigns, fitReadout, type OutcomeCounts } from '@qloom/quantum/mitigation/readout-correction.ts';
import { densityProbabilities, runNoisyCircuit } from '@qloom/quantum/noise/density-matrix.ts';
import type { NoiseModel } from '@qloom/quantum/noise/noise-model.ts';
import type { ReadoutError } from '@qloom/quantum/noise/readout-error.ts';
import { pauli } from '@qloom/quantum/observables/observable.ts';
import { buildQnnCircuit } from '@qloom/quantum/qnn-circuit.ts';
import { expectation, runCircuit } from '@qloom/quantum/simulation/statevector.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import type { Bench } from './harness/bench.ts';
import { lessIsBetter, type Row } from './harness/row.ts';

const QUBITS = 4;
/** Circuits with random parameters and inputs in each case. */
const CIRCUITS = 60;
const CALIBRATION_SHOTS = 10_000;
/** Probability of a Pauli error after a gate on two qubits (a tenth of it after one on one), and of a wrong readout. */
const NOISES = [
  { gate: 0.002, readout: 0.005 },
  { gate: 0.01, readout: 0.02 },
  { gate: 0.03, readout: 0.05 },
];
const SHOTS = [200, 2000, 20_000];
const RAW = 'as measured';

const CASES = NOISES.flatMap((noise) =>
  SHOTS.map((shots) => ({ name: `gates ${noise.gate}, readout ${noise.readout}, ${shots} shots`, noise, shots })),
);

/** Measures what mitigation does to the error of ⟨Z⟩ of the default QNN, with the same shots in every arm. */
export const mitigationBench: Bench = {
  description: 'error of ⟨Z⟩ with readout correction and zero-noise extrapolation, on the noisy simulator',
  parts: () => CASES.map(({ name }) => name),
  async *run(progress, _options, wanted) {
    for (const { name, noise, shots } of CASES.filter((one) => wanted.has(one.name))) {
      progress(name);
      yield { parts: [name], rows: rowsOf(name, await measureCase(noise, shots)) };
    }
  },
};

/** Squared errors of each arm, one for each circuit: the mean over its qubits. */
async function measureCase(noise: (typeof NOISES)[number], shots: number): Promise<Map<string, number[]>> {
  const random = createRandom(`mitigation/${noise.gate}/${noise.readout}/${shots}`);
  const model = modelOf(noise);
  const calibration = calibrate(model, random.fork('calibration'));
  const circuit = buildQnnCircuit({
    ansatz: 'data-reuploading',
    qubits: QUBITS,
    layers: 3,
    inputs: QUBITS,
    encoding: 'none',
  });
  const errors = new Map<string, number[]>();
  for (let i = 0; i < CIRCUITS; i++) {
    const draw = random.fork(i);
    const parameters = initialParameters(circuit, draw.fork('parameters'));
    const inputs = Float64Array.from({ length: QUBITS }, () => draw.normal());
    const exact = zs(circuit, parameters, inputs);
    const measure = (scale: number, count: number, label: string) => {
      const folded = foldGates(circuit, scale);
      const probabilities = densityProbabilities(runNoisyCircuit(folded.circuit, model, parameters, inputs), model);
      return { scale: folded.scale, counts: sample(probabilities, count, draw.fork(label)) };
    };
    const whole = measure(1, shots, 'whole');
    const shared = [1, 3].map((scale) => measure(scale, shots / 2, `scale ${scale}`));
    const add = (arm: string, values: readonly number[]) => {
      const square = meanOf(values.map((value, qubit) => (value - exact[qubit]) ** 2));
      errors.set(arm, [...(errors.get(arm) ?? []), square]);
    };
    const ideal = calibration.map(() => ({ oneWhenZero: 0, zeroWhenOne: 0 }));
    add(
      RAW,
      meansOf(whole.counts, ideal).map(({ value }) => value),
    );
    add(
      'readout, inverse',
      meansOf(whole.counts, calibration).map(({ value }) => value),
    );
    add('readout, least squares', marginals(fitReadout(whole.counts, calibration)));
    for (const fit of ['richardson', 'exponential'] as const) {
      add(`zero noise, ${fit}`, extrapolated(shared, ideal, fit));
      add(`readout inverse and zero noise, ${fit}`, extrapolated(shared, calibration, fit));
    }
    if (i % 10 === 0) await new Promise(setImmediate);
  }
  return errors;
}

function extrapolated(
  measured: readonly { readonly scale: number; readonly counts: OutcomeCounts }[],
  readout: readonly ReadoutError[],
  fit: ExtrapolationFit,
): number[] {
  const means = measured.map(({ counts }) => meansOf(counts, readout));
  return readout.map(
    (_, qubit) =>
      extrapolateToZero(
        measured.map(({ scale }, i) => ({ scale, ...means[i][qubit] })),
        fit,
      ).value,
  );
}

const modelOf = ({ gate, readout }: (typeof NOISES)[number]): NoiseModel => ({
  rules: [
    { channel: { kind: 'depolarizing', probability: gate / 10 }, gateQubits: 1 },
    { channel: { kind: 'two-qubit-depolarizing', probability: gate } },
  ],
  readout: Array.from({ length: QUBITS }, (_, qubit) => ({
    oneWhenZero: readout * (0.5 + qubit / 4),
    zeroWhenOne: readout * (1 + qubit / 4),
  })),
});

/** The readout errors as a device would measure them: its gates are noisy too. */
function calibrate(model: NoiseModel, random: Random): readonly ReadoutError[] {
  const [zeros, ones] = readoutCalibrationCircuits(QUBITS).map((circuit, i) =>
    sample(densityProbabilities(runNoisyCircuit(circuit, model, [], []), model), CALIBRATION_SHOTS, random.fork(i)),
  );
  return measureReadout(zeros, ones, QUBITS);
}

const zs = (circuit: Circuit, parameters: Float64Array, inputs: Float64Array): number[] => {
  const state = runCircuit(circuit, parameters, inputs);
  return Array.from({ length: QUBITS }, (_, qubit) => expectation(state, pauli('Z', [qubit])));
};

/** ⟨Z⟩ of each qubit with its standard error, which is at least that of one shot in two that differs. */
function meansOf(counts: OutcomeCounts, readout: readonly ReadoutError[]): { value: number; error: number }[] {
  return readout.map((error, qubit) => {
    const signs = correctedSigns(error);
    let [sum, square, shots] = [0, 0, 0];
    for (const [outcome, count] of counts) {
      const value = signs[(outcome >> qubit) & 1];
      sum += count * value;
      square += count * value ** 2;
      shots += count;
    }
    const variance = Math.max(square / shots - (sum / shots) ** 2, 1 / shots);
    return { value: sum / shots, error: Math.sqrt(variance / shots) };
  });
}

const marginals = (distribution: Float64Array): number[] =>
  Array.from({ length: QUBITS }, (_, qubit) =>
    distribution.reduce((sum, probability, k) => sum + ((k >> qubit) & 1 ? -probability : probability), 0),
  );

function sample(probabilities: Float64Array, shots: number, random: Random): Map<number, number> {
  const cumulative = probabilities.slice();
  for (let k = 1; k < cumulative.length; k++) cumulative[k] += cumulative[k - 1];
  const counts = new Map<number, number>();
  for (let shot = 0; shot < shots; shot++) {
    const value = random.uniform() * cumulative[cumulative.length - 1];
    const outcome = cumulative.findIndex((edge) => edge > value);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

function rowsOf(name: string, errors: ReadonlyMap<string, readonly number[]>): Row[] {
  const raw = errors.get(RAW) ?? [];
  const root = (squares: readonly number[]) => Math.sqrt(meanOf(squares));
  return [...errors]
    .filter(([arm]) => arm !== RAW)
    .map(([arm, squares]) => {
      const test = freshDrawsTest(
        squares.map((square, i) => 1e4 * (square - raw[i])),
        null,
      );
      const verdict = test.low > 0 ? 'worse' : test.high < 0 ? 'better' : 'no difference shown';
      return lessIsBetter({
        bench: 'mitigation',
        case: name,
        metric: arm,
        value: root(squares),
        unit: 'rms',
        peer: RAW,
        peerValue: root(raw),
        note: `${verdict}: squared error ${test.estimate.toPrecision(3)} [${test.low.toPrecision(3)}, ${test.high.toPrecision(3)}] · 1e-4 over ${squares.length} circuits`,
      });
    });
}
