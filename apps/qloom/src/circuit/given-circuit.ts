import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { circuitFromQasm } from '@qloom/qnn/model/qasm-circuit.ts';
import { encodingOf } from '@qloom/qnn/model/qnn-problems.ts';
import { DEFAULT_QNN } from '@qloom/qnn/model/qnn-settings.ts';
import type { Circuit } from '@qloom/quantum/circuit.ts';
import { buildQnnCircuit, type QnnCircuitSettings } from '@qloom/quantum/qnn-circuit.ts';
import {
  type AnsatzFlags,
  ansatzOptionsOf,
  type EncodingFlags,
  encodingOptionsOf,
} from '../command/circuit-options.ts';
import { UsageError } from '../command/errors.ts';
import { readCircuitFile } from '../study-file/circuit-file.ts';
import { loadStudyFile } from '../study-file/load-study-file.ts';
import { qnnSettingsOf } from '../study-file/qnn-settings.ts';

/** Options that define a circuit without a file. */
export interface CircuitFlags extends AnsatzFlags, EncodingFlags {
  readonly qubits?: number;
}

/**
 * The circuit that a user means: that of an OpenQASM file (.qasm), that of a study file's QNN (anything else), or
 * without a file that of the options, by default the QNN's of a study. The number of features of a study file follows
 * from its data; until then `--features` sets it. Throws UsageError or the circuit's own error, with the place of the
 * error and what would be right.
 */
export async function givenCircuit(file: string | undefined, flags: CircuitFlags): Promise<Circuit> {
  if (file === undefined) return buildQnnCircuit(circuitSettingsOf(flags));
  const isProgram = /\.(qasm|inc)$/i.test(file);
  refuseBeside(file, flags, isProgram);
  if (isProgram) {
    const read = readCircuitFile(file);
    if (typeof read === 'string') throw new UsageError(read);
    return circuitFromQasm(read.text, file);
  }
  const loaded = await loadStudyFile(file);
  const settings = createQnnSettings(qnnSettingsOf(loaded.study.qnn ?? {}, loaded.circuit));
  const { qasm } = settings;
  if (qasm !== undefined) {
    if (flags.features !== undefined) {
      throw new UsageError(
        `--features cannot be combined with ${file}, whose qnn.circuit has inputs of its own; leave it out`,
      );
    }
    return circuitFromQasm(qasm, loaded.circuit?.path);
  }
  return buildQnnCircuit({ ...settings, inputs: flags.features ?? settings.qubits });
}

function refuseBeside(file: string, flags: CircuitFlags, isProgram: boolean): void {
  const { ansatz, layers, qubits, encoding } = flags;
  const [ansatzOption] = Object.keys(flags.ansatzOption);
  const [encodingOption] = Object.keys(flags.encodingOption);
  const own = { ansatz, layers, qubits, encoding, 'ansatz-option': ansatzOption, 'encoding-option': encodingOption };
  const all = isProgram ? { ...own, features: flags.features } : own;
  const given = Object.entries(all).find(([, value]) => value !== undefined)?.[0];
  if (given === undefined) return;
  throw new UsageError(
    `--${given} cannot be combined with ${file}, which has a circuit of its own; give one of the two`,
  );
}

/** The settings of options alone. */
function circuitSettingsOf(flags: CircuitFlags): QnnCircuitSettings {
  const { ansatz = DEFAULT_QNN.ansatz, qubits = DEFAULT_QNN.qubits, layers = DEFAULT_QNN.layers } = flags;
  const inputs = flags.features ?? (flags.encoding === 'none' ? 0 : qubits);
  const encoding = flags.encoding ?? (inputs === 0 ? 'none' : encodingOf({ ansatz }));
  const ansatzOptions = ansatzOptionsOf(ansatz, flags);
  return {
    ansatz,
    qubits,
    layers,
    ansatzOptions,
    encoding,
    encodingOptions: encodingOptionsOf(encoding, flags),
    inputs,
  };
}
