import type { Precision } from '@qloom/qnn/engine/engine.ts';
import { ENGINES } from '@qloom/qnn/engine/engine-table.ts';
import { qnnDataProblems } from '@qloom/qnn/model/data-fit.ts';
import type { DataShape } from '@qloom/qnn/model/qnn-model.ts';
import type { QnnProblem } from '@qloom/qnn/model/qnn-problem.ts';
import { qnnProblems } from '@qloom/qnn/model/qnn-problems.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import type { CircuitFile } from './circuit-file.ts';
import type { FieldPath } from './problem.ts';
import type { QnnSection } from './study-file.ts';

/** The settings that a study file gives to its QNN, without defaults. Not checked. */
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

/**
 * Checks of the QNN that the schema cannot express: options, sizes and combinations, by the tables of encodings and
 * ansätze.
 */
export function qnnSectionProblems(section: QnnSection, circuit?: CircuitFile): QnnSectionProblem[] {
  const problems = qnnProblems(qnnSettingsOf(section, circuit), circuit?.path).map(sectionProblem);
  if (circuit) {
    for (const name of ['qubits', 'layers'] as const) {
      if (section[name] !== undefined) problems.push({ path: ['qnn', name], message: 'the circuit has its own' });
    }
  }
  return [...problems, ...precisionProblems(section)];
}

/** Settings of the QNN that do not fit data of this shape, for a section without {@link qnnSectionProblems}. */
export const qnnShapeProblems = (section: QnnSection, data: DataShape, circuit?: CircuitFile): QnnSectionProblem[] =>
  qnnDataProblems(qnnSettingsOf(section, circuit), data, circuit?.path).map(sectionProblem);

const sectionProblem = ({ field, message }: QnnProblem): QnnSectionProblem => ({ path: pathOf(field), message });

/** A known engine without the precision; an unknown one may belong to another simulator. */
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

/** `encodingOptions.axis` → [qnn, options, encoding, axis]; `observables[1]` → [qnn, observables, 1]. */
function pathOf(field: string): FieldPath {
  const [name, ...rest] = field.split(/\.|\[(\d+)\]/).filter(Boolean);
  return ['qnn', ...(NAMES[name] ?? [name]), ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
}
