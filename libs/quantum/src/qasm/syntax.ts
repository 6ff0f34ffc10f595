import type { SourcePosition } from './errors.ts';

/** An expression, as parsed. */
export type Expression = SourcePosition &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'negate'; readonly of: Expression }
    | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Expression[] }
  );

/** A qubit or bit operand: a register, one of its elements, or a slice of it (OpenQASM 3's [first:last], [first:step:last]). */
export interface Operand extends SourcePosition {
  readonly name: string;
  readonly index?: readonly Expression[];
  /** `index` has the bounds of a slice, not a list of elements. */
  readonly slice?: boolean;
}

/** `ctrl(k) @`, `negctrl(k) @`, `inv @`, `pow(k) @`. */
export interface Modifier extends SourcePosition {
  readonly kind: 'ctrl' | 'negctrl' | 'inv' | 'pow';
  readonly argument?: Expression;
}

/** A gate applied to operands; `gphase` is one without any. */
export interface GateCall extends SourcePosition {
  readonly kind: 'gate';
  readonly name: string;
  readonly modifiers: readonly Modifier[];
  readonly angles: readonly Expression[];
  readonly operands: readonly Operand[];
}

/** A statement, as parsed. */
export type Statement =
  | GateCall
  | (SourcePosition & {
      readonly kind: 'register';
      readonly of: 'qubit' | 'bit';
      readonly name: string;
      /** Absent for a single qubit or bit. */
      readonly size?: Expression;
      /** `bit b = measure q;` */
      readonly measured?: Operand;
    })
  | (SourcePosition & { readonly kind: 'include'; readonly path: string })
  | (SourcePosition & { readonly kind: 'define'; readonly gate: GateDefinitionSyntax })
  | (SourcePosition & { readonly kind: 'const'; readonly name: string; readonly value: Expression })
  | (SourcePosition & { readonly kind: 'input'; readonly name: string })
  | (SourcePosition & { readonly kind: 'barrier' })
  | (SourcePosition & { readonly kind: 'measure'; readonly source: Operand; readonly target: Operand | null })
  | ForLoop;

/** A `for` loop over constants. */
export interface ForLoop extends SourcePosition {
  readonly kind: 'for';
  readonly variable: string;
  /** First and last, with a step between them, or a set of values. */
  readonly range: { readonly bounds: readonly Expression[] } | { readonly values: readonly Expression[] };
  readonly body: readonly Statement[];
}

/** A `gate` block. */
export interface GateDefinitionSyntax {
  readonly name: string;
  readonly angles: readonly string[];
  readonly qubits: readonly string[];
  readonly body: readonly Statement[];
}

/** A parsed program. */
export interface ProgramSyntax {
  readonly version: 2 | 3;
  readonly statements: readonly Statement[];
}
