import type { Engine, EngineLimits, Precision } from './engine.ts';

/** What an engine can do, known without starting it. */
export interface EngineCapabilities {
  /** Precisions of the amplitudes that it offers; the first is the default. */
  readonly precisions: readonly Precision[];
  /** Whether it executes noisy circuits by itself; the others are given sampled trajectories. */
  readonly noise: boolean;
  readonly limits: EngineLimits;
}

/** Whether an engine can be used on this machine. */
export type Availability =
  /**
   * `detail` says on what it runs, such as a device's name. With `automatic: false` it works and is there for those who name
   * it, but `auto` neither measures nor takes it; `detail` says why.
   */
  | { readonly available: true; readonly detail: string; readonly automatic?: boolean }
  /** `reason` says what is missing and how to get it. */
  | { readonly available: false; readonly reason: string };

/** Settings of {@link EngineEntry.create}. */
export interface EngineOptions {
  /** Default: the first of the engine's precisions. */
  readonly precision?: Precision;
  /** Threads of this process that a large batch may take, the calling one included. Engines that have none do without. Default 1. */
  readonly threads?: number;
}

/**
 * One engine in the table of engines. An entry is light: it loads the engine's packages in {@link find} and {@link create}
 * alone, so that an engine may be absent.
 */
export interface EngineEntry {
  readonly name: string;
  /** What it is, for people, in a few words. */
  readonly description: string;
  readonly capabilities: EngineCapabilities;
  /** Looks for what the engine needs; never throws. */
  find(): Promise<Availability>;
  /** Starts the engine. Throws where {@link find} says that it is not available. */
  create(options?: EngineOptions): Promise<Engine>;
}
