import type { GateOp, Scope } from '../gate-program/gate-program.ts';
import type { KernelShape } from './kernel-shape.ts';
import { printBackward, printForward } from './print-gate.ts';

/** A pass with the positions of its gates in the program's tables. */
export interface ProgramPass {
  readonly qubits: readonly number[];
  readonly ops: readonly GateOp[];
}

/** A pass as WGSL, independent of the offsets of its values and slots: passes of equal text share their functions. */
export interface PrintedPass {
  /** The body of `fn forward_N(setValue: u32, rowValue: u32)`. */
  readonly forward: string;
  /** The body of `fn backward_N(setValue: u32, rowValue: u32, setSlot: u32, rowSlot: u32)`. */
  readonly backward: string;
  /** Number of values and slots of each scope that it uses. */
  readonly values: Readonly<Record<Scope, number>>;
  readonly slots: Readonly<Record<Scope, number>>;
}

/** Prints a pass whose tables begin at `first`. */
export function printPass({ qubits, ops }: ProgramPass, shape: KernelShape, first: PassOffsets): PrintedPass {
  const registers = Array.from({ length: 1 << qubits.length }, (_, r) => r);
  const offsetOf = (r: number) => qubits.reduce((at, qubit, j) => ((r >> j) & 1 ? at | (1 << qubit) : at), 0);
  const values = { set: 0, row: 0 };
  const slots = { set: 0, row: 0 };
  const loads: string[] = [];
  const results: { readonly name: string; readonly into: string }[] = [];
  const sites = ops.map((op, g) => {
    const names = op.form.values.map((_, v) => `v${g}_${v}`);
    names.forEach((name, v) => {
      loads.push(
        `let ${name} = ${op.scope}Values[${op.scope}Base + ${op.scope}Value + ${op.valueOffset - first.values[op.scope] + v}u];`,
      );
    });
    values[op.scope] += names.length;
    const gradientNames = op.slots.map((slot, a) => {
      if (slot === null) return null;
      slots[slot.scope]++;
      const name = `g${g}_${a}`;
      results.push({
        name,
        into: `${slot.scope}SlotBase + ${slot.scope}Slot + ${slot.offset - first.slots[slot.scope]}u`,
      });
      return name;
    });
    return { site: { op, qubits, values: names }, gradientNames };
  });
  const begin = [
    ...loads,
    `for (var block = 0u; block < ${shape.blocks}u + call.zero; block++) {`,
    `var base = lane + block * ${shape.threads}u;`,
    ...qubits.map((q) => `base = ((base >> ${q}u) << ${q + 1}u) | (base & ${2 ** q - 1}u);`),
  ];
  const load = (name: string, from: string) =>
    registers.map((r) => `var ${name}${r} = ${from}[start + (base | ${offsetOf(r)}u)];`);
  const store = (name: string, to: string) =>
    registers.map((r) => `${to}[start + (base | ${offsetOf(r)}u)] = ${name}${r};`);
  const forward = [
    ...begin,
    ...load('a', 'phi'),
    ...sites.flatMap(({ site }) => printForward(site)),
    ...store('a', 'phi'),
  ];
  const backward = [
    ...results.map(({ name }) => `var ${name} = 0.0;`),
    ...begin,
    ...load('a', 'phi'),
    ...load('b', 'lambda'),
    ...sites.toReversed().flatMap(({ site, gradientNames }) => printBackward(site, gradientNames)),
    ...store('a', 'phi'),
    ...store('b', 'lambda'),
  ];
  return {
    forward: [...forward, '}', 'synchronize();'].join('\n'),
    backward: [...backward, '}', 'synchronize();', ...printSums(results, shape)].join('\n'),
    values,
    slots,
  };
}

/** Offsets of a pass's values and slots. */
export interface PassOffsets {
  readonly values: Readonly<Record<Scope, number>>;
  readonly slots: Readonly<Record<Scope, number>>;
}

/** Sums the threads' contributions to each gradient, four gradients per vector and as many vectors at once as fit. */
function printSums(results: readonly { readonly name: string; readonly into: string }[], shape: KernelShape): string[] {
  const lines: string[] = [];
  const atOnce = 4 * shape.sumVectors;
  for (let from = 0; from < results.length; from += atOnce) {
    const some = results.slice(from, from + atOnce);
    const vectors = Math.ceil(some.length / 4);
    for (let v = 0; v < vectors; v++) {
      const parts = Array.from({ length: 4 }, (_, j) => some[4 * v + j]?.name ?? '0.0');
      lines.push(`sums[${v * shape.workgroup}u + thread] = vec4f(${parts.join(', ')});`);
    }
    lines.push(`addUp(${vectors}u);`, 'if (lane == 0u && live) {');
    some.forEach(({ into }, i) => {
      const from = `sums[${(i >> 2) * shape.workgroup}u + thread].${'xyzw'[i & 3]}`;
      lines.push(`gradients[${into}] = 2.0 * ${from};`);
    });
    lines.push('}', 'workgroupBarrier();');
  }
  return lines;
}
