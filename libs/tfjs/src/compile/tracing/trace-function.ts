import type * as tf from '@tensorflow/tfjs-core';
import { CompileError } from '../errors.ts';
import { placeVariables, type Segment, slotOf } from '../flat-state.ts';
import { reshape, slice } from '../layout.ts';
import { type Graph, type GraphType, sizeOf, type Value } from './graph.ts';
import { assertPure } from './purity.ts';
import { flattenArguments, mapLeaves, type ResultTemplate, resultTemplate } from './signature.ts';
import { Trace, type TracedVariable, type VariableInput } from './trace.ts';

/** A function as a graph. */
export interface TracedFunction {
  readonly trace: Trace;
  /** Inputs of the graph for the arguments, by path. */
  readonly arguments: ReadonlyMap<string, Value>;
  readonly variables: readonly TracedVariable[];
  readonly results: readonly Value[];
  readonly template: ResultTemplate;
  readonly segments: SegmentInputs;
}

/** Inputs of a graph for segments of the flat state. */
class SegmentInputs {
  private readonly inputs = new Map<Segment, Value>();

  /** The input for a segment, created on first use. */
  inputFor(graph: Graph, segment: Segment): Value {
    let input = this.inputs.get(segment);
    if (!input) {
      input = graph.input(`state${this.inputs.size}`, [segment.size], segment.dtype as GraphType);
      this.inputs.set(segment, input);
    }
    return input;
  }

  /** All of them. */
  list(): readonly (readonly [Segment, Value])[] {
    return [...this.inputs];
  }
}

type Step = (...given: never[]) => unknown;

function traceOnce(step: Step, given: readonly unknown[], variableInput: VariableInput, sites = false) {
  const trace = new Trace(variableInput, sites);
  const inputs = new Map<string, Value>();
  const input = (path: string, value: tf.Tensor | number) => {
    const [shape, dtype] = typeof value === 'number' ? [[], 'float32' as const] : [value.shape, value.dtype];
    if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
      throw new CompileError(
        'BAD_ARGUMENT',
        `compile: argument ${path} has dtype ${dtype}, which is not one of float32, int32, bool.`,
      );
    }
    inputs.set(path, trace.graph.input(`argument ${path}`, shape, dtype));
  };
  for (const { path, value } of flattenArguments(given).leaves) input(path, value);
  const { result, variables } = trace.run(() => {
    const symbols = given.map((value, i) =>
      mapLeaves(value, String(i), (path) => trace.tensor(inputs.get(path) as Value)),
    );
    const template = resultTemplate(step(...(symbols as never[])));
    return { template, results: template.tensors.map((tensor) => trace.lookup(tensor)) };
  });
  return { trace, arguments: inputs, variables, ...result };
}

/** Variables as separate inputs, for the trace that finds the variables. */
const alone: VariableInput = (graph, variable) =>
  graph.input(`variable ${variable.name}`, variable.shape, variable.dtype as GraphType);

/** Variables as parts of the segments of the flat state. */
function fromSegments(segments: SegmentInputs): VariableInput {
  return (graph, variable) => {
    const slot = slotOf(variable);
    if (!slot) {
      throw new CompileError(
        'HIDDEN_STATE',
        `compile: the variable '${variable.name}' is used in one trace of the function and not in the next: the function depends on ` +
          'state of JavaScript.',
      );
    }
    const input = segments.inputFor(graph, slot.segment);
    const flat = slice(graph, input, [slot.offset], [sizeOf(variable.shape)]);
    return reshape(graph, flat, variable.shape);
  };
}

/** The error for variables that the second trace made too. Unused variables of both traces are freed. */
function madeAnew(before: readonly tf.Variable[], { trace, variables }: ReturnType<typeof traceOnce>): CompileError {
  const [{ name }] = trace.made;
  const used = new Set(variables.map(({ variable }) => variable));
  for (const variable of [...before.filter((each) => !used.has(each)), ...trace.made]) variable.dispose();
  return new CompileError(
    'COMPUTED_VARIABLE',
    `compile: the function makes a variable ('${name}') each time it is called. Make it once, outside.`,
  );
}

/**
 * Traces a function for arguments of these shapes. It is run with symbols twice, or three times if the first run makes
 * variables: the first run finds the variables, which then get their places in the flat state, and differences between
 * the runs are hidden state.
 *
 * Throws {@link CompileError}; afterwards the engine and all variables are unchanged.
 */
export function traceFunction(step: Step, given: readonly unknown[]): TracedFunction {
  let first = traceOnce(step, given, alone);
  if (first.trace.made.length > 0) {
    const again = traceOnce(step, given, alone);
    if (again.trace.made.length > 0) throw madeAnew(first.trace.made, again);
    first = again;
  }
  placeVariables(first.variables);
  const segments = new SegmentInputs();
  const second = traceOnce(step, given, fromSegments(segments));
  assertPure(first.trace, second.trace, () => traceOnce(step, given, alone, true).trace);
  return { ...second, segments };
}
