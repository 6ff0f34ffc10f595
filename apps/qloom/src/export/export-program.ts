import { pennylaneProgram } from '@qloom/quantum/export/pennylane.ts';
import { qiskitProgram } from '@qloom/quantum/export/qiskit.ts';
import type { TrainedQnn } from '@qloom/quantum/export/trained-qnn.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { writeOpenQasm } from '@qloom/quantum/qasm/write-openqasm.ts';

/** Formats of an exported QNN. */
export const EXPORT_FORMATS = ['pennylane', 'qiskit', 'openqasm', 'json'] as const;

/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/**
 * The program of a trained QNN, or its parameters alone as JSON. OpenQASM has the trained parameters as numbers and the features as inputs; its comments
 * describe how features become inputs and what is measured. Throws CircuitError where the format cannot express the
 * circuit.
 */
export function exportProgram(qnn: TrainedQnn, format: ExportFormat): string {
  if (format === 'pennylane') return pennylaneProgram(qnn);
  if (format === 'qiskit') return qiskitProgram(qnn);
  if (format === 'json') return parametersJson(qnn);
  const { circuit, observables, parameters, inputScaling, outputScale = 1, title = 'A trained QNN' } = qnn;
  const inputs = Array.from(inputScaling?.mean ?? [], (mean, j) => {
    const scale = inputScaling?.scale[j] ?? 1;
    return `x_${j} = (feature ${j} - ${mean}) / ${scale}`;
  });
  const outputs = observables.map((one, k) => `output ${k} = ${outputScale} * <${observableText(one)}>`);
  const head = [title, ...inputs, ...outputs].map((line) => `// ${line.replaceAll(/\p{Cc}/gu, ' ')}\n`);
  return head.join('') + writeOpenQasm(circuit, { parameters });
}

/** The trained parameters in the order of the circuit's, and how features become its inputs, as JSON. */
function parametersJson({ parameters, inputScaling, outputScale = 1, observables, title = '' }: TrainedQnn): string {
  const scaling = { mean: Array.from(inputScaling?.mean ?? []), scale: Array.from(inputScaling?.scale ?? []) };
  const named = { title, parameters: Array.from(parameters), inputs: scaling, outputScale };
  return `${JSON.stringify({ ...named, observables: observables.map(observableText) }, null, 2)}\n`;
}

/** As study files have it: `0.5*Z0 Z1 - 1.2*X0`. */
const observableText = ({ terms }: Observable): string =>
  terms
    .map(({ coefficient, paulis }) => {
      const factors = [...paulis].flatMap((letter, qubit) => (letter === 'I' ? [] : [`${letter}${qubit}`]));
      return [coefficient, ...(factors.length > 0 ? [factors.join(' ')] : [])].join('*');
    })
    .join(' + ')
    .replaceAll('+ -', '- ');
