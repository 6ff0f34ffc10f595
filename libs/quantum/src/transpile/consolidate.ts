import { scaled, sum } from '../gates/angle.ts';
import { activeAxes, added, type Interaction, interaction, isSwap, reduced } from './interaction.ts';
import { type Axis, axisImage, cliffordWith, pauliWord } from './pauli-axis.ts';
import { IDENTITY, inverted, joined, simplified, type Word } from './word.ts';

/** A unitary on one or two qubits. */
export type Item =
  | { readonly kind: 'word'; readonly qubit: number; readonly word: Word }
  | { readonly kind: 'pair'; readonly a: number; readonly b: number; readonly interaction: Interaction };

/** An interaction of two qubits, after a word on each. */
export interface Block {
  readonly a: number;
  readonly b: number;
  readonly before: readonly [Word, Word];
  readonly interaction: Interaction;
}

/** A circuit as blocks in the order of time, and a last word on each qubit. */
export interface Consolidated {
  readonly blocks: readonly Block[];
  readonly last: readonly Word[];
}

interface OpenBlock {
  readonly a: number;
  readonly b: number;
  before: [Word, Word];
  interaction: Interaction;
  /** The blocks before it on its qubits. */
  readonly previous: readonly [OpenBlock | undefined, OpenBlock | undefined];
}

/**
 * Merges interactions of the same two qubits with nothing else between them, as far as the words between them only change their axes
 * or one of them is a swap: gates that are inverse to each other disappear, and a swap after another gate is part of that gate's block.
 */
export function consolidate(qubits: number, items: Iterable<Item>): Consolidated {
  const pending = new Array<Word>(qubits).fill(IDENTITY);
  const last = new Array<OpenBlock | undefined>(qubits).fill(undefined);
  const blocks = new Set<OpenBlock>();
  const open = (a: number, b: number, given: Interaction) => {
    const before: [Word, Word] = [simplified(pending[a]), simplified(pending[b])];
    const block: OpenBlock = { a, b, before, interaction: given, previous: [last[a], last[b]] };
    blocks.add(block);
    for (const qubit of [a, b]) {
      pending[qubit] = IDENTITY;
      last[qubit] = block;
    }
    return block;
  };
  for (const item of items) {
    if (item.kind === 'word') {
      pending[item.qubit] = joined(pending[item.qubit], item.word);
      continue;
    }
    const { a, b } = item;
    const shared = last[a] !== undefined && last[a] === last[b] ? last[a] : undefined;
    const block = shared && merge(shared, pending, item.interaction) ? shared : open(a, b, item.interaction);
    const { interaction: rest, paulis } = reduced(block.interaction);
    block.interaction = rest;
    for (const axis of paulis) {
      for (const qubit of [a, b]) pending[qubit] = joined(pauliWord(axis), pending[qubit]);
    }
    if (activeAxes(rest).length > 0) continue;
    blocks.delete(block);
    [block.a, block.b].forEach((qubit, i) => {
      pending[qubit] = joined(block.before[i], pending[qubit]);
      last[qubit] = block.previous[i];
    });
  }
  return { blocks: [...blocks], last: pending.map(simplified) };
}

/** Adds an interaction that follows the words `pending` to a block; false where that is not possible. */
function merge(block: OpenBlock, pending: Word[], given: Interaction): boolean {
  const { a, b } = block;
  const wordA = simplified(pending[a]);
  const wordB = simplified(pending[b]);
  if (isSwap(given)) {
    block.interaction = added(block.interaction, given);
    [pending[a], pending[b]] = [wordB, wordA];
    return true;
  }
  if (isSwap(block.interaction)) {
    block.before = [joined(block.before[0], wordB), joined(block.before[1], wordA)];
    block.interaction = added(block.interaction, given);
    [pending[a], pending[b]] = [IDENTITY, IDENTITY];
    return true;
  }
  return mergeAxes(block, pending, [wordA, wordB], given);
}

/**
 * W·(W†·given·W): the given interaction moves before the words where they turn each P⊗P into some ±Q⊗R. It fits the block where
 * Q → R is one to one together with the block's own Q → Q; a Clifford word K on qubit b makes each of them Q⊗Q.
 */
function mergeAxes(block: OpenBlock, pending: Word[], [wordA, wordB]: [Word, Word], given: Interaction): boolean {
  const pairs = new Map<Axis, Axis>(activeAxes(block.interaction).map((axis) => [axis, axis]));
  const moved: { axis: Axis; sign: number; from: Axis }[] = [];
  for (const from of activeAxes(given)) {
    const onA = axisImage(wordA, from);
    const onB = axisImage(wordB, from);
    if (!onA || !onB || (pairs.get(onA.axis) ?? onB.axis) !== onB.axis) return false;
    pairs.set(onA.axis, onB.axis);
    moved.push({ axis: onA.axis, sign: onA.sign * onB.sign, from });
  }
  if (new Set(pairs.values()).size < pairs.size) return false;
  const frame = cliffordWith(pairs);
  const sign = (axis: Axis) => axisImage(frame, axis)?.sign ?? 1;
  const angles: Partial<Record<Axis, Interaction[Axis]>> = {};
  for (const axis of activeAxes(block.interaction)) angles[axis] = scaled(block.interaction[axis], sign(axis));
  for (const { axis, sign: moveSign, from } of moved) {
    const angle = scaled(given[from], moveSign * sign(axis));
    const present = angles[axis];
    angles[axis] = present ? sum(present, angle) : angle;
  }
  block.before = [block.before[0], simplified(joined(block.before[1], frame))];
  block.interaction = interaction(angles);
  pending[block.a] = wordA;
  pending[block.b] = joined(inverted(frame), wordB);
  return true;
}
