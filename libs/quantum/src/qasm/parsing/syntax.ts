import type { SourcePosition } from '../errors.ts';
import type { ClassicalType } from '../values/classical-type.ts';
import type { Value } from '../values/classical-value.ts';

/** One step of an expression: pops its operands from a stack and pushes its value. */
export type Instruction = SourcePosition &
  (
    | { readonly kind: 'literal'; readonly value: Value }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'unary' | 'binary'; readonly operator: string }
    | { readonly kind: 'cast'; readonly type: TypeSyntax }
    | { readonly kind: 'call'; readonly name: string; readonly count: number }
  );

/** An expression in postfix order, so that evaluation needs no recursion. */
export type Expression = readonly Instruction[];

/** A type as written; its width may be an expression. */
export interface TypeSyntax extends SourcePosition {
  readonly kind: ClassicalType['kind'];
  readonly width?: Expression;
}

/** A qubit or bit operand: a register, one of its elements, or a slice of it (OpenQASM 3's [first:last], [first:step:last]). */
export interface Operand extends SourcePosition {
  readonly name: string;
  readonly index?: readonly Expression[];
  /** `index` has the bounds of a slice, or a list of elements. */
  readonly of?: 'slice' | 'list';
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
  | (SourcePosition & {
      readonly kind: 'const';
      readonly type: TypeSyntax;
      readonly name: string;
      readonly value: Expression;
    })
  | (SourcePosition & { readonly kind: 'input'; readonly type: TypeSyntax; readonly name: string })
  | (SourcePosition & { readonly kind: 'barrier'; readonly operands: readonly Operand[] })
  | (SourcePosition & { readonly kind: 'reset'; readonly operand: Operand })
  | (SourcePosition & { readonly kind: 'measure'; readonly source: Operand; readonly target: Operand | null })
  | ForLoop;

/** A `for` loop over constants. */
export interface ForLoop extends SourcePosition {
  readonly kind: 'for';
  readonly type: TypeSyntax;
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

/** A program whose statements are parsed lazily, one by one. */
export interface ProgramSyntax {
  readonly version: 2 | 3;
  readonly statements: Iterable<Statement>;
}
