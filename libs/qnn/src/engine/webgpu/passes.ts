import type { PlacedGate } from '../gate-program/gate-program.ts';

/** Gates that one sweep over the state applies; each thread has the amplitudes of `qubits` in registers. */
export interface Pass {
  /** Ascending; as many as every other pass has. */
  readonly qubits: readonly number[];
  readonly gates: readonly PlacedGate[];
}

/** Qubits per pass: eight amplitudes in registers, twice that in the backward sweep. A wider gate widens all passes. */
const WIDTH = 3;

/**
 * Groups gates into passes. A gate joins the earliest pass after which no gate acts on its qubits and in which its
 * targets fit; controls and diagonal gates need no qubits of the pass, since a thread knows the other qubits' bits from
 * its index.
 */
export function groupIntoPasses(qubits: number, gates: readonly PlacedGate[]): Pass[] {
  const widest = gates.reduce((most, { targets }) => Math.max(most, targets.length), WIDTH);
  const width = Math.min(qubits, widest);
  const passes: { on: Set<number>; gates: PlacedGate[] }[] = [];
  const last = new Array<number>(qubits).fill(0);
  for (const gate of gates) {
    const touched = [...gate.targets, ...bitsOf(gate.controls)];
    let at = touched.reduce((latest, qubit) => Math.max(latest, last[qubit]), 0);
    while (at < passes.length && new Set([...passes[at].on, ...gate.targets]).size > width) at++;
    if (at === passes.length) passes.push({ on: new Set(), gates: [] });
    for (const qubit of gate.targets) passes[at].on.add(qubit);
    passes[at].gates.push(gate);
    for (const qubit of touched) last[qubit] = at;
  }
  return passes.map(({ on, gates: within }) => ({ qubits: filled(on, width), gates: within }));
}

/** The bits that are set, ascending. */
function bitsOf(mask: number): number[] {
  const bits: number[] = [];
  for (let bit = 0; mask >>> bit !== 0; bit++) if ((mask >>> bit) & 1) bits.push(bit);
  return bits;
}

/** The qubits of a pass, filled up with the lowest others. */
function filled(on: Set<number>, width: number): number[] {
  const all = new Set(on);
  for (let qubit = 0; all.size < width; qubit++) all.add(qubit);
  return [...all].sort((a, b) => a - b);
}
