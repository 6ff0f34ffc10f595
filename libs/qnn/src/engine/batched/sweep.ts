import type { CompiledAngles } from './angles.ts';
import { type Block, gather, moments, productState, rotate, rotateTwo, scatter } from './kernels.ts';
import { addBracket, rotatePauli } from './pauli-kernels.ts';
import type { Program } from './program.ts';
import { type CompiledRotation, compileRotation } from './rotations.ts';

/** One block's forward and backward passes through a program. */
export interface Sweep {
  /** Runs the circuit on the angles of `active` lanes; the final states. `load` fills the first ones, |0…0⟩ without it. */
  forward(active: number, load?: (block: Block) => void): Block;
  /** Where {@link backward} expects O|φ⟩. */
  readonly lambda: Block;
  /**
   * Writes every angle's gradient. {@link forward} must have run, and `lambda` must be filled. `beforeFirst` is given O|φ⟩ taken
   * back to before the first gate.
   */
  backward(active: number, beforeFirst?: (lambda: Block) => void): void;
}

/** Bytes of state vectors that a sweep holds. */
export function sweepBytes(program: Program, lanes: number, keepStates: boolean): number {
  const blocks = (keepStates ? program.stages.length : 2) + 2;
  return blocks * 2 ** program.qubits * lanes * 16;
}

/**
 * Compiles the passes. With `keepStates` the state after every stage's rotations is kept for the backward sweep; without,
 * it is un-computed, which costs half as much time again and holds four blocks whatever the depth.
 */
export function compileSweep(program: Program, angles: CompiledAngles, lanes: number, keepStates: boolean): Sweep {
  const size = 2 ** program.qubits;
  const block = (): Block => ({ re: new Float64Array(size * lanes), im: new Float64Array(size * lanes) });
  const stages = program.stages.map(({ rotations, link }) => ({
    rotations: rotations.map((rotation) => compileRotation(rotation, angles, lanes)),
    link: link?.kind === 'pauli' ? { ...link, coefficient: 1, at: link.slot * lanes } : link,
  }));
  type CompiledLink = NonNullable<(typeof stages)[number]['link']>;
  // The state after stage s's rotations is in states[s]; a link at the very end needs one more.
  const last = stages.length - 1;
  const count = keepStates ? stages.length + (stages[last].link ? 1 : 0) : 2;
  const states = Array.from({ length: count }, block);
  const stateAt = (s: number) => states[keepStates ? s : s & 1];
  const lambdas = [block(), block()];
  // Every link moves λ to the other block; it starts where it ends in lambdas[0] after all links.
  const links = stages.filter((stage) => stage.link).length;
  const m = new Float64Array(3 * lanes);
  const first: (Float64Array | null)[] = Array.from({ length: program.qubits }, () => null);
  for (const rotation of stages[0].rotations) first[rotation.qubit] = rotation.coefficients;

  const follow = (link: CompiledLink, from: Block, to: Block, active: number) => {
    if (link.kind === 'monomial') gather(from, to, link.source, link.sign, lanes, active);
    else rotatePauli(from, to, link, angles.cos, angles.sin, link.at, size, lanes, active, 1);
  };
  const retrace = (link: CompiledLink, from: Block, to: Block, active: number) => {
    if (link.kind === 'monomial') scatter(from, to, link.source, link.sign, lanes, active);
    else rotatePauli(from, to, link, angles.cos, angles.sin, link.at, size, lanes, active, -1);
  };
  const rotateAll = (rotations: readonly CompiledRotation[], state: Block, active: number, sign: 1 | -1) => {
    let r = 0;
    for (; r + 1 < rotations.length; r += 2) {
      const [a, b] = [rotations[r], rotations[r + 1]];
      rotateTwo(state, size, lanes, active, a.qubit, b.qubit, a.coefficients, b.coefficients, sign);
    }
    if (r < rotations.length) {
      rotate(state, size, lanes, active, rotations[r].qubit, rotations[r].coefficients, sign);
    }
  };

  return {
    lambda: lambdas[links & 1],
    forward(active, load) {
      for (let s = 0; s <= last; s++) {
        const { rotations, link } = stages[s];
        for (const rotation of rotations) rotation.prepare(active);
        if (s === 0 && load) load(stateAt(0));
        if (s === 0 && !load) productState(stateAt(0), first, lanes, active);
        else rotateAll(rotations, stateAt(s), active, 1);
        if (link) follow(link, stateAt(s), stateAt(s + 1), active);
      }
      return stateAt(stages[last].link ? last + 1 : last);
    },
    backward(active, beforeFirst) {
      let at = links & 1;
      for (let s = last; s >= 0; s--) {
        const { rotations, link } = stages[s];
        if (link) {
          retrace(link, lambdas[at], lambdas[at ^ 1], active);
          at ^= 1;
          if (!keepStates) retrace(link, stateAt(s + 1), stateAt(s), active);
          if (link.kind === 'pauli') {
            angles.gradient.fill(0, link.at, link.at + lanes);
            addBracket(lambdas[at], stateAt(s), link, 'im', size, lanes, active, angles.gradient, link.at);
          }
        }
        for (const rotation of rotations) {
          moments(lambdas[at], stateAt(s), size, lanes, active, rotation.qubit, m);
          rotation.scatter(m, active);
        }
        if (s === 0 && !beforeFirst) return;
        rotateAll(rotations, lambdas[at], active, -1);
        if (s === 0) beforeFirst?.(lambdas[at]);
        else if (!keepStates) rotateAll(rotations, stateAt(s), active, -1);
      }
    },
  };
}
