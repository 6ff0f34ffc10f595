import { adjointEntries, type Coefficient, type Entry } from '../gate-program/gate-form.ts';
import type { GateOp } from '../gate-program/gate-program.ts';

/** The registers and values that a gate acts on, within a pass over `qubits`. */
export interface GateSite {
  readonly op: GateOp;
  /** The qubits of the pass, ascending: bit j of a register's number is qubit j of this list. */
  readonly qubits: readonly number[];
  /** WGSL names of the gate's values. */
  readonly values: readonly string[];
}

/** A WGSL literal of type f32. */
const literal = (value: number) => (Number.isInteger(value) ? `${value}.0` : String(value));

function scaled({ factor, value }: Coefficient, values: readonly string[], operand: string): string {
  const named = value === null ? operand : `${values[value]} * ${operand}`;
  if (factor === 1) return named;
  return factor === -1 ? `-(${named})` : `${literal(factor)} * ${named}`;
}

/** The sum of a matrix row times the registers `name`. */
function rowSum(entries: readonly Entry[], values: readonly string[], register: (column: number) => string): string {
  const parts = entries.flatMap(({ column, re, im }) => [
    ...(re ? [scaled(re, values, register(column))] : []),
    ...(im ? [scaled(im, values, `turn(${register(column)})`)] : []),
  ]);
  return parts.join(' + ');
}

/** Registers that the gate's block acts on, block by block: those with all controls one, by the targets' bits. */
function blocksOf({ op, qubits }: GateSite): number[][] {
  const bitOf = (qubit: number) => 1 << qubits.indexOf(qubit);
  const within = qubits.filter((qubit) => (op.controls >> qubit) & 1);
  const controls = within.reduce((mask, qubit) => mask | bitOf(qubit), 0);
  const targets = op.targets.map(bitOf);
  const moved = targets.reduce((mask, bit) => mask | bit, 0);
  const blocks: number[][] = [];
  for (let base = 0; base < 1 << qubits.length; base++) {
    if ((base & controls) !== controls || base & moved) continue;
    const size = 1 << targets.length;
    blocks.push(
      Array.from({ length: size }, (_, k) => targets.reduce((at, bit, j) => ((k >> j) & 1 ? at | bit : at), base)),
    );
  }
  return blocks;
}

/** Statements, conditional on the controls outside the pass being one. */
function guarded({ op, qubits }: GateSite, statements: readonly string[]): string[] {
  const outside = qubits.reduce((mask, qubit) => mask & ~(1 << qubit), op.controls);
  if (outside === 0 || statements.length === 0) return [...statements];
  return [`if ((base & ${outside}u) == ${outside}u) {`, ...statements, '}'];
}

function applied(site: GateSite, entries: readonly Entry[], name: string): string[] {
  const { values } = site;
  return blocksOf(site).map((block) => {
    const rows = block
      .map((register, row) => ({ register, of: entries.filter((entry) => entry.row === row), row }))
      .filter(({ of, row }) => !isUnitRow(of, row));
    const sums = rows.map(
      ({ of, register }) => `let t${register} = ${rowSum(of, values, (c) => `${name}${block[c]}`)};`,
    );
    return `{ ${sums.join(' ')} ${rows.map(({ register }) => `${name}${register} = t${register};`).join(' ')} }`;
  });
}

const isUnitRow = (entries: readonly Entry[], row: number) =>
  entries.length === 1 &&
  entries[0].column === row &&
  entries[0].im === null &&
  entries[0].re?.value === null &&
  entries[0].re.factor === 1;

/** φ ← U·φ in the registers `a`. */
export const printForward = (site: GateSite): string[] => guarded(site, applied(site, site.op.form.unitary, 'a'));

/**
 * φ ← U†·φ in `a`, then for each slot `gradients[slot] += Re⟨λ|∂U|φ⟩` (half of the derivative), then λ ← U†·λ in `b`.
 */
export function printBackward(site: GateSite, gradientNames: readonly (string | null)[]): string[] {
  const { op, values } = site;
  const inverse = adjointEntries(op.form.unitary);
  const derivatives = op.form.derivatives.flatMap((entries, angle) => {
    const into = gradientNames[angle];
    if (into === null) return [];
    return blocksOf(site).flatMap((block) =>
      block.flatMap((register, row) => {
        const of = entries.filter((entry) => entry.row === row);
        return of.length === 0 ? [] : [`${into} += dot(b${register}, ${rowSum(of, values, (c) => `a${block[c]}`)});`];
      }),
    );
  });
  return guarded(site, [...applied(site, inverse, 'a'), ...derivatives, ...applied(site, inverse, 'b')]);
}
