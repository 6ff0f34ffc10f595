import { createHash } from 'node:crypto';
import { CompileError } from '../errors.ts';
import { describePlacement, type Feeds } from '../program.ts';
import type { ProviderName } from './provider-name.ts';
import { candidates, listProviders, type Placement } from './providers.ts';
import type { Runtime, Session } from './runtime.ts';

/** A model, and a function that runs it without side effects. */
export interface PlaceableProgram {
  readonly model: { readonly onnx: Uint8Array };
  tryOut(session: Session, feeds: Feeds): void;
}

/** Options for the choice of a placement. */
export interface PlacementRequest {
  readonly program: PlaceableProgram;
  readonly runtime: Runtime;
  readonly provider: ProviderName | 'auto';
  readonly threads: number;
  readonly name: string;
  readonly log: (line: string) => void;
  readonly clock: () => number;
  /** Inputs for measurements. */
  readonly feeds: Feeds;
}

/** A loaded model and where it runs. */
export interface Placed {
  readonly placement: Placement;
  readonly session: Session;
  readonly sessionMs: number;
}

const WARM_UPS = 2;
const MEASUREMENTS = 5;

/**
 * Loads a program on the requested provider. If that provider cannot run it, the CPU does, with a warning. `auto` loads
 * it on every provider that can run it, measures without changing any variable, and keeps the fastest; the same graph
 * is measured once per process.
 *
 * Throws {@link CompileError} PROVIDER if the CPU cannot run it either.
 */
export function choosePlacement(request: PlacementRequest): Placed {
  const { provider, threads, name, log } = request;
  if (provider === 'auto') return measured(request);
  const finding = listProviders(request.runtime).find((each) => each.name === provider);
  if (finding?.available) {
    try {
      return load(request, { provider, threads });
    } catch (error) {
      const reason = (error as Error).message.split('\n')[0];
      if (provider === 'cpu') {
        throw new CompileError('PROVIDER', `compile: onnxruntime cannot load ${name}: ${reason}`, { cause: error });
      }
      log(`compile: ${name} cannot run on ${provider} (${reason}); it runs on the CPU.`);
    }
  } else log(`compile: ${name} cannot run on ${provider} (${finding?.reason}); it runs on the CPU.`);
  return load(request, { provider: 'cpu', threads });
}

function load({ program, runtime, clock }: PlacementRequest, placement: Placement): Placed {
  const started = clock();
  const session = runtime.createSession(program.model.onnx, placement.provider, placement.threads);
  return { placement, session, sessionMs: clock() - started };
}

/**
 * Choices of `auto`, by the bytes of the graph: functions of the same structure, such as the folds of a study, are
 * measured once.
 */
const chosen = new WeakMap<Runtime, Map<string, Placement>>();

function measured(request: PlacementRequest): Placed {
  const { runtime, program } = request;
  const known = chosen.get(runtime) ?? new Map<string, Placement>();
  chosen.set(runtime, known);
  const key = createHash('sha256').update(program.model.onnx).digest('hex');
  const before = known.get(key);
  if (before) {
    try {
      return load(request, before);
    } catch {
      known.delete(key);
    }
  }
  const best = fastest(request);
  known.set(key, best.placement);
  return best;
}

/** Median time of a run, in milliseconds of the clock. */
function timed({ program, feeds, clock }: PlacementRequest, session: Session): number {
  for (let i = 0; i < WARM_UPS; i++) program.tryOut(session, feeds);
  const times = Array.from({ length: MEASUREMENTS }, () => {
    const started = clock();
    program.tryOut(session, feeds);
    return clock() - started;
  });
  return times.sort((a, b) => a - b)[Math.floor(MEASUREMENTS / 2)];
}

function fastest(request: PlacementRequest): Placed {
  const { log, name, runtime } = request;
  let best: { placed: Placed; ms: number } | undefined;
  for (const placement of candidates(listProviders(runtime))) {
    let placed: Placed | undefined;
    try {
      placed = load(request, placement);
      const ms = timed(request, placed.session);
      if (!best || ms < best.ms) {
        best?.placed.session.dispose();
        best = { placed, ms };
      } else placed.session.dispose();
    } catch (error) {
      placed?.session.dispose();
      const reason = (error as Error).message.split('\n')[0];
      log(`compile: ${name} cannot run on ${describePlacement(placement)} (${reason}).`);
    }
  }
  if (!best) throw new CompileError('PROVIDER', `compile: no provider can run ${name}.`);
  return best.placed;
}
