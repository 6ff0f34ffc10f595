import type { AnsatzName } from '@qloom/quantum/ansatz/ansatz-table.ts';
import type { OptionValue } from '@qloom/quantum/circuit-options.ts';
import type { EncodingName } from '@qloom/quantum/encodings/encoding-table.ts';
import type { Precision } from '../engine/engine.ts';
import type { CircuitNoise, GradientMethod } from '../measurement/measurement.ts';
import type { LossName } from '../training/loss.ts';

/** Options of an encoding or an ansatz by name. */
export type GivenOptions = Readonly<Record<string, OptionValue>>;

/** A QNN classifier and its training. Plain JSON. */
export interface QnnSettings {
  /** Qubits, 1 to 20. Default 4. A circuit as `qasm` has its own number. */
  readonly qubits: number;
  /** Layers of the ansatz, 1 to 64; some ansätze allow fewer. Default 3. */
  readonly layers: number;
  /** Default 'data-reuploading'. */
  readonly ansatz: AnsatzName;
  /** Options of the ansatz. Default: none given. */
  readonly ansatzOptions?: GivenOptions;
  /** Default: 'none' if the ansatz encodes features itself, else 'angle'. */
  readonly encoding?: EncodingName;
  /** Options of the encoding. Default: none given. */
  readonly encodingOptions?: GivenOptions;
  /** A circuit as OpenQASM 3 text instead of encoding, ansatz, qubits and layers; see qasm-circuit.ts. */
  readonly qasm?: string;
  /** The observable of each class, as weighted Pauli strings. Default: see classObservables. */
  readonly observables?: readonly string[];
  /** Measurements of each Pauli string, 1 to 1,000,000. Default: expectations are exact. */
  readonly shots?: number;
  /** Noise of the device. Default: none. */
  readonly noise?: CircuitNoise;
  /** Precision of amplitudes. Default: that of the engine. */
  readonly precision?: Precision;
  /** Default: 'adjoint' if it is exact or unbiased, else 'parameter-shift'. */
  readonly gradient?: GradientMethod;
  /** Default 'cross-entropy'. */
  readonly loss: LossName;
  /** Number of Adam steps, without early stopping. 1 to 100,000. Default 200. */
  readonly steps: number;
  /** Points per step, 1 to 4,096; fewer if there are fewer points. Default 32. */
  readonly batchSize: number;
  /** Adam's learning rate, above 0 and at most 1. Default 0.05. */
  readonly learningRate: number;
}

/** The study's default QNN. */
export const DEFAULT_QNN: QnnSettings = {
  qubits: 4,
  layers: 3,
  ansatz: 'data-reuploading',
  loss: 'cross-entropy',
  steps: 200,
  batchSize: 32,
  learningRate: 0.05,
};
