import type { Angle } from '../gates/angle.ts';
import { angleText, exactNumber } from '../gates/angle-text.ts';
import type { TrainedQnn } from './trained-qnn.ts';

const NOTATION = {
  number: (value: number) => exactNumber(value),
  parameter: (index: number) => `theta[${index}]`,
  input: (index: number) => `x[${index}]`,
};

/** An angle as a Python expression over `theta`, `x` and `pi`. */
export const pythonAngle = (angle: Angle): string => angleText(angle, NOTATION);

/** Numbers as a Python list, several per line, wrapped at 100 characters. */
function pythonList(values: ArrayLike<number>): string {
  const lines: string[] = [''];
  for (const text of Array.from(values, (value) => (Object.is(value, -0) ? '0' : String(value)))) {
    const last = lines.length - 1;
    const wider = lines[last] === '' ? text : `${lines[last]}, ${text}`;
    if (wider.length > 95 && lines[last] !== '') lines.push(text);
    else lines[last] = wider;
  }
  return lines.length === 1 ? `[${lines[0]}]` : `[\n    ${lines.join(',\n    ')},\n]`;
}

/** A text that is valid in a Python docstring: one line without quotes and backslashes. */
const docstringText = (text: string): string => text.replace(/["\\\p{Cc}]/gu, ' ').trim();

/** The constants of a program: THETA, and MEAN, SCALE and OUTPUT_SCALE if they are used. */
export function pythonConstants({ parameters, inputScaling, outputScale = 1 }: TrainedQnn): string[] {
  const lines = [`THETA = np.array(${pythonList(parameters)})`];
  if (inputScaling) {
    lines.push(
      `MEAN = np.array(${pythonList(inputScaling.mean)})`,
      `SCALE = np.array(${pythonList(inputScaling.scale)})`,
    );
  }
  if (outputScale !== 1) lines.push(`OUTPUT_SCALE = ${outputScale}`);
  return lines;
}

/** The expression that turns `features` into the circuit's inputs. */
export const pythonInputs = ({ inputScaling }: TrainedQnn): string =>
  inputScaling ? '(np.asarray(features) - MEAN) / SCALE' : 'np.asarray(features)';

/** `OUTPUT_SCALE * ` where outputs are scaled. */
export const pythonOutputFactor = ({ outputScale = 1 }: TrainedQnn): string =>
  outputScale === 1 ? '' : 'OUTPUT_SCALE * ';

/** The first lines of the docstring, common to both programs. */
export const pythonHead = ({ title = 'A trained QNN', circuit, observables }: TrainedQnn): string[] => [
  `"""${docstringText(title)}: ${circuit.qubits} qubits, ${circuit.inputs} inputs, ${circuit.parameters.length} parameters, ` +
    `${observables.length} outputs.`,
  '',
];
