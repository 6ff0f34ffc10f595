import type { Precision } from '@qloom/qnn/engine/engine.ts';
import { ENGINES } from '@qloom/qnn/engine/engine-table.ts';
import { circuitFromQasm } from '@qloom/qnn/model/qasm-circuit.ts';
import { qnnProblems } from '@qloom/qnn/model/qnn-problems.ts';
import { DEFAULT_QNN, type QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { parseObservable } from '@qloom/quantum/observable-text.ts';
import type { CircuitFile } from './circuit-file.ts';
import type { FieldPath } from './problem.ts';
import type { QnnSection } from './study-file.ts';

/** The settings that a study file gives to its QNN; what it leaves out is left out. Not checked. */
export function qnnSettingsOf(section: QnnSection, circuit?: CircuitFile): Partial<QnnSettings> {
  const { options, batch, engine: _, circuit: __, ...same } = section;
  const given = {
    ...same,
    qasm: circuit?.text,
    ansatzOptions: options?.ansatz,
    encodingOptions: options?.encoding,
    batchSize: batch,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<QnnSettings>;
}

/** One thing wrong with a study file's QNN: where, and what would be right. */
export interface QnnSectionProblem {
  readonly path: FieldPath;
  readonly message: string;
}

/** What the schema cannot say of the QNN: options, sizes and combinations, by the tables of encodings and ansätze. */
export function qnnSectionProblems(section: QnnSection, circuit?: CircuitFile): QnnSectionProblem[] {
  const settings = qnnSettingsOf(section, circuit);
  const problems: QnnSectionProblem[] = qnnProblems(settings, circuit?.path).map(({ field, message }) => ({
    path: pathOf(field),
    message,
  }));
  if (circuit) {
    for (const name of ['qubits', 'layers'] as const) {
      if (section[name] !== undefined) problems.push({ path: ['qnn', name], message: 'the circuit has its own' });
    }
    if (problems.length > 0) return problems;
  }
  const qubits = circuit ? circuitFromQasm(circuit.text).qubits : (settings.qubits ?? DEFAULT_QNN.qubits);
  (settings.observables ?? []).forEach((text, index) => {
    try {
      parseObservable(text, qubits);
    } catch (error) {
      problems.push({ path: ['qnn', 'observables', index], message: (error as Error).message });
    }
  });
  return [...problems, ...precisionProblems(section)];
}

/** An engine that is known and has not the precision; one that is not known may be another simulator's. */
function precisionProblems({ engine = 'auto', precision }: QnnSection): QnnSectionProblem[] {
  const known = ENGINES.find(({ name }) => name === engine);
  if (known === undefined || precision === undefined) return [];
  const { precisions } = known.capabilities;
  if (precisions.includes(precision as Precision)) return [];
  const others = ENGINES.filter(({ capabilities }) => capabilities.precisions.includes(precision as Precision));
  const right = [`precision ${precisions.join(', ')}`, ...others.map(({ name }) => `engine ${name}`)].join(', or ');
  return [
    { path: ['qnn', 'precision'], message: `the engine '${engine}' has no ${precision}; right would be ${right}` },
  ];
}

const NAMES: Readonly<Record<string, readonly string[]>> = {
  qasm: ['circuit'],
  batchSize: ['batch'],
  encodingOptions: ['options', 'encoding'],
  ansatzOptions: ['options', 'ansatz'],
};

/** `encodingOptions.axis` → [qnn, options, encoding, axis]. */
function pathOf(field: string): string[] {
  const [name, ...rest] = field.split('.');
  return ['qnn', ...(NAMES[name] ?? [name]), ...rest];
}
