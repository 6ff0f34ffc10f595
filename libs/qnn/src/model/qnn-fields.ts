import { ANSATZ_TABLE, type AnsatzName } from '@qloom/quantum/ansatz/ansatz-table.ts';
import { type OptionSpecs, type OptionValue, optionFromText } from '@qloom/quantum/circuit-options.ts';
import { ENCODINGS, type EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import type { Precision } from '../engine/engine.ts';
import type { CircuitNoise, GradientMethod } from '../measurement/measurement.ts';
import type { LossName } from '../training/loss.ts';
import { encodingOf } from './qnn-problems.ts';
import { DEFAULT_QNN, type GivenOptions, type QnnSettings } from './qnn-settings.ts';

/** Options by name, as text: `true`, `3`, `rx,ry`. */
export type OptionTexts = Readonly<Record<string, string>>;

/** QNN settings as fields of contracts: 0, an empty text and an empty list mean the default. */
export interface QnnFields {
  readonly qubits: number;
  readonly layers: number;
  readonly ansatz: string;
  readonly ansatzOptions: OptionTexts;
  readonly encoding: string;
  readonly encodingOptions: OptionTexts;
  readonly qasm: string;
  readonly observables: readonly string[];
  readonly shots: number;
  readonly noise?: Required<CircuitNoise> | undefined;
  readonly precision: string;
  readonly gradient: string;
  readonly loss: string;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
}

/** The settings of the fields, unchecked: createQnnSettings and qnnProblems check them. */
export function settingsFromFields(fields: QnnFields): Partial<QnnSettings> {
  const given: { -readonly [K in keyof QnnSettings]?: QnnSettings[K] } = {};
  for (const name of ['qubits', 'layers', 'steps', 'batchSize', 'learningRate', 'shots'] as const) {
    if (fields[name] !== 0) given[name] = fields[name];
  }
  if (fields.ansatz !== '') given.ansatz = fields.ansatz as AnsatzName;
  if (fields.encoding !== '') given.encoding = fields.encoding as EncodingName;
  if (fields.loss !== '') given.loss = fields.loss as LossName;
  if (fields.qasm !== '') given.qasm = fields.qasm;
  if (fields.observables.length > 0) given.observables = [...fields.observables];
  if (fields.precision !== '') given.precision = fields.precision as Precision;
  if (fields.gradient !== '') given.gradient = fields.gradient as GradientMethod;
  const noise = noiseFromFields(fields.noise);
  if (noise) given.noise = noise;
  const { ansatz = DEFAULT_QNN.ansatz, encoding } = given;
  const known = Object.hasOwn(ANSATZ_TABLE, ansatz);
  const meant = known ? encodingOf({ ansatz, encoding }) : (encoding ?? 'none');
  if (!isEmpty(fields.ansatzOptions)) {
    given.ansatzOptions = readOptions(known ? ANSATZ_TABLE[ansatz].options : {}, fields.ansatzOptions);
  }
  if (!isEmpty(fields.encodingOptions)) {
    const specs = Object.hasOwn(ENCODINGS, meant) ? ENCODINGS[meant].options : {};
    given.encodingOptions = readOptions(specs, fields.encodingOptions);
  }
  return given;
}

/** The contract's path of the setting of a problem: `noise.amplitudeDamping` is `noise.amplitude_damping`. */
export function contractField(field: string): string {
  // Names of options are not fields of the contract and are unchanged.
  const [name, ...option] = field.split('.');
  return [snakeCase(name), ...(name === 'noise' ? option.map(snakeCase) : option)].join('.');
}

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Noise, or undefined if all values are 0. */
export function noiseFromFields(noise: Required<CircuitNoise> | undefined): CircuitNoise | undefined {
  if (!noise) return undefined;
  const { trajectories, ...probabilities } = noise;
  const given = Object.fromEntries(Object.entries(probabilities).filter(([, value]) => value !== 0));
  if (isEmpty(given)) return undefined;
  return trajectories === 0 ? given : { ...given, trajectories };
}

/** Options from texts. Unknown or invalid options remain texts, which a check then refuses. */
export function readOptions(specs: OptionSpecs, texts: OptionTexts): GivenOptions {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]): [string, OptionValue] => {
      if (!Object.hasOwn(specs, name)) return [name, text];
      try {
        return [name, optionFromText(specs[name], text, name)];
      } catch {
        return [name, text];
      }
    }),
  );
}

/** Options as texts; the inverse of {@link readOptions}. */
export const optionTexts = (options: GivenOptions = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value)]),
  );

const isEmpty = (record: object): boolean => Object.keys(record).length === 0;
