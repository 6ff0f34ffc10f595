import type { Circuit } from '@qloom/quantum/circuit.ts';
import { type Angle, collected, scaled, sum } from '@qloom/quantum/gates/angle.ts';
import { parity } from '@qloom/quantum/simulation/statevector.ts';
import { type AffineMap, composeMaps, identityMap, invertMap, touches, transposeApply } from './affine-map.ts';
import type { Layer, LayeredCircuit, ZString } from './layers.ts';
import { lowerGate } from './lower-gate.ts';

/** A layer under construction; its phases are before its map. */
interface OpenLayer {
  /** The angle of each qubit's RY, null for none. */
  readonly rotations: (Angle | null)[];
  /** Angles by mask. */
  readonly phases: Map<number, Angle>;
  map: AffineMap;
}

/**
 * Sorts a circuit's gates into as few layers as commuting gates allow: every gate moves as far to the front as it can.
 * Phases move through permutations (their masks change) and through rotations of other qubits; those that reach |0…0⟩
 * are global and drop out. Angles on the same axis and mask add up, so an encoding merges with the adjacent rotation.
 * If amplitudes are prepared, the first layer is their real state: it has no rotations, and phases stop there.
 */
export function lower(circuit: Circuit): LayeredCircuit {
  const { qubits } = circuit;
  const prepared = circuit.preparation !== undefined;
  const open = (): OpenLayer => ({
    rotations: new Array<Angle | null>(qubits).fill(null),
    phases: new Map(),
    map: identityMap(qubits),
  });
  const layers: OpenLayer[] = [open()];
  const hasPhase = (layer: OpenLayer, q: number) => [...layer.phases.keys()].some((mask) => (mask >> q) & 1);

  const ry = (q: number, angle: Angle) => {
    let at = layers.length - 1;
    for (; at >= 0; at--) {
      const layer = layers[at];
      if ((prepared && at === 0) || touches(layer.map, q) || hasPhase(layer, q)) break;
      const known = layer.rotations[q];
      if (known !== null) {
        layer.rotations[q] = sum(known, angle);
        return;
      }
    }
    if (at + 1 === layers.length) layers.push(open());
    layers[at + 1].rotations[q] = angle;
  };
  const phase = (on: readonly number[], angle: Angle) => {
    let mask = on.reduce((bits, q) => bits | (1 << q), 0);
    let moved = angle;
    for (let at = layers.length - 1; at >= 0; at--) {
      const { map, rotations, phases } = layers[at];
      if (parity(mask & map.offset)) moved = scaled(moved, -1);
      mask = transposeApply(map, mask);
      const passes = rotations.every((rotation, q) => rotation === null || !((mask >> q) & 1));
      if (passes && !(prepared && at === 0)) continue;
      const known = phases.get(mask);
      phases.set(mask, known ? sum(known, moved) : moved);
      return;
    }
  };
  const flip = (target: number, control?: number) => {
    const on = control === undefined ? [target] : [target, control];
    let at = layers.length - 1;
    for (; at > 0; at--) {
      const layer = layers[at];
      if (on.some((q) => layer.rotations[q] !== null || touches(layer.map, q) || hasPhase(layer, q))) break;
    }
    const gate = identityMap(qubits);
    const rows = gate.rows.map((row, q) => (q === target && control !== undefined ? row | (1 << control) : row));
    const offset = control === undefined ? 1 << target : 0;
    layers[at].map = composeMaps({ rows, offset }, layers[at].map);
  };
  for (const gate of circuit.gates) lowerGate(gate, { ry, phase, flip });
  return { qubits, layers: layers.map((layer) => closeLayer(layer)) };
}

/** Moves every phase to the side of the map on which its mask has fewer bits. */
function closeLayer({ rotations, phases, map }: OpenLayer): Layer {
  const inverse = invertMap(map);
  const before: ZString[] = [];
  const after: ZString[] = [];
  for (const [mask, angle] of phases) {
    const image = transposeApply(inverse, mask);
    const whole = collected(angle);
    if (bits(image) < bits(mask))
      after.push({ mask: image, angle: parity(image & map.offset) ? scaled(whole, -1) : whole });
    else before.push({ mask, angle: whole });
  }
  return {
    rotations: rotations.flatMap((angle, qubit) => (angle === null ? [] : [{ qubit, angle: collected(angle) }])),
    link: { before, map, after },
  };
}

/** The number of ones. */
export function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
