import { ANSATZ_NAMES, ANSATZ_TABLE, type AnsatzDefinition } from '@qloom/quantum/ansatz/ansatz-table.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { describeRange, type OptionSpecs, resolveOptions } from '@qloom/quantum/circuit-options.ts';
import { ENCODING_NAMES, ENCODINGS, type EncodingDefinition } from '@qloom/quantum/encodings/encoding-table.ts';
import { CircuitSettingError } from '@qloom/quantum/errors.ts';
import { parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { isCircuitRefusal } from '@qloom/quantum/qasm/errors.ts';
import { countParameters } from '@qloom/quantum/qnn-circuit.ts';
import { echoed, quoted } from '@qloom/tensor/quoted.ts';
import { GRADIENT_METHODS, measurementProblems } from '../measurement/measurement.ts';
import { LOSSES } from '../training/loss.ts';
import { circuitFromQasm } from './qasm-circuit.ts';
import type { QnnProblem } from './qnn-problem.ts';
import { DEFAULT_QNN, type GivenOptions, type QnnSettings } from './qnn-settings.ts';

const RANGES: readonly [keyof QnnSettings, number, number][] = [
  ['qubits', 1, 20],
  ['layers', 1, 64],
  ['steps', 1, 100_000],
  ['batchSize', 1, 4096],
];

/** Settings that a circuit as text replaces. */
const REPLACED_BY_QASM = ['encoding', 'encodingOptions', 'ansatz', 'ansatzOptions'] as const;

/** The result of checking QNN settings without their data. */
export interface ExaminedSettings {
  /** All problems; empty if the settings are valid. */
  readonly problems: readonly QnnProblem[];
  /** The circuit of `qasm`, if it could be read. */
  readonly program?: Circuit;
}

/**
 * All problems of settings before the data are known; empty if they are valid. `qasmFile` is the file name in errors of
 * `qasm`. {@link qnnDataProblems} of data-fit.ts is for settings whose data are known.
 */
export const qnnProblems = (given: Partial<QnnSettings>, qasmFile?: string): readonly QnnProblem[] =>
  examineQnn(given, qasmFile).problems;

/** {@link qnnProblems}, with the program that was read. */
export function examineQnn(given: Partial<QnnSettings>, qasmFile?: string): ExaminedSettings {
  const settings = { ...DEFAULT_QNN, ...given };
  const problems: QnnProblem[] = [];
  const say = (field: string, message: string) => problems.push({ field, message });
  for (const [name, least, most] of RANGES) {
    const value = settings[name];
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
      say(name, `${value} is not an integer from ${least} to ${most}`);
    }
  }
  const { learningRate } = settings;
  if (!(learningRate > 0 && learningRate <= 1)) say('learningRate', `${learningRate} is not above 0 and at most 1`);
  const choices: [string, string | undefined, readonly string[]][] = [
    ['ansatz', settings.ansatz, ANSATZ_NAMES],
    ['encoding', settings.encoding, ENCODING_NAMES],
    ['loss', settings.loss, LOSSES],
    ['precision', settings.precision, ['float32', 'float64']],
    ['gradient', settings.gradient, GRADIENT_METHODS],
  ];
  for (const [name, value, allowed] of choices) {
    if (value === undefined || allowed.includes(value)) continue;
    say(name, `${quoted(value, "'")} is none of ${allowed.map((choice) => `'${choice}'`).join(', ')}`);
  }
  if (problems.length > 0) return { problems };
  if (settings.qasm !== undefined) {
    for (const name of REPLACED_BY_QASM) {
      if (given[name] !== undefined) say(name, 'cannot be combined with a circuit of its own; give one of the two');
    }
    const read = readProgram(settings.qasm, qasmFile);
    if (!('gates' in read)) return { problems: [...problems, read] };
    return { problems: [...problems, ...readingProblems(settings, read.qubits)], program: read };
  }
  return { problems: [...problems, ...circuitProblems(settings), ...readingProblems(settings, settings.qubits)] };
}

/** A program that can be trained on features, or its problems. */
function readProgram(qasm: string, file?: string): Circuit | QnnProblem {
  try {
    const circuit = circuitFromQasm(qasm, file);
    const { inputs, parameters } = circuit;
    const missing = inputs === 0 ? "feature, such as 'input float x0;'" : "parameter, such as 'input float theta;'";
    if (inputs > 0 && parameters.length > 0) return circuit;
    return { field: 'qasm', message: `it has no ${missing}` };
  } catch (error) {
    if (isCircuitRefusal(error)) return { field: 'qasm', message: error.message };
    throw error;
  }
}

/** Problems of the observables and of the measurement on this number of qubits. */
function readingProblems(settings: QnnSettings, qubits: number): QnnProblem[] {
  const problems = measurementProblems(settings, qubits);
  (settings.observables ?? []).forEach((text, index) => {
    try {
      parseObservable(text, qubits);
    } catch (error) {
      if (!isCircuitRefusal(error)) throw error;
      problems.push({ field: `observables[${index}]`, message: error.message });
    }
  });
  return problems;
}

/** The encoding of the settings, for data with features. */
export const encodingOf = ({ ansatz, encoding }: Pick<QnnSettings, 'ansatz' | 'encoding'>) =>
  encoding ?? (ANSATZ_TABLE[ansatz].encodesInputs ? 'none' : 'angle');

function circuitProblems(settings: QnnSettings): QnnProblem[] {
  const { qubits, layers } = settings;
  const ansatz: AnsatzDefinition = ANSATZ_TABLE[settings.ansatz];
  const encodingName = encodingOf(settings);
  const encoding: EncodingDefinition = ENCODINGS[encodingName];
  const problems = [
    ...optionProblems(ansatz.options, settings.ansatzOptions, 'ansatzOptions', `ansatz '${settings.ansatz}'`),
    ...optionProblems(encoding.options, settings.encodingOptions, 'encodingOptions', `encoding '${encodingName}'`),
  ];
  if (qubits < ansatz.minQubits) {
    const message = `${qubits}; the ansatz '${settings.ansatz}' needs at least ${ansatz.minQubits}`;
    return [...problems, { field: 'qubits', message }];
  }
  const most = ansatz.maxLayers(qubits);
  if (layers > most) {
    const message = `${layers}; the ansatz '${settings.ansatz}' on ${qubits} qubits takes 1 to ${most}`;
    problems.push({ field: 'layers', message });
  }
  if (encodingName === 'none' && !ansatz.encodesInputs) {
    const right = ENCODING_NAMES.filter((name) => name !== 'none').join(', ');
    const message = `'none' leaves the features unused with the ansatz '${settings.ansatz}'; right would be ${right}`;
    problems.push({ field: 'encoding', message });
  }
  return problems.length > 0 ? problems : ansatzProblems(settings);
}

/** Problems of the ansatz alone: options that do not fit the number of qubits. Its first layer shows all of them. */
function ansatzProblems({ qubits, ansatz, ansatzOptions }: QnnSettings): QnnProblem[] {
  try {
    if (countParameters({ ansatz, qubits, ansatzOptions }) > 0) return [];
    const right = 'right would be options, or more qubits, that give it at least one parameter';
    return [
      { field: 'ansatz', message: `'${ansatz}' has no parameter on ${qubits} qubits with these options; ${right}` },
    ];
  } catch (error) {
    if (!(error instanceof CircuitSettingError)) throw error;
    return [{ field: `ansatzOptions.${error.setting}`, message: error.reason }];
  }
}

function optionProblems(specs: OptionSpecs, given: GivenOptions = {}, field: string, owner: string): QnnProblem[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (!Object.hasOwn(specs, name)) {
      const known = Object.keys(specs).join(', ');
      const right = known === '' ? 'it has none' : `it has ${known}`;
      return [{ field: `${field}.${echoed(name)}`, message: `the ${owner} has no such option; ${right}` }];
    }
    try {
      resolveOptions(specs, { [name]: value }, field);
      return [];
    } catch {
      const message = `${quoted(value)} is not ${describeRange(specs[name])}`;
      return [{ field: `${field}.${echoed(name)}`, message }];
    }
  });
}
