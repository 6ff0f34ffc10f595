import { type Angle, constant, scaled, sum } from '../gates/angle.ts';
import type { LibraryGateName } from '../gates/gate-library.ts';
import type { Sink } from './entangle.ts';
import type { Basis } from './target.ts';
import { IDENTITY, isAngle, joined, simplified, tidied, type Word } from './word.ts';

const { PI } = Math;

/** A gate of a device on its qubits. */
export interface PhysicalGate {
  readonly name: LibraryGateName;
  readonly qubits: readonly number[];
  readonly angles: readonly Angle[];
}

/** A sink that keeps gates of a basis. */
export interface Renderer extends Sink {
  /** Writes the words that are left, and returns all gates. */
  end(): PhysicalGate[];
}

/**
 * Writes words and two-qubit gates in a basis. A rotation about Z before a two-qubit gate that commutes with it is written after
 * that gate, together with what follows. In the basis `r`, which has none, it turns the axes of the gates that follow, and one at
 * the end, which no measurement sees, is left out.
 */
export function createRenderer(basis: Basis, allows: (a: number, b: number) => boolean): Renderer {
  const gates: PhysicalGate[] = [];
  const words = new Map<number, Word>();
  /** Basis `r`: the rotation about Z that is owed on each qubit. */
  const frames = new Map<number, Angle>();
  const write = (name: LibraryGateName, qubit: number, ...angles: Angle[]) => {
    gates.push({ name, qubits: [qubit], angles: angles.map(tidied) });
  };
  const rz = (qubit: number, angle: Angle) => {
    if (!isAngle(angle, 0)) write('rz', qubit, angle);
  };
  const flush = (qubit: number, commutes: boolean) => {
    const all = simplified(words.get(qubit) ?? IDENTITY);
    const kept = commutes || basis.oneQubit === 'r' ? [...all.slice(0, -1), constant(0)] : all;
    words.set(qubit, kept === all ? IDENTITY : [all[all.length - 1]]);
    if (basis.oneQubit === 'sx' || basis.oneQubit === 'rx') writeTurns(qubit, kept);
    else if (basis.oneQubit === 'r') writeAxes(qubit, kept);
    else writeUs(qubit, kept, basis.oneQubit);
  };
  const writeTurns = (qubit: number, of: Word) => {
    const turn = (half: boolean) => {
      if (basis.oneQubit === 'rx') write('rx', qubit, constant(half ? PI / 2 : PI));
      else write(half ? 'sx' : 'x', qubit);
    };
    rz(qubit, of[0]);
    for (let i = 1; i < of.length; i++) {
      const whole = i + 1 < of.length && isAngle(of[i], 0) && (basis.x || basis.oneQubit === 'rx');
      turn(!whole);
      if (whole) i++;
      rz(qubit, of[i]);
    }
  };
  const writeUs = (qubit: number, of: Word, name: 'u' | 'u3') => {
    let owed = of[0];
    for (let i = 1; i < of.length; i += 2) {
      const one = i + 1 === of.length;
      const theta = one ? constant(PI / 2) : sum(of[i], constant(-PI));
      // √X is RZ(−π/2)·U(π/2, 0, 0)·RZ(π/2).
      const phi = one ? sum(of[i], constant(-PI / 2)) : sum(of[i + 1], constant(-PI));
      const lambda = one ? sum(owed, constant(PI / 2)) : owed;
      const last = i + 2 >= of.length;
      write(name, qubit, theta, last ? phi : constant(0), lambda);
      owed = last ? constant(0) : phi;
    }
    if (of.length === 1 && !isAngle(owed, 0)) write(name, qubit, constant(0), constant(0), owed);
  };
  const writeAxes = (qubit: number, of: Word) => {
    let frame = sum(frames.get(qubit) ?? constant(0), of[0]);
    for (let i = 1; i < of.length; i += 2) {
      const minus = scaled(frame, -1);
      if (i + 1 === of.length) {
        write('r', qubit, constant(PI / 2), minus);
        frame = sum(frame, of[i]);
      } else {
        // U(θ, φ, λ) is RZ(φ + λ) after the rotation by θ about the axis at π/2 − λ.
        write('r', qubit, sum(of[i], constant(-PI)), sum(minus, constant(PI / 2)));
        frame = sum(frame, of[i + 1], constant(-PI));
      }
    }
    frames.set(qubit, tidied(frame));
  };
  const commutesWith = (position: number) =>
    basis.entangler === 'cz' || basis.entangler === 'rzz' || (basis.entangler === 'cx' && position === 0);
  return {
    word: (qubit, of) => void words.set(qubit, joined(words.get(qubit) ?? IDENTITY, of)),
    entangle(a, b, angle) {
      [a, b].forEach((qubit, position) => {
        flush(qubit, commutesWith(position));
      });
      gates.push({ name: basis.entangler, qubits: [a, b], angles: angle ? [tidied(angle)] : [] });
    },
    directed: (a, b) => (allows(a, b) || !allows(b, a) ? [a, b] : [b, a]),
    end() {
      for (const qubit of words.keys()) flush(qubit, false);
      return gates;
    },
  };
}
