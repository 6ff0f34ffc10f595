import * as tf from '@tensorflow/tfjs-core';
// tfjs-core alone registers no gradients in Node; this package's bundle does.
import '@tensorflow/tfjs-layers';
import { registerSecondOrderGradients } from '../kernels/second-order-gradients.ts';
import { engine } from './engine.ts';
import { CompileError } from './errors.ts';
import { registerKernels } from './kernels/table.ts';
import { createProgram, describePlacement, type Feeds, type Program } from './program.ts';
import { choosePlacement } from './running/choose-placement.ts';
import type { ProviderName } from './running/provider-name.ts';
import { mostParts, type Placement } from './running/providers.ts';
import { loadRuntime, type MissingRuntime, type Runtime, type Session } from './running/runtime.ts';
import { type FlatArguments, flattenArguments } from './tracing/signature.ts';
import { currentTrace } from './tracing/symbolic-backend.ts';

/** Options of {@link compile}. */
export interface CompileOptions {
  /**
   * Where the graph runs. `cpu`, `cuda` and `webgpu` are execution providers of onnxruntime-node; `auto` measures the
   * available ones once for each graph; `eager` does not compile. Default `cpu`.
   */
  readonly provider?: ProviderName | 'auto' | 'eager';
  /** Threads of the CPU provider. The same number gives the same bits in every process. Default 1. */
  readonly threads?: number;
  /** Name in messages. Default: that of the function. */
  readonly name?: string;
  /** Called with one line on each fallback. Default `console.warn`. */
  readonly log?: (line: string) => void;
  /** Clock in milliseconds, for statistics and the choice of `auto`. Default `performance.now`. */
  readonly clock?: () => number;
  /** Runtime for the graphs. Default: onnxruntime-node, if it is installed. */
  readonly runtime?: Runtime | MissingRuntime;
}

/**
 * Statistics of one signature, which is the types and shapes of the arguments, and the values of booleans and strings.
 */
export interface SignatureStats {
  readonly signature: string;
  readonly provider: ProviderName;
  readonly threads: number;
  /** Number of nodes of the graph, before onnxruntime optimizes it. */
  readonly nodes: number;
  readonly constants: number;
  /** Number of inputs of the graph. */
  readonly inputs: number;
  /** Size of the ONNX file, in bytes. */
  readonly bytes: number;
  /** Time to trace the function, to write the graph, and to load it into onnxruntime, milliseconds. */
  readonly traceMs: number;
  readonly buildMs: number;
  readonly sessionMs: number;
  /** Number of runs so far, and their total time in milliseconds, including the transfer of inputs and results. */
  readonly runs: number;
  readonly runMs: number;
}

/** Placement of a compiled function. */
export interface CompileChoice {
  /** `eager` if onnxruntime-node is missing, or by choice. */
  readonly mode: 'compiled' | 'eager';
  /** Why. */
  readonly reason: string;
}

/** A compiled function. */
export interface Compiled<Arguments extends readonly unknown[], Result> {
  /** Runs it. Tensors of the result belong to the caller, or to the `tf.tidy` around the call. */
  (...given: Arguments): Result;
  readonly choice: CompileChoice;
  /** One entry for each signature so far, in the order in which they were first seen. */
  readonly stats: readonly SignatureStats[];
  /**
   * The ONNX file of a signature of {@link stats}; default the first. Undefined before the first call, and if the
   * function runs eagerly.
   */
  onnx(signature?: string): Uint8Array | undefined;
  /** Frees the graphs. The variables stay. Calling the function afterwards throws {@link CompileError} DISPOSED. */
  dispose(): void;
}

interface Entry {
  readonly key: string;
  readonly program: Program;
  placement: Placement;
  session: Session;
  sessionMs: number;
  runs: number;
  runMs: number;
}

/** The type of a number inside a compiled function. */
export type Numeric = number | tf.Scalar;

/**
 * Compiles a function of TensorFlow.js, including gradients and optimizer: at its first call with a signature it is
 * traced into one ONNX graph, which then runs in onnxruntime.
 *
 * `fn` must be synchronous and a function of its arguments and of variables. Tensors and numbers among its arguments (also
 * inside arrays and plain objects) are inputs of the graph: inside `fn` a number is a scalar tensor, so write `tf.mul(x,
 * rate)`, not `x * rate`. Booleans and strings are part of the signature. It may read and assign variables, which stay coherent
 * with eager code. Everything else it uses (tensors, fields, closures) is frozen when it is traced. Random numbers are
 * arguments or `hostInput`.
 *
 * If onnxruntime-node is not installed, `fn` runs eagerly, and `choice` says so. Inside a function that is being
 * traced, a compiled function is a part of that trace; inside a gradient it runs eagerly, because a graph cannot be
 * differentiated.
 *
 * Throws {@link CompileError}, at the first call of a signature, for what cannot be compiled.
 *
 * @example const step = compile((x: tf.Tensor2D, learningRate: Numeric) => {
 *   const { value, gradients } = valueAndGradients(() => loss(parameters, x), parameters);
 *   adam.update(gradients, { learningRate });
 *   return value;
 * }); const loss = step(batch, 2e-4);
 */
export function compile<Arguments extends readonly unknown[], Result>(
  fn: (...given: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  const { provider = 'cpu', threads = 1, log = console.warn, clock = () => performance.now() } = options;
  if (!(Number.isInteger(threads) && threads >= 1)) {
    throw new CompileError('BAD_ARGUMENT', `compile: threads is ${threads}; it must be a whole number from 1.`);
  }
  registerSecondOrderGradients();
  registerKernels();
  const name = options.name ?? (fn.name || 'function');
  const runtime = provider === 'eager' ? undefined : (options.runtime ?? loadRuntime());
  const entries = new Map<string, Entry>();
  let disposed = false;

  const eagerly = (given: Arguments): Result => tf.tidy(() => fn(...given) as tf.TensorContainer) as Result;

  function prepare(
    { key, leaves }: FlatArguments,
    given: Arguments,
    available: Runtime,
  ): { entry: Entry; feeds: Feeds } {
    const wanted = provider as ProviderName | 'auto';
    const program = createProgram(fn as (...given: never[]) => unknown, given, available, clock, mostParts(wanted));
    const feeds = program.feed(leaves);
    const placed = choosePlacement({ program, feeds, runtime: available, provider: wanted, threads, name, log, clock });
    const entry = { key, program, ...placed, runs: 0, runMs: 0 };
    entries.set(key, entry);
    return { entry, feeds };
  }

  function runEntry(entry: Entry, feeds: Feeds, available: Runtime): Result {
    try {
      return entry.program.run(entry.session, feeds) as Result;
    } catch (error) {
      const { placement } = entry;
      const reason = (error as Error).message.split('\n')[0];
      if (placement.provider === 'cpu') {
        throw new CompileError('PROVIDER', `compile: ${name} failed on ${describePlacement(placement)}: ${reason}`, {
          cause: error,
        });
      }
      log(
        `compile: ${name} failed on ${placement.provider} (${reason}); it continues on the CPU, from the same state.`,
      );
      entry.session.dispose();
      entry.placement = { provider: 'cpu', threads };
      entry.session = available.createSession(entry.program.model.onnx, 'cpu', threads);
      return entry.program.run(entry.session, feeds) as Result;
    }
  }

  const compiled = (...given: Arguments): Result => {
    if (disposed) {
      throw new CompileError('DISPOSED', `compile: ${name} is called after its dispose(). Compile the function again.`);
    }
    // A gradient that is recorded around the call does not see the operations of a graph.
    if (currentTrace() || engine().state.gradientDepth > 0) return fn(...given);
    if (!runtime || 'missing' in runtime) return eagerly(given);
    const flat = flattenArguments(given);
    const known = entries.get(flat.key);
    const prepared = known ? undefined : prepare(flat, given, runtime);
    const started = clock();
    const entry = known ?? (prepared as { entry: Entry }).entry;
    const feeds = prepared?.feeds ?? entry.program.feed(flat.leaves);
    const result = runEntry(entry, feeds, runtime);
    entry.runs++;
    entry.runMs += clock() - started;
    return result;
  };

  return Object.defineProperties(compiled, {
    choice: { value: choiceOf(provider, runtime) },
    stats: { get: () => [...entries.values()].map(statsOf) },
    onnx: {
      value: (signature?: string) =>
        (signature === undefined ? entries.values().next().value : entries.get(signature))?.program.model.onnx,
    },
    dispose: {
      value: () => {
        if (disposed) return;
        disposed = true;
        for (const { session } of entries.values()) session.dispose();
        entries.clear();
      },
    },
  }) as Compiled<Arguments, Result>;
}

function choiceOf(provider: string, runtime: ReturnType<typeof loadRuntime> | undefined): CompileChoice {
  if (!runtime) return { mode: 'eager', reason: 'asked for' };
  if ('missing' in runtime) return { mode: 'eager', reason: runtime.missing };
  return { mode: 'compiled', reason: `onnxruntime-node ${runtime.version}, provider ${provider}` };
}

function statsOf({ key, program, placement, sessionMs, runs, runMs }: Entry): SignatureStats {
  const { model, traceMs, buildMs } = program;
  return {
    signature: key,
    ...placement,
    nodes: model.nodes,
    constants: model.constants,
    inputs: model.inputs.length + model.views.length,
    bytes: model.onnx.length,
    traceMs,
    buildMs,
    sessionMs,
    runs,
    runMs,
  };
}
