import { ENTANGLEMENTS } from '../ansatz/entanglement.ts';
import type { AmplitudePreparation, CircuitBuilder } from '../circuit.ts';
import type { OptionSpecs, OptionValue, OptionValues } from '../circuit-options.ts';
import { encodeAngles } from './encoding.ts';
import { encodeBasis, encodeIqp, encodeZzFeatureMap } from './feature-maps.ts';

/** How inputs enter a circuit. */
export interface EncodingDefinition {
  readonly description: string;
  /** The option `reupload`, if present, repeats the encoding before every layer. */
  readonly options: OptionSpecs;
  /** Maximum number of inputs for this number of qubits. */
  maxInputs(qubits: number): number;
  /** The initial state, for an encoding that prepares the inputs as a state. */
  readonly preparation?: (inputs: number) => AmplitudePreparation;
  /** Appends the encoding's gates. `options` are resolved. */
  encode(builder: CircuitBuilder, options: Readonly<Record<string, OptionValue>>): void;
}

const define = <const S extends OptionSpecs>(
  definition: Omit<EncodingDefinition, 'options' | 'encode'> & {
    readonly options: S;
    encode(builder: CircuitBuilder, options: OptionValues<S>): void;
  },
): EncodingDefinition => definition as unknown as EncodingDefinition;

const reupload = (byDefault: boolean) => ({
  type: 'boolean' as const,
  default: byDefault,
  description: 'Encode before every layer of the ansatz instead of once.',
});
const repeats = {
  type: 'integer' as const,
  minimum: 1,
  maximum: 16,
  default: 2,
  description: 'Number of repetitions of the block.',
};
const entanglement = {
  type: 'choice' as const,
  choices: ENTANGLEMENTS,
  default: 'full',
  description: 'Which pairs of inputs are multiplied.',
};

/** Every encoding, by the name that study files use. */
export const ENCODINGS = {
  none: define({
    description: 'No inputs, or an ansatz that encodes them in its own gates.',
    options: {},
    maxInputs: () => Number.MAX_SAFE_INTEGER,
    encode: () => {},
  }),
  angle: define({
    description: 'A rotation by scale·x on qubit j mod n; inputs that share a qubit use the axes in turn.',
    options: {
      axis: { type: 'choice', choices: ['x', 'y', 'z'], default: 'y', description: 'Axis of the rotations.' },
      scale: { type: 'number', minimum: -1000, maximum: 1000, default: 1, description: 'Radians per unit of input.' },
      reupload: reupload(true),
    },
    maxInputs: () => Number.MAX_SAFE_INTEGER,
    encode: (builder, { axis, scale }) => encodeAngles(builder, { axis, scale }),
  }),
  amplitude: define({
    description: 'The circuit starts from the inputs as amplitudes, normalized and padded with zeros to 2ⁿ.',
    options: {},
    maxInputs: (qubits) => 2 ** qubits,
    preparation: (inputs) => ({ kind: 'amplitude', inputs }),
    encode: () => {},
  }),
  basis: define({
    description: 'RX(π·x) on qubit j: inputs of 0 and 1 prepare the basis state |x⟩.',
    options: { reupload: reupload(false) },
    maxInputs: (qubits) => qubits,
    encode: encodeBasis,
  }),
  iqp: define({
    description: "PennyLane's IQPEmbedding: H, RZ(x), and exp(−i·x_i·x_j/2·ZZ) on pairs.",
    options: { repeats: { ...repeats, default: 1 }, entanglement, reupload: reupload(false) },
    maxInputs: (qubits) => qubits,
    encode: encodeIqp,
  }),
  'zz-feature-map': define({
    description: "Qiskit's ZZFeatureMap: H, P(α·x), and P(α·(π − x_i)(π − x_j)) on the parity of pairs.",
    options: {
      repeats,
      entanglement,
      alpha: { type: 'number', minimum: -1000, maximum: 1000, default: 2, description: 'Factor of every phase.' },
      reupload: reupload(false),
    },
    maxInputs: (qubits) => qubits,
    encode: encodeZzFeatureMap,
  }),
} as const satisfies Record<string, EncodingDefinition>;

/** The name of an encoding. */
export type EncodingName = keyof typeof ENCODINGS;

/** The names, in the order of the table. */
export const ENCODING_NAMES = Object.keys(ENCODINGS) as EncodingName[];
