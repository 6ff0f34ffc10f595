import type { Circuit } from '@qloom/quantum/circuit.ts';
import type { TranspileTarget } from '@qloom/quantum/transpile/target.ts';
import type { TranspiledCircuit } from '@qloom/quantum/transpile/transpile.ts';
import type { ExperimentBackend, OutcomeCounts } from '../backend/backend.ts';
import type { Clock } from '../clock.ts';
import type { SimulationTask } from '../simulator/simulate.ts';
import type { Options } from './options.ts';

/** Where a simulated backend keeps its jobs: the part of the artifact store that it uses. */
export interface JobStore {
  /** Stores bytes and returns their hash. */
  put(bytes: Uint8Array): Promise<string>;
  get(hash: string): Promise<Uint8Array>;
  setRef(name: string, hash: string): Promise<void>;
  getRef(name: string): Promise<string | undefined>;
}

/** `transpile` of libs/quantum, elsewhere. */
export type Transpile = (
  task: { readonly circuit: Circuit; readonly target: TranspileTarget },
  signal: AbortSignal,
) => Promise<TranspiledCircuit>;

/** What a provider gets to open a backend. */
export interface ProviderContext {
  readonly clock: Clock;
  /** The environment, which credentials are read from; they may also be in files that options or variables name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly store: JobStore;
  /** Simulates a job on a thread. Rejects with the reason of `signal` once it has aborted. */
  readonly simulate: (task: SimulationTask, signal: AbortSignal) => Promise<OutcomeCounts[]>;
  /**
   * Translates a circuit on a thread. Rejects with CircuitError where it does not fit the target, and with the reason of `signal` once it has
   * aborted.
   */
  readonly transpile: Transpile;
  /** Makes HTTP requests; `globalThis.fetch` outside of tests. */
  readonly fetch: typeof fetch;
}

/** Opens the backends of one kind. */
export interface Provider {
  /** Name in the file of backends. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /**
   * Opens a backend; `options` are its fields in the file of backends apart from `name` and `provider`, and a field that is never
   * asked for is refused. Throws with `options.refuse` for wrong options, a missing credential included. Connects to nothing.
   */
  open(name: string, options: Options, context: ProviderContext): ExperimentBackend;
}
