import type { EvaluationSettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { invalidReason } from '@qloom/study/hyperparameters/check-value.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { type DataNeed, METHOD, type OfferedMethod, unmetNeeds } from '@qloom/study/synthesis/offered-method.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { QLOOM } from '../../domain/evaluation/jobs.ts';

/** The methods of a generator: the values of its hyperparameter `method`, and what it says about each of them. */
export interface GeneratorMethods {
  /** All hyperparameters that are offered; `method` may be absent. */
  readonly hyperparameters: readonly Hyperparameter[];
  /** By name; empty for a generator that describes none. */
  readonly described: ReadonlyMap<string, OfferedMethod>;
}

/** What would meet each need. */
const RIGHT: Readonly<Record<DataNeed | 'unknown', string>> = {
  unlabelled: 'points without labels (data.unlabelled)',
  source: 'points of a cheaper relative (data.simulator)',
  shots: 'expectations from a known number of shots',
  unknown: 'something that this agent does not know',
};

/** Baselines of every study that names none. */
const DEFAULT_BASELINES: readonly string[] = ['noise', 'gaussian'];

/** Baselines of every study whose agent also chooses the method. */
const PORTFOLIO_BASELINES: readonly string[] = ['prior'];

/** The baselines of a study: those that it names or the default ones, and with a portfolio those that it chooses among besides. */
export function completeBaselines(
  { rivals, portfolio }: Pick<EvaluationSettings, 'rivals' | 'portfolio'>,
  methods: Pick<GeneratorMethods, 'described'>,
  met: ReadonlySet<DataNeed>,
): string[] {
  const named = rivals.length > 0 ? [...rivals] : defaultBaselines(methods, met);
  return portfolio ? portfolioBaselines(named, methods, met) : named;
}

/**
 * Baselines of a study that names none: noise, the Gaussian of each class, and every baseline that needs something besides
 * labelled points which the data has, such as shot resampling where the number of shots is known.
 */
function defaultBaselines({ described }: Pick<GeneratorMethods, 'described'>, met: ReadonlySet<DataNeed>): string[] {
  return [...DEFAULT_BASELINES, ...informedBaselines(described, met)];
}

/**
 * The baselines `given` of a study whose agent also chooses the method, with those that it chooses among besides: the prior,
 * if it is offered, and every baseline that needs something besides labelled points which the data has.
 */
function portfolioBaselines(
  given: readonly string[],
  { described }: Pick<GeneratorMethods, 'described'>,
  met: ReadonlySet<DataNeed>,
): string[] {
  const prior = PORTFOLIO_BASELINES.filter((name) => described.has(name));
  return [...new Set([...given, ...prior, ...informedBaselines(described, met)])];
}

/** Points besides the study's labels that a method may use, the more valuable ones first (ADR 0043). */
const VALUABLE: readonly DataNeed[] = ['source', 'unlabelled'];

/**
 * The arm whose method the portfolio takes where the utilities cannot be told apart: the `given` one, or the baseline that uses the
 * most valuable points that the data has besides labels, or Qloom's own. Throws ValidationError for an arm that there is not.
 */
export function completeDefault(
  given: string | undefined,
  baselines: readonly string[],
  { described }: Pick<GeneratorMethods, 'described'>,
): string {
  if (given !== undefined) {
    if (given === QLOOM || baselines.includes(given)) return given;
    const description = `${quoted(given)} is not one of ${[QLOOM, ...baselines].join(', ')}, the arms that choose a method`;
    throw new ValidationError([{ field: 'settings.evaluation.portfolio_default', description }]);
  }
  for (const need of VALUABLE) {
    const name = baselines.find((baseline) => described.get(baseline)?.needs.includes(need));
    if (name !== undefined) return name;
  }
  return QLOOM;
}

/** Names of the baselines with needs besides labelled points, all of which the data meets. */
function informedBaselines(described: GeneratorMethods['described'], met: ReadonlySet<DataNeed>): string[] {
  const informed = [...described.values()].filter(
    (method) => method.baseline && method.needs.length > 0 && unmetNeeds(method, met).length === 0,
  );
  return informed.map(({ name }) => name);
}

/**
 * Throws ValidationError for every baseline that the generator does not offer, or whose needs the data does not meet: each
 * would be refused by the final evaluation, after the whole search. If a generator offers no methods, nothing is
 * checked; if it does not describe them, only their names are.
 */
export function requireBaselines(
  baselines: readonly string[],
  { hyperparameters, described }: GeneratorMethods,
  met: ReadonlySet<DataNeed>,
): void {
  const methods = hyperparameters.find(({ name }) => name === METHOD);
  const wrong = baselines.flatMap((baseline, i): FieldViolation[] => {
    const field = `settings.evaluation.rivals[${i}]`;
    const refusal = methods === undefined ? null : invalidReason(methods, baseline);
    if (refusal !== null) return [{ field, description: `${refusal}, which are the methods of the generator` }];
    const method = described.get(baseline);
    if (method?.baseline === false) {
      const names = [...described.values()].filter((other) => other.baseline).map(({ name }) => name);
      return [{ field, description: `${quoted(baseline)} is no baseline; there are ${names.join(', ')}` }];
    }
    const unmet = unmetReason(method, met);
    return unmet === null ? [] : [{ field, description: `${unmet}, or another baseline` }];
  });
  if (wrong.length > 0) throw new ValidationError(wrong);
}

/** Baseline that the measurement of pre-training compares with. */
export const PRETRAINING_BASELINE = 'noise';

/** Throws ValidationError if the generator does not offer the baseline that the measurement of pre-training compares with. */
export function requirePretrainingBaseline({ hyperparameters }: Pick<GeneratorMethods, 'hyperparameters'>): void {
  const methods = hyperparameters.find(({ name }) => name === METHOD);
  const refusal = methods === undefined ? null : invalidReason(methods, PRETRAINING_BASELINE);
  if (refusal === null) return;
  const description = `is compared with this baseline, which the generator does not offer: ${refusal}`;
  throw new ValidationError([{ field: 'settings.pretraining', description }]);
}

/**
 * Throws ValidationError if a study's space has a method whose needs the data does not meet, since each of its episodes
 * would fail. `space` is the space of the study.
 */
export function requireMethods(
  space: readonly Hyperparameter[],
  { described }: Pick<GeneratorMethods, 'described'>,
  met: ReadonlySet<DataNeed>,
): void {
  const methods = space.find(({ name }) => name === METHOD);
  if (methods?.kind !== 'categorical') return;
  const wrong = methods.choices.flatMap((choice): FieldViolation[] => {
    const unmet = unmetReason(described.get(choice), met);
    return unmet === null ? [] : [{ field: `settings.space.${METHOD}`, description: `${unmet}, or another method` }];
  });
  if (wrong.length > 0) throw new ValidationError(wrong);
}

/** Why a method cannot be used with the data; null if it can, or if its generator does not describe it. */
function unmetReason(method: OfferedMethod | undefined, met: ReadonlySet<DataNeed>): string | null {
  const unmet = method === undefined ? [] : unmetNeeds(method, met);
  if (method === undefined || unmet.length === 0) return null;
  const needs = unmet.map((need) => RIGHT[need]).join(' and ');
  return `${quoted(method.name)} needs ${needs}, which the study does not have; right would be a study that has`;
}
