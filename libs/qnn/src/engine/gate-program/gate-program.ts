import type { Circuit, Gate } from '@qloom/quantum/circuit.ts';
import { type Angle, addAngleGradient } from '@qloom/quantum/gates/angle.ts';
import { GATES, type GateName } from '@qloom/quantum/gates/gates.ts';
import { expand } from './expand.ts';
import { formOf, type GateForm } from './gate-form.ts';

/** Scope of a value or a gradient: per parameter vector (`set`), or per execution (`row`) if it depends on inputs. */
export type Scope = 'set' | 'row';

/** One gate, prepared for execution. */
export interface GateOp {
  readonly form: GateForm;
  /** The gate acts if all of these qubits are one; a bit mask. */
  readonly controls: number;
  /** Qubit j is bit j of an index of the form's entries. */
  readonly targets: readonly number[];
  readonly angles: readonly Angle[];
  readonly gate: GateName;
  /** Scope of the form's values, and their offset in its table. */
  readonly scope: Scope;
  readonly valueOffset: number;
  /** For each angle that is to be differentiated, its slot in the table of gradients of the slot's scope. */
  readonly slots: readonly (Slot | null)[];
}

/** Position of the gradient of one angle. */
export interface Slot {
  readonly scope: Scope;
  readonly offset: number;
  readonly angle: Angle;
}

/** A circuit as gates whose numbers are in two tables: one row of values for each set, and one for each execution. */
export interface GateProgram {
  readonly qubits: number;
  readonly ops: readonly GateOp[];
  /**
   * Number of values per set and per execution; the last ones of an execution are the amplitudes of its initial state,
   * if any.
   */
  readonly values: Readonly<Record<Scope, number>>;
  /** Positions of the gradients of angles. */
  readonly slots: Readonly<Record<Scope, readonly Slot[]>>;
  /**
   * Number of gradients per set and per execution; the last ones of an execution are 2·Re λ of the amplitudes of its
   * initial state.
   */
  readonly gradients: Readonly<Record<Scope, number>>;
  /** Number of inputs, from the first, that are amplitudes of the initial state; 0 for |0…0⟩. */
  readonly prepared: number;
}

const FORMS = new Map<GateName, GateForm>();

function formOfName(name: GateName): GateForm {
  const known = FORMS.get(name);
  if (known) return known;
  const form = formOf(GATES[name]);
  FORMS.set(name, form);
  return form;
}

/** Whether the angle differs between executions. */
const usesInputs = (angle: Angle) => angle.terms.some((term) => term.input !== null);

/** The circuit's gates as gates with one angle where possible, in the same order, without identities. */
export const placeGates = (circuit: Circuit): PlacedGate[] =>
  circuit.gates
    .flatMap(expand)
    .map(place)
    .filter(({ form }) => !form.isIdentity);

/** Assigns every gate its position in the tables, in the order of `placed`. */
export function programOf({ qubits, preparation }: Circuit, placed: readonly PlacedGate[]): GateProgram {
  const values = { set: 0, row: 0 };
  const slots: Record<Scope, Slot[]> = { set: [], row: [] };
  const slotOf = (angle: Angle): Slot | null => {
    if (angle.terms.length === 0) return null;
    const scope = usesInputs(angle) ? 'row' : 'set';
    const slot: Slot = { scope, offset: slots[scope].length, angle };
    slots[scope].push(slot);
    return slot;
  };
  const ops = placed.map(({ gate, form, controls, targets }): GateOp => {
    const scope: Scope = gate.angles.some(usesInputs) ? 'row' : 'set';
    const valueOffset = values[scope];
    values[scope] += form.values.length;
    const { angles, name } = gate;
    return { form, controls, targets, angles, gate: name, scope, valueOffset, slots: angles.map(slotOf) };
  });
  const prepared = preparation?.inputs ?? 0;
  return {
    qubits,
    ops,
    values: { set: values.set, row: values.row + prepared },
    slots,
    gradients: { set: slots.set.length, row: slots.row.length + prepared },
    prepared,
  };
}

/** A gate with its form, on the circuit's qubits. */
export interface PlacedGate {
  readonly gate: Gate;
  readonly form: GateForm;
  readonly controls: number;
  readonly targets: readonly number[];
}

function place(gate: Gate): PlacedGate {
  const form = formOfName(gate.name);
  return {
    gate,
    form,
    controls: form.controls.reduce((mask, bit) => mask | (1 << gate.qubits[bit]), 0),
    targets: form.targets.map((bit) => gate.qubits[bit]),
  };
}

/** Adds the gradients with respect to parameters and inputs from one row of a scope's table of gradients. */
export function addSlotGradients(
  slots: readonly Slot[],
  gradients: ArrayLike<number>,
  offset: number,
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  parameterGradient: Float64Array,
  inputGradient: Float64Array,
): void {
  for (let s = 0; s < slots.length; s++) {
    addAngleGradient(slots[s].angle, gradients[offset + s], parameters, inputs, parameterGradient, inputGradient);
  }
}
