import type { CircuitBuilder } from '../circuit.ts';
import type { OptionSpecs, OptionValue, OptionValues } from '../circuit-options.ts';
import {
  basicEntanglerLayer,
  dataReuploadingLayer,
  hardwareEfficientLayer,
  stronglyEntanglingLayer,
} from './ansatz.ts';
import { coupledClusterLayer, prepareHartreeFock } from './coupled-cluster.ts';
import { ENTANGLEMENTS } from './entanglement.ts';
import {
  isingVariationalLayer,
  prepareSinglets,
  prepareTransverseField,
  xxzVariationalLayer,
} from './hamiltonian-variational.ts';
import { qcnnActiveQubits, qcnnStage, qcnnStages } from './qcnn.ts';
import { ENTANGLING_GATES, ROTATION_GATES, rotationBlock, twoLocalLayer } from './two-local.ts';

type Resolved = Readonly<Record<string, OptionValue>>;

/** How a trainable circuit is built, layer by layer. `options` are resolved. */
export interface AnsatzDefinition {
  readonly description: string;
  readonly options: OptionSpecs;
  /** Minimum number of qubits. */
  readonly minQubits: number;
  /** Maximum number of layers on this number of qubits. */
  maxLayers(qubits: number): number;
  /** Whether the ansatz encodes the inputs in its own gates, so that no separate encoding is needed. */
  readonly encodesInputs: boolean;
  /** Whether an encoding may be repeated before every layer; otherwise it is applied once, before the first layer. */
  readonly reuploads: boolean;
  /** Throws CircuitError when options do not fit the number of qubits. */
  begin?(builder: CircuitBuilder, options: Resolved): void;
  layer(builder: CircuitBuilder, layer: number, options: Resolved): void;
  end?(builder: CircuitBuilder, options: Resolved): void;
  /** The qubits to measure after this number of layers. */
  readout(qubits: number, layers: number): number[];
}

/** Maximum number of layers of an ansatz without a limit of its own. */
const MAX_LAYERS = 64;

const define = <const S extends OptionSpecs>(
  definition: Pick<AnsatzDefinition, 'description'> &
    Partial<Pick<AnsatzDefinition, 'minQubits' | 'maxLayers' | 'encodesInputs' | 'reuploads' | 'readout'>> & {
      readonly options: S;
      begin?(builder: CircuitBuilder, options: OptionValues<S>): void;
      layer(builder: CircuitBuilder, layer: number, options: OptionValues<S>): void;
      end?(builder: CircuitBuilder, options: OptionValues<S>): void;
    },
): AnsatzDefinition =>
  ({
    minQubits: 1,
    maxLayers: () => MAX_LAYERS,
    encodesInputs: false,
    reuploads: true,
    readout: (qubits: number) => Array.from({ length: qubits }, (_, q) => q),
    ...definition,
  }) as unknown as AnsatzDefinition;

const choice = <const C extends readonly string[]>(choices: C, byDefault: C[number], description: string) =>
  ({ type: 'choice', choices, default: byDefault, description }) as const;
const flag = (byDefault: boolean, description: string) =>
  ({ type: 'boolean', default: byDefault, description }) as const;

const entangler = choice(['cx', 'cz'], 'cx', 'Two-qubit gate of the ring.');
const entanglement = choice(ENTANGLEMENTS, 'reverse_linear', 'How two-qubit gates connect the qubits.');
const finalRotations = flag(true, 'End in one more block of rotations.');
const chain = {
  periodic: flag(false, 'Close the chain.'),
  shared: flag(true, 'One parameter for all gates of one kind in a layer, instead of one per gate.'),
};

/** Every ansatz, by the name that study files use. */
export const ANSATZ_TABLE = {
  'data-reuploading': define({
    description: 'Rot(ω·x + θ) on every qubit, then a ring: every layer uploads every input.',
    options: { entangler },
    encodesInputs: true,
    layer: (builder, _, options) => dataReuploadingLayer(builder, options.entangler),
  }),
  'hardware-efficient': define({
    description: 'RY(θ), RZ(θ) on every qubit, then a ring.',
    options: { entangler },
    layer: (builder, _, options) => hardwareEfficientLayer(builder, options.entangler),
  }),
  'strongly-entangling': define({
    description: "PennyLane's StronglyEntanglingLayers: Rot(θ), then a ring whose distance grows with the layer.",
    options: { entangler },
    layer: (builder, layer, options) => stronglyEntanglingLayer(builder, layer, options.entangler),
  }),
  'basic-entangler': define({
    description: "PennyLane's BasicEntanglerLayers: one rotation per qubit, then a ring.",
    options: { axis: choice(['x', 'y', 'z'], 'x', 'Axis of the rotations.'), entangler },
    layer: (builder, _, options) => basicEntanglerLayer(builder, options.axis, options.entangler),
  }),
  'efficient-su2': define({
    description: "Qiskit's EfficientSU2: RY and RZ blocks with CX between them.",
    options: { entanglement, finalRotations },
    layer: (builder, layer, options) =>
      twoLocalLayer(builder, layer, { ...options, rotations: ['ry', 'rz'], entanglers: ['cx'] }),
    end: (builder, options) => options.finalRotations && rotationBlock(builder, ['ry', 'rz']),
  }),
  'real-amplitudes': define({
    description: "Qiskit's RealAmplitudes: RY blocks with CX between them; amplitudes stay real.",
    options: { entanglement, finalRotations },
    layer: (builder, layer, options) =>
      twoLocalLayer(builder, layer, { ...options, rotations: ['ry'], entanglers: ['cx'] }),
    end: (builder, options) => options.finalRotations && rotationBlock(builder, ['ry']),
  }),
  'two-local': define({
    description: "Qiskit's TwoLocal: blocks of any rotations with any two-qubit gates between them.",
    options: {
      rotations: {
        type: 'choices',
        choices: ROTATION_GATES,
        default: ['ry'],
        description: 'Gates of a rotation block.',
      },
      entanglers: {
        type: 'choices',
        choices: ENTANGLING_GATES,
        default: ['cx'],
        description: 'Gates of an entangling block; gates with an angle are trainable.',
      },
      entanglement: { ...entanglement, default: 'full' },
      finalRotations,
    },
    layer: twoLocalLayer,
    end: (builder, options) => options.finalRotations && rotationBlock(builder, options.rotations),
  }),
  'tfim-variational': define({
    description: 'Hamiltonian-variational for the transverse-field Ising chain: from |+…+⟩, RZZ on bonds, RX.',
    options: chain,
    minQubits: 2,
    begin: prepareTransverseField,
    layer: (builder, _, options) => isingVariationalLayer(builder, options),
  }),
  'xxz-variational': define({
    description: 'Hamiltonian-variational for the XXZ chain: from singlets, RZZ and RXX·RYY on odd and even bonds.',
    options: chain,
    minQubits: 2,
    begin: prepareSinglets,
    layer: (builder, _, options) => xxzVariationalLayer(builder, options),
  }),
  qcnn: define({
    description: 'Quantum convolutional network: a layer is a shared convolution and a pooling that halves the qubits.',
    options: {},
    minQubits: 2,
    maxLayers: qcnnStages,
    reuploads: false,
    layer: (builder, layer) => qcnnStage(builder, layer),
    readout: qcnnActiveQubits,
  }),
  'coupled-cluster': define({
    description: 'From the Hartree–Fock state, a Givens rotation for every double (and single) excitation.',
    options: {
      electrons: { type: 'integer', minimum: 1, maximum: 19, default: 2, description: 'Occupied spin orbitals.' },
      singles: flag(false, 'Single excitations as well.'),
    },
    minQubits: 2,
    begin: (builder, options) => prepareHartreeFock(builder, options.electrons),
    layer: (builder, _, options) => coupledClusterLayer(builder, options.electrons, options.singles),
  }),
} as const satisfies Record<string, AnsatzDefinition>;

/** The name of an ansatz. */
export type AnsatzName = keyof typeof ANSATZ_TABLE;

/** The names, in the order of the table. */
export const ANSATZ_NAMES = Object.keys(ANSATZ_TABLE) as AnsatzName[];
