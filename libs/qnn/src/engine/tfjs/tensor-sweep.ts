import * as tf from '@tensorflow/tfjs-core';
import { adjointEntries } from '../gate-program/gate-form.ts';
import type { GateOp, GateProgram, Scope } from '../gate-program/gate-program.ts';
import {
  type Amplitudes,
  applyPatterns,
  innerReal,
  type PatternTensor,
  realStates,
  uploadPatterns,
} from './amplitudes.ts';
import { patternSize, patternsOf } from './patterns.ts';

/** A circuit's gates on the device. */
export interface TensorSweep {
  /**
   * The prepared states of a batch from their first amplitudes; `values` of shape [batch, width] has each gate's values side
   * by side.
   */
  forward(first: tf.Tensor2D, values: tf.Tensor2D): Amplitudes;
  /**
   * Propagates both states back to the start, disposes of them, and returns the gradients of each scope's slots, shape
   * [batch, slots]: ∂/∂a = 2·Re⟨λ|∂U/∂a|φ⟩. Implemented without a gradient tape, so that only two states are in memory.
   */
  backward(phi: Amplitudes, lambda: Amplitudes, values: tf.Tensor2D): Record<Scope, tf.Tensor2D | null>;
  /** Columns of `values`: for each gate with angles, its values and a one. */
  readonly columns: readonly { readonly op: GateOp; readonly offset: number }[];
  readonly width: number;
}

interface TensorGate {
  readonly op: GateOp;
  readonly offset: number | null;
  readonly unitary: PatternTensor[];
  readonly inverse: PatternTensor[];
  readonly derivatives: readonly PatternTensor[][];
}

/** Size of the patterns of a program. Unit: bytes. */
export function patternBytes(program: GateProgram): number {
  const distinct = new Map(program.ops.map((op) => [keyOf(op), op]));
  let floats = 0;
  for (const op of distinct.values()) {
    for (const entries of [op.form.unitary, op.form.unitary, ...op.form.derivatives]) {
      floats += patternSize(op, entries, program.qubits);
    }
  }
  return 4 * floats;
}

const keyOf = ({ gate, controls, targets }: GateOp) => `${gate} ${controls} ${targets}`;

/** Copies a program's gates to the device; equal gates share their patterns. */
export function tensorSweep(program: GateProgram, track: <T extends tf.Tensor>(tensor: T) => T): TensorSweep {
  const { qubits, ops, slots, prepared } = program;
  const known = new Map<string, Pick<TensorGate, 'unitary' | 'inverse' | 'derivatives'>>();
  const patternsFor = (op: GateOp) => {
    const key = keyOf(op);
    const { form } = op;
    const upload = (entries: typeof form.unitary, idle: 0 | 1) =>
      uploadPatterns(patternsOf(op, entries, qubits, idle), form.values.length, qubits, track);
    const made = known.get(key) ?? {
      unitary: upload(form.unitary, 1),
      inverse: upload(adjointEntries(form.unitary), 1),
      derivatives: form.derivatives.map((entries) => upload(entries, 0)),
    };
    known.set(key, made);
    return made;
  };
  let width = 0;
  const gates = ops.map((op): TensorGate => {
    const offset = op.form.values.length === 0 ? null : width;
    if (offset !== null) width += op.form.values.length + 1;
    return { op, offset, ...patternsFor(op) };
  });
  const valuesOf = ({ op, offset }: TensorGate, values: tf.Tensor2D) =>
    offset === null ? null : tf.slice(values, [0, offset], [-1, op.form.values.length + 1]);

  /** One gate backward: the states before it, and its gradients. */
  const stepBack = (gate: TensorGate, phi: Amplitudes, lambda: Amplitudes, values: tf.Tensor2D) =>
    tf.tidy(() => {
      const own = valuesOf(gate, values);
      const before = applyPatterns(phi, gate.inverse, own);
      const gradients = gate.op.slots.flatMap((slot, angle) => {
        if (slot === null) return [];
        return [tf.mul<tf.Tensor1D>(2, innerReal(lambda, applyPatterns(before, gate.derivatives[angle], own)))];
      });
      return { phi: before, lambda: applyPatterns(lambda, gate.inverse, own), gradients };
    });

  return {
    width,
    columns: gates.flatMap(({ op, offset }) => (offset === null ? [] : [{ op, offset }])),
    forward(first, values) {
      let state = tf.tidy(() => realStates(first, qubits));
      for (const gate of gates) {
        const next = tf.tidy(() => applyPatterns(state, gate.unitary, valuesOf(gate, values)));
        tf.dispose(state);
        state = next;
      }
      return state;
    },
    backward(phi, lambda, values) {
      const found: Record<Scope, tf.Tensor1D[]> = { set: [], row: [] };
      let states = { phi, lambda };
      for (const gate of gates.toReversed()) {
        const { gradients, ...before } = stepBack(gate, states.phi, states.lambda, values);
        tf.dispose(states);
        states = before;
        gate.op.slots
          .filter((slot) => slot !== null)
          .forEach((slot, i) => {
            found[slot.scope][slot.offset] = gradients[i];
          });
      }
      const stacked = (scope: Scope, more: readonly tf.Tensor2D[]) => {
        const ofAngles = slots[scope].length === 0 ? [] : [tf.stack(found[scope], 1) as tf.Tensor2D];
        const all = [...ofAngles, ...more];
        return all.length === 0 ? null : tf.concat(all, 1);
      };
      const gradients = tf.tidy(() => {
        const { re } = states.lambda;
        const toAmplitudes = prepared === 0 ? [] : [tf.mul<tf.Tensor2D>(2, tf.slice(re, [0, 0], [-1, prepared]))];
        const [set, row] = [stacked('set', []), stacked('row', toAmplitudes)];
        return { ...(set && { set }), ...(row && { row }) };
      });
      tf.dispose([found.set, found.row, states]);
      return { set: gradients.set ?? null, row: gradients.row ?? null };
    },
  };
}
