import type { Engine, EngineLimits, Precision } from './engine.ts';

/** Capabilities of an engine, known without starting it. */
export interface EngineCapabilities {
  /** Supported precisions of the amplitudes; the first is the default. */
  readonly precisions: readonly Precision[];
  /** Whether it executes noisy circuits natively; other engines execute sampled trajectories. */
  readonly noise: boolean;
  readonly limits: EngineLimits;
}

/** Whether an engine can be used on this machine. */
export type Availability =
  /**
   * `detail` describes where it runs, such as a device's name. With `automatic: false` it can be selected by name, but
   * `auto` neither measures nor selects it; `detail` says why.
   */
  | { readonly available: true; readonly detail: string; readonly automatic?: boolean }
  /** `reason` says what is missing and how to get it. */
  | { readonly available: false; readonly reason: string };

/** Settings of {@link EngineEntry.create}. */
export interface EngineOptions {
  /** Default: the first of the engine's precisions. */
  readonly precision?: Precision;
  /**
   * Threads of this process that a large batch may use, including the calling thread. Engines without threads ignore
   * it. Default 1.
   */
  readonly threads?: number;
}

/**
 * One engine in the table of engines. An entry is light: it loads the engine's packages only in {@link find} and
 * {@link create}, so that an engine may be absent.
 */
export interface EngineEntry {
  readonly name: string;
  /** Short human-readable description. */
  readonly description: string;
  readonly capabilities: EngineCapabilities;
  /** Checks the requirements of the engine; never throws. */
  find(): Promise<Availability>;
  /** Starts the engine. Throws if {@link find} reports it as unavailable. */
  create(options?: EngineOptions): Promise<Engine>;
}
