import type {
  MinimizeRequest,
  MinimizeResponse,
  MinimizeResult,
} from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { uniforms } from '../random.ts';
import { type Amplitudes, endStates, type SmallProgram } from './small-program.ts';

/** Steps between two messages of progress. */
const PROGRESS = 10;
/** Step width of gradient descent, which takes the place of L-BFGS. */
const DESCENT = 0.3;

/** Minimizes from several random starts: Adam, or gradient descent in the place of L-BFGS. */
export function* minimizeSmall(
  program: SmallProgram,
  observe: (states: readonly Amplitudes[]) => number,
  request: MinimizeRequest,
): Generator<MinimizeResponse> {
  const restarts = request.restarts || 5;
  const steps = request.steps || 1000;
  const tolerance = request.gradientTolerance || 1e-6;
  const rate = request.learningRate || 0.05;
  const uniform = uniforms(request.seed);
  const names = program.parameters;
  let evaluations = 0;
  const energyAt = (theta: Float64Array, shifted = -1, by = 0) =>
    observe(
      endStates(program, (index) => {
        const { angle } = program.statements[index];
        return (angle === undefined ? 0 : theta[names.indexOf(angle)]) + (index === shifted ? by : 0);
      }),
    );
  const gradientAt = (theta: Float64Array) => {
    evaluations++;
    const gradient = new Float64Array(names.length);
    for (const [index, { angle }] of program.statements.entries()) {
      if (angle === undefined) continue;
      const difference = energyAt(theta, index, Math.PI / 2) - energyAt(theta, index, -Math.PI / 2);
      gradient[names.indexOf(angle)] += difference / 2;
    }
    return gradient;
  };
  let best: MinimizeResult | undefined;
  for (let restart = 0; restart < restarts; restart++) {
    const theta = Float64Array.from(names, () => Math.PI * (2 * uniform() - 1));
    const mean = new Float64Array(names.length);
    const square = new Float64Array(names.length);
    let gradient = gradientAt(theta);
    const norm = () => Math.max(...gradient.map(Math.abs));
    for (let step = 1; step <= steps && norm() >= tolerance; step++) {
      for (const [i, g] of gradient.entries()) {
        mean[i] = 0.9 * mean[i] + 0.1 * g;
        square[i] = 0.999 * square[i] + 0.001 * g * g;
        const scaled = mean[i] / (1 - 0.9 ** step) / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8);
        theta[i] -= request.optimizer === 'adam' ? rate * scaled : DESCENT * g;
      }
      gradient = gradientAt(theta);
      if (step % PROGRESS !== 0) continue;
      yield { part: { $case: 'progress', value: { restart, step, energy: energyAt(theta), gradientNorm: norm() } } };
    }
    const energy = energyAt(theta);
    if (best !== undefined && best.energy <= energy) continue;
    const found = {
      energy,
      parameters: encodeTensor(theta.slice()),
      gradientNorm: norm(),
      converged: norm() < tolerance,
    };
    best = { ...found, evaluations, engine: 'toy' };
  }
  if (best !== undefined) yield { part: { $case: 'result', value: { ...best, evaluations } } };
}
