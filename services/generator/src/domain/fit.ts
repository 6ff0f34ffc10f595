import { throwIfAborted } from './abortable.ts';
import type { FitOptions } from './fit-options.ts';
import type { Fitted } from './methods/method.ts';
import { METHODS, type MethodName } from './methods/method-table.ts';
import { type Model, packModel } from './model.ts';
import { requireUsable } from './training-data.ts';

/** The outcome of a fit. */
export interface FitResult extends Omit<Fitted, 'learned'> {
  /** A packed {@link Model}. */
  readonly model: Uint8Array;
}

/**
 * Fits a generator. The same settings, seed and points give the same model, bit for bit, resumed or not.
 *
 * @throws InvalidTrainingDataError for unusable points, DivergedError, CancelledError,
 * UnusableCheckpointError for a bad resume, and what the critic throws.
 */
export async function fitGenerator(options: FitOptions): Promise<FitResult> {
  const { settings, data, signal } = options;
  requireUsable(data);
  throwIfAborted(signal, 'fit');
  const { learned, ...outcome } = await METHODS[settings.method as MethodName].fit(options);
  const { method, strength } = settings;
  const model: Model = { method, strength, training: data, ...(learned ? { learned } : {}) };
  return { model: packModel(model), ...outcome };
}
