import { CircuitError } from '@qloom/quantum/errors.ts';
import type { Observable } from '@qloom/quantum/observables/observable.ts';
import { MAX_TERMS, MAX_TEXT, parseObservable } from '@qloom/quantum/observables/observable-text.ts';
import { isCircuitRefusal } from '@qloom/quantum/qasm/errors.ts';
import { MAX_SOURCE } from '@qloom/quantum/qasm/source-limits.ts';
import { qnnDataProblems } from '../model/data-fit.ts';
import { circuitFromQasm } from '../model/qasm-circuit.ts';
import type { DataShape } from '../model/qnn-model.ts';
import type { QnnProblem } from '../model/qnn-problem.ts';
import { qnnProblems } from '../model/qnn-problems.ts';
import type { QnnSettings } from '../model/qnn-settings.ts';

/** Whether settings are valid and, with a shape, whether they fit data of that shape. */
export interface SettingsCheck {
  readonly kind: 'settings';
  readonly given: Partial<QnnSettings>;
  readonly shape?: DataShape;
}

/** The size of the circuit of an OpenQASM program. */
export interface ProgramCheck {
  readonly kind: 'program';
  readonly qasm: string;
}

/** The observables of texts, on this number of qubits. */
export interface ObservablesCheck {
  readonly kind: 'observables';
  readonly texts: readonly string[];
  readonly qubits: number;
}

/** External input whose check may take seconds. Plain data, so that it can be sent to threads. */
export type Check = SettingsCheck | ProgramCheck | ObservablesCheck;

/** The sizes of a circuit. */
export interface CircuitSize {
  readonly qubits: number;
  readonly inputs: number;
  readonly parameters: number;
}

/** A value, or a message that says what is wrong with the text and what is allowed. */
export type Checked<T> = { readonly value: T } | { readonly refusal: string };

/** The result of each kind of check. */
export type CheckResult<C extends Check> = C extends SettingsCheck
  ? readonly QnnProblem[]
  : C extends ProgramCheck
    ? Checked<CircuitSize>
    : Checked<readonly Observable[]>;

/** Executes a check synchronously. */
export function carryOut<C extends Check>(check: C): CheckResult<C> {
  return resultOf(check) as CheckResult<C>;
}

function resultOf(check: Check): CheckResult<Check> {
  switch (check.kind) {
    case 'settings':
      return check.shape ? qnnDataProblems(check.given, check.shape) : qnnProblems(check.given);
    case 'program':
      return checked(() => {
        const { qubits, inputs, parameters } = circuitFromQasm(check.qasm);
        return { qubits, inputs, parameters: parameters.length };
      });
    case 'observables':
      return checked(() => readObservables(check));
  }
}

/** Observables whose total size is within the limit of one observable. */
function readObservables({ texts, qubits }: ObservablesCheck): readonly Observable[] {
  const characters = charactersOf(texts);
  if (characters > MAX_TEXT) {
    throw new CircuitError(`${characters} characters of observables; at most ${MAX_TEXT} are right`);
  }
  // Every observable has at least one term.
  let terms = texts.length;
  const checkTerms = () => {
    if (terms > MAX_TERMS)
      throw new CircuitError(`more than ${MAX_TERMS} terms of observables; at most ${MAX_TERMS} are right`);
  };
  checkTerms();
  return texts.map((text) => {
    const observable = parseObservable(text, qubits);
    terms += observable.terms.length - 1;
    checkTerms();
    return observable;
  });
}

function checked<T>(read: () => T): Checked<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (isCircuitRefusal(error)) return { refusal: error.message };
    throw error;
  }
}

/** Texts of observables up to this length take about 5 ms. Unit: characters. */
const SHORT_TEXT = 16_384;

/**
 * Whether a check may block its thread for long: a program, since one line can cause millions of steps, and long
 * observables, unless they are refused for their size.
 */
export function isLong(check: Check): boolean {
  const qasm = check.kind === 'program' ? check.qasm : check.kind === 'settings' ? check.given.qasm : undefined;
  if (qasm !== undefined) return qasm.length <= MAX_SOURCE;
  if (check.kind === 'program') return false;
  const texts = check.kind === 'settings' ? (check.given.observables ?? []) : check.texts;
  const characters = charactersOf(texts);
  if (check.kind === 'observables' && (texts.length > MAX_TERMS || characters > MAX_TEXT)) return false;
  return characters > SHORT_TEXT;
}

const charactersOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);
