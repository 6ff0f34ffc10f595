import type { DataNeed } from '@qloom/study/synthesis/offered-method.ts';
import { throwIfAborted } from './abortable.ts';
import { InvalidInitialModelError, InvalidTrainingDataError } from './errors.ts';
import type { FitOptions } from './fit-options.ts';
import { GATE_POSTERIOR } from './methods/gate-hyperparameters.ts';
import type { Fitted, GeneratorMethod } from './methods/method.ts';
import { METHOD_NAMES, METHODS, type MethodName } from './methods/method-table.ts';
import { type Model, packModel } from './model.ts';
import { fitGate } from './sampling/fit-gate.ts';
import { requireUsable } from './training-data.ts';

/** The outcome of a fit. */
export interface FitResult extends Omit<Fitted, 'learned'> {
  /** A packed {@link Model}. */
  readonly model: Uint8Array;
}

/**
 * Fits a generator. The same settings, seed, points and initial model give the same model, bit for bit, resumed or not.
 *
 * @throws InvalidTrainingDataError for unusable points, InvalidInitialModelError, DivergedError, CancelledError,
 * UnusableCheckpointError for a bad resume, and what the critic throws.
 */
export async function fitGenerator(options: FitOptions): Promise<FitResult> {
  const { settings, data, signal } = options;
  requireUsable(data);
  const method: GeneratorMethod = METHODS[settings.method as MethodName];
  requireNeeds(settings.method, method.needs, options);
  if (options.initialModel !== undefined && !method.continues) {
    const names = METHOD_NAMES.filter((name) => METHODS[name].continues);
    throw new InvalidInitialModelError(
      `method ${settings.method} does not continue; right would be ${names.join(', ')}`,
    );
  }
  throwIfAborted(signal, 'fit');
  const { learned, ...outcome } = await method.fit(options);
  const { strength } = settings;
  const model: Model = {
    method: settings.method,
    strength,
    training: data,
    ...(GATE_POSTERIOR.name in settings.own ? { gate: await gateOf(options) } : {}),
    ...(learned ? { learned } : {}),
  };
  return { model: packModel(model), ...outcome };
}

const gateOf = ({ settings, data, seed, signal, breathe }: FitOptions) =>
  fitGate(data, { posterior: Number(settings.own[GATE_POSTERIOR.name]), seed, signal, breathe });

const MISSING: Readonly<Record<DataNeed, string>> = {
  unlabelled: 'needs points without labels; right would be the part unlabelled',
  source: 'needs points of a source domain; right would be the part source',
  shots: 'features must be expectations from a number of shots',
};

/** Throws InvalidTrainingDataError if a fit lacks something that its method needs, or if it does not suit the training points. */
function requireNeeds(name: string, needs: readonly DataNeed[], { data, unlabelled, source }: FitOptions): void {
  const met: Readonly<Record<DataNeed, boolean>> = {
    unlabelled: unlabelled !== undefined && unlabelled.count > 0,
    source: source !== undefined && source.count > 0,
    shots: data.shape.shots >= 1,
  };
  const missing = needs.find((need) => !met[need]);
  if (missing !== undefined) throw new InvalidTrainingDataError(`method ${name}: ${MISSING[missing]}`);
  const { features, classes } = data.points;
  const refuse = (part: string, got: number, what: string, right: number): never => {
    throw new InvalidTrainingDataError(`${part}: ${got} ${what}, and the training points have ${right}`);
  };
  if (unlabelled && unlabelled.features !== features) refuse('unlabelled', unlabelled.features, 'columns', features);
  if (source && source.features !== features) refuse('source', source.features, 'columns', features);
  if (source && source.classes !== classes) refuse('source', source.classes, 'classes', classes);
}
