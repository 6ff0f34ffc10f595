import { type Angle, constant, scaled, sum } from '../gates/angle.ts';
import { activeAxes, type Interaction, interaction } from './interaction.ts';
import { type Axis, cliffordWith, HADAMARD, pauliWord, turnX, turnY } from './pauli-axis.ts';
import type { Entangler } from './target.ts';
import { inverted, isAngle, type Word, word } from './word.ts';

const { PI } = Math;

/** Takes the parts of a translated circuit in the order of time. */
export interface Sink {
  /** A word on a qubit. */
  word(qubit: number, of: Word): void;
  /** The target's two-qubit gate; `angle` where it has one. */
  entangle(a: number, b: number, angle?: Angle): void;
  /** The two qubits in the order in which the two-qubit gate acts on them, where that matters. */
  directed(a: number, b: number): readonly [number, number];
}

/** Translates an interaction to the two-qubit gate of a target and words. `entanglerCount` has the number of gates. */
export function entangle(a: number, b: number, given: Interaction, entangler: Entangler, sink: Sink): void {
  const axes = activeAxes(given);
  if (entangler === 'rzz' || entangler === 'rxx') {
    const native: Axis = entangler === 'rzz' ? 'z' : 'x';
    for (const axis of axes) {
      framed(a, b, new Map([[native, axis]]), sink, () => sink.entangle(a, b, given[axis]));
    }
  } else if (entangler === 'iswap') throughIswap(a, b, given, sink);
  else throughCz(a, b, given, (first, second) => controlledZ(first, second, entangler, sink), sink);
}

/** `inner` between words K† and K on both qubits, where K†·P·K is ±image(P): it acts along the images of its axes. */
function framed(a: number, b: number, images: ReadonlyMap<Axis, Axis>, sink: Sink, inner: () => void): void {
  const frame = cliffordWith(images);
  for (const qubit of [a, b]) sink.word(qubit, frame);
  inner();
  for (const qubit of [a, b]) sink.word(qubit, inverted(frame));
}

/** CZ by one of the gates that are CZ between one-qubit gates. */
function controlledZ(a: number, b: number, entangler: Entangler, sink: Sink): void {
  const [first, second] = sink.directed(a, b);
  if (entangler === 'cz') {
    sink.entangle(first, second);
    return;
  }
  sink.word(second, HADAMARD);
  sink.entangle(first, second);
  if (entangler === 'ecr') {
    // ECR, then X on its first qubit, is exp(−iπ/4·Z⊗X).
    sink.word(first, pauliWord('x'));
    for (const qubit of [first, second]) {
      if (qubit === second) sink.word(qubit, HADAMARD);
      sink.word(qubit, word(-PI / 2));
    }
  } else sink.word(second, HADAMARD);
}

function throughCz(a: number, b: number, given: Interaction, cz: (a: number, b: number) => void, sink: Sink): void {
  const axes = activeAxes(given);
  const cx = (control: number, target: number) => {
    sink.word(target, HADAMARD);
    cz(control, target);
    sink.word(target, HADAMARD);
  };
  const [only] = axes;
  if (axes.length === 1 && isAngle(given[only], PI / 2)) {
    framed(a, b, new Map([['z', only]]), sink, () => {
      cz(a, b);
      for (const qubit of [a, b]) sink.word(qubit, word(PI / 2));
    });
  } else if (axes.length === 3) vatanWilliams(a, b, given, cx, sink);
  else if (axes.length > 0) {
    // CX·(RX(x)⊗RZ(z))·CX is exp(−i/2·(x·X⊗X + z·Z⊗Z)).
    const [along, other = along === 'z' ? 'x' : 'z'] = axes;
    const images = new Map<Axis, Axis>([
      ['z', along],
      ['x', other],
    ]);
    framed(a, b, images, sink, () => {
      cx(a, b);
      if (axes.length === 2) sink.word(a, turnX(given[other]));
      sink.word(b, [given[along]]);
      cx(a, b);
    });
  }
}

/** Three CX for any interaction: figure 6 of Vatan and Williams, arXiv:quant-ph/0308006, with its angles (α, β, γ) = −(x, y, z)/2. */
function vatanWilliams(
  a: number,
  b: number,
  { x, y, z }: Interaction,
  cx: (control: number, target: number) => void,
  sink: Sink,
): void {
  sink.word(b, word(-PI / 2));
  cx(b, a);
  sink.word(a, [sum(constant(PI / 2), z)]);
  sink.word(b, turnY(sum(constant(-PI / 2), scaled(x, -1))));
  cx(a, b);
  sink.word(b, turnY(sum(constant(PI / 2), y)));
  cx(b, a);
  sink.word(a, word(PI / 2));
}

function throughIswap(a: number, b: number, given: Interaction, sink: Sink): void {
  const axes = activeAxes(given);
  const quarters = axes.filter((axis) => isAngle(given[axis], PI / 2));
  if (quarters.length >= 2) {
    const [first, second] = quarters;
    const images = new Map<Axis, Axis>([
      ['x', first],
      ['y', second],
    ]);
    framed(a, b, images, sink, () => {
      // iSWAP is the rotation by −π/2 along X⊗X and Y⊗Y; by π more, both are Z⊗Z up to the phase.
      sink.entangle(a, b);
      for (const qubit of [a, b]) sink.word(qubit, pauliWord('z'));
    });
    const rest = axes.find((axis) => axis !== first && axis !== second);
    if (rest) throughIswap(a, b, interaction({ [rest]: given[rest] }), sink);
    return;
  }
  if (axes.length === 3) {
    const [first, second, third] = axes;
    throughIswap(a, b, interaction({ [first]: given[first], [second]: given[second] }), sink);
    throughIswap(a, b, interaction({ [third]: given[third] }), sink);
    return;
  }
  if (axes.length === 0) return;
  twoAxesByIswaps(a, b, given, axes, sink);
}

/**
 * iSWAP·(RX(s)⊗RX(t))·iSWAP is exp(−i/2·(−s·Z⊗Y − t·Y⊗Z)), then Z⊗Z; √X on the second qubit turns Z⊗Y into −Z⊗Z, and Y⊗Z into Y⊗Y.
 */
function twoAxesByIswaps(a: number, b: number, given: Interaction, axes: readonly Axis[], sink: Sink): void {
  const [along, other = along === 'z' ? 'y' : 'z'] = axes;
  const images = new Map<Axis, Axis>([
    ['z', along],
    ['y', other],
  ]);
  framed(a, b, images, sink, () => {
    sink.word(b, word(0, 0));
    sink.entangle(a, b);
    sink.word(a, turnX(given[along]));
    if (axes.length === 2) sink.word(b, turnX(scaled(given[other], -1)));
    sink.entangle(a, b);
    for (const qubit of [a, b]) sink.word(qubit, pauliWord('z'));
    sink.word(b, inverted(word(0, 0)));
  });
}
