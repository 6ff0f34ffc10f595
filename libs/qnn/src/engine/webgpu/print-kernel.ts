import type { GateProgram, Scope } from '../gate-program/gate-program.ts';
import type { KernelShape } from './kernel-shape.ts';
import { type PassOffsets, type PrintedPass, type ProgramPass, printPass } from './print-pass.ts';
import { type Repeat, roll } from './roll.ts';

/**
 * The kernel's arguments, as in the uniform buffer: executions, rows per set among them, flags whether to sweep forward
 * from |0…0⟩, to keep φ, to sweep backward from φ, and a zero. Loops over layers and blocks end at a constant plus that
 * zero, so that drivers do not unroll them, which would multiply the compilation time.
 */
export const CALL_WORDS = 8;

/** The kinds of the kernel's buffers, in the order of their bindings; the last is only used for states in buffers. */
export const kernelBindings = ({ memory }: KernelShape): readonly GPUBufferBindingType[] => [
  'uniform',
  ...new Array<GPUBufferBindingType>(4).fill('read-only-storage'),
  ...new Array<GPUBufferBindingType>(memory === 'storage' ? 4 : 3).fill('storage'),
];

/**
 * The WGSL of a circuit: the whole circuit forward, the expectations, and the whole circuit backward, for one sample
 * after the other.
 */
export function printKernel(
  program: GateProgram,
  passes: readonly ProgramPass[],
  observables: number,
  shape: KernelShape,
): string {
  const printed: { readonly pass: PrintedPass; readonly id: number; readonly first: PassOffsets }[] = [];
  const distinct: PrintedPass[] = [];
  let first: PassOffsets = { values: { set: 0, row: 0 }, slots: { set: 0, row: 0 } };
  for (const pass of passes) {
    const text = printPass(pass, shape, first);
    let id = distinct.findIndex((one) => one.forward === text.forward && one.backward === text.backward);
    if (id < 0) id = distinct.push(text) - 1;
    printed.push({ pass: text, id, first });
    first = { values: added(first.values, text.values), slots: added(first.slots, text.slots) };
  }
  const repeats = roll(printed.map(({ id }) => id));
  const calls = (
    repeat: Repeat,
    step: number,
    call: (at: number, round: string) => string,
    order: 1 | -1,
  ): string[] => {
    const rounds = Array.from({ length: repeat.period }, (_, i) => repeat.at + i);
    if (order < 0) rounds.reverse();
    const round = order > 0 ? 'round' : `(${repeat.times - 1}u - round)`;
    return step === 1 && repeat.times === 1
      ? rounds.map((at) => call(at, '0u'))
      : [
          `for (var round = 0u; round < ${repeat.times}u + call.zero; round++) {`,
          ...rounds.map((at) => call(at, round)),
          '}',
        ];
  };
  /** An offset that grows with every iteration by the size of one period. */
  const offset = (table: 'values' | 'slots', scope: Scope, at: number, repeat: Repeat, round: string) => {
    const start = printed[at].first[table][scope];
    const period = printed.slice(repeat.at, repeat.at + repeat.period);
    const stride = period.reduce((total, { pass }) => total + pass[table][scope], 0);
    return repeat.times === 1 || stride === 0 ? `${start}u` : `${start}u + ${stride}u * ${round}`;
  };
  const forward = repeats.flatMap((repeat) =>
    calls(
      repeat,
      repeat.times,
      (at, round) =>
        `forward_${printed[at].id}(${(['set', 'row'] as const).map((s) => offset('values', s, at, repeat, round)).join(', ')});`,
      1,
    ),
  );
  const backward = repeats
    .toReversed()
    .flatMap((repeat) =>
      calls(
        repeat,
        repeat.times,
        (at, round) =>
          `backward_${printed[at].id}(${(['values', 'slots'] as const)
            .flatMap((table) => (['set', 'row'] as const).map((s) => offset(table, s, at, repeat, round)))
            .join(', ')});`,
        -1,
      ),
    );
  return [
    printHead(program, observables, shape),
    ...distinct.flatMap(({ forward: f, backward: b }, id) => [
      `fn forward_${id}(setValue: u32, rowValue: u32) {\n${f}\n}`,
      `fn backward_${id}(setValue: u32, rowValue: u32, setSlot: u32, rowSlot: u32) {\n${b}\n}`,
    ]),
    printMain(program, shape, forward, backward),
  ].join('\n');
}

const added = (a: Readonly<Record<Scope, number>>, b: Readonly<Record<Scope, number>>) => ({
  set: a.set + b.set,
  row: a.row + b.row,
});

function printHead({ qubits }: GateProgram, observables: number, shape: KernelShape): string {
  const size = 2 ** qubits;
  const { threads, samples, workgroup, memory } = shape;
  const states = ['phi', 'lambda'].map((name, i) =>
    memory === 'storage'
      ? `@group(0) @binding(${7 + i}) var<storage, read_write> ${name}: array<vec2f>;`
      : i === 0
        ? `var<workgroup> ${name}: array<vec2f, ${samples * size}>;\n@group(0) @binding(7) var<storage, read_write> kept: array<vec2f>;`
        : `var<workgroup> ${name}: array<vec2f, ${samples * size}>;`,
  );
  return `
struct Call { executions: u32, rows: u32, forward: u32, keep: u32, backward: u32, zero: u32 }
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> setValues: array<f32>;
@group(0) @binding(2) var<storage, read> rowValues: array<f32>;
@group(0) @binding(3) var<storage, read> terms: array<vec4u>;
@group(0) @binding(4) var<storage, read> cotangents: array<f32>;
@group(0) @binding(5) var<storage, read_write> expectations: array<f32>;
@group(0) @binding(6) var<storage, read_write> gradients: array<f32>;
${states.join('\n')}
var<workgroup> sums: array<vec4f, ${workgroup * shape.sumVectors}>;
var<private> thread: u32;
var<private> lane: u32;
var<private> live: bool;
var<private> execution: u32;
var<private> start: u32;
var<private> setBase: u32;
var<private> rowBase: u32;
var<private> setSlotBase: u32;
var<private> rowSlotBase: u32;

fn turn(a: vec2f) -> vec2f { return vec2f(-a.y, a.x); }
fn synchronize() { ${memory === 'storage' ? 'storageBarrier();' : 'workgroupBarrier();'} }

// Leaves the sum over a sample's threads of each of the first vectors of sums in its first thread's place.
fn addUp(vectors: u32) {
  workgroupBarrier();
  for (var half = ${threads >> 1}u; half > 0u; half = half >> 1u) {
    if (lane < half) {
      for (var v = 0u; v < vectors; v++) { sums[v * ${workgroup}u + thread] += sums[v * ${workgroup}u + thread + half]; }
    }
    workgroupBarrier();
  }
}

// (P|phi>)[k] for a line of terms, its coefficient included: P|j> = i^ys (-1)^|j & z| |j ^ x>.
fn pauli(term: vec4u, k: u32) -> vec2f {
  let j = k ^ term.x;
  let a = phi[start + j];
  let moved = bitcast<f32>(term.z) * a + bitcast<f32>(term.w) * turn(a);
  return select(moved, -moved, (countOneBits(j & term.y) & 1u) == 1u);
}

fn measure() {
  for (var first = 0u; first < ${observables}u; first += 4u) {
    var shares = vec4f(0.0);
    for (var j = 0u; j < min(4u, ${observables}u - first); j++) {
      let lines = terms[first + j];
      var share = 0.0;
      for (var t = lines.x; t < lines.y; t++) {
        let term = terms[t];
        for (var k = lane; k < ${size}u; k += ${threads}u) { share += dot(phi[start + k], pauli(term, k)); }
      }
      shares[j] = share;
    }
    sums[thread] = shares;
    addUp(1u);
    if (lane == 0u && live) {
      for (var j = 0u; j < min(4u, ${observables}u - first); j++) {
        expectations[execution * ${observables}u + first + j] = sums[thread][j];
      }
    }
    workgroupBarrier();
  }
}

fn seed() {
  for (var k = lane; k < ${size}u; k += ${threads}u) {
    var sum = vec2f(0.0);
    for (var o = 0u; o < ${observables}u; o++) {
      let cotangent = cotangents[execution * ${observables}u + o];
      let lines = terms[o];
      for (var t = lines.x; t < lines.y; t++) { sum += cotangent * pauli(terms[t], k); }
    }
    lambda[start + k] = sum;
  }
  synchronize();
}
`;
}

function printMain(
  { qubits, values, slots, gradients, prepared }: GateProgram,
  { threads, samples, workgroup, memory }: KernelShape,
  forward: readonly string[],
  backward: readonly string[],
): string {
  const size = 2 ** qubits;
  const own = (statement: string) => `for (var k = lane; k < ${size}u; k += ${threads}u) { ${statement} }`;
  const keep = own(`if (live) { kept[execution * ${size}u + k] = phi[start + k]; }`);
  const recall = `${own(`phi[start + k] = kept[execution * ${size}u + k];`)}\nsynchronize();`;
  const amplitude = `select(0.0, rowValues[rowBase + ${values.row - prepared}u + min(k, ${prepared - 1}u)], k < ${prepared}u)`;
  const initial = prepared > 0 ? amplitude : 'select(0.0, 1.0, k == 0u)';
  const toAmplitudes = `if (live && k < ${prepared}u) {
    gradients[rowSlotBase + ${slots.row.length}u + k] = 2.0 * lambda[start + k].x;
  }`;
  return `
@compute @workgroup_size(${workgroup})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  thread = index;
  lane = index % ${threads}u;
  let sample = index / ${threads}u;
  live = group.x * ${samples}u + sample < call.executions;
  execution = min(group.x * ${samples}u + sample, call.executions - 1u);
  start = ${memory === 'storage' ? 'execution' : 'sample'} * ${size}u;
  setBase = execution / call.rows * ${values.set}u;
  rowBase = execution * ${values.row}u;
  setSlotBase = execution * ${gradients.set}u;
  rowSlotBase = call.executions * ${gradients.set}u + execution * ${gradients.row}u;
  if (call.forward != 0u) {
    ${own(`phi[start + k] = vec2f(${initial}, 0.0);`)}
    synchronize();
    ${forward.join('\n')}
    measure();
    ${memory === 'workgroup' ? `if (call.keep != 0u) { ${keep} }` : ''}
  }
  if (call.backward != 0u) {
    ${memory === 'workgroup' ? `if (call.forward == 0u) { ${recall} }` : ''}
    seed();
    ${backward.join('\n')}
    ${prepared > 0 ? own(toAmplitudes) : ''}
  }
}
`;
}

/** The kinds of the reduction's buffers. */
export const REDUCTION_BINDINGS: readonly GPUBufferBindingType[] = ['uniform', 'read-only-storage', 'storage'];

/** Adds the gradients of a set's rows, in a fixed order: a workgroup for each slot and set. */
export const printReduction = (setSlots: number): string => `
struct Call { executions: u32, rows: u32 }
@group(0) @binding(0) var<uniform> call: Call;
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> totals: array<f32>;
var<workgroup> sums: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var row = thread; row < call.rows; row += 64u) {
    sum += gradients[(group.y * call.rows + row) * ${setSlots}u + group.x];
  }
  sums[thread] = sum;
  workgroupBarrier();
  for (var half = 32u; half > 0u; half = half >> 1u) {
    if (thread < half) { sums[thread] += sums[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { totals[group.y * ${setSlots}u + group.x] = sums[0]; }
}
`;
