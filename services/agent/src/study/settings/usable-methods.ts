import type { EvaluationSettings, MethodFacts } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { invalidReason } from '@qloom/study/hyperparameters/check-value.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { type DataNeed, METHOD, type OfferedMethod, unmetNeeds } from '@qloom/study/synthesis/offered-method.ts';
import { quoted } from '@qloom/tensor/quoted.ts';
import { QLOOM, RESERVED_ARMS } from '../../domain/evaluation/jobs.ts';

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

/** Baselines of every study that names none, where they are offered. */
const DEFAULT_BASELINES: readonly string[] = ['noise', 'gaussian'];

/** The method whose points may help where those of a density of the classes lie beside the labels (ADR 0056). */
const ALTERNATIVE = 'class-transfer';

/** Baselines of every study whose agent also chooses the method, where they are offered. */
const PORTFOLIO_BASELINES: readonly string[] = ['prior', ALTERNATIVE];

/**
 * The baselines of a study: those that it names or the default ones, and with a portfolio those that it chooses among besides. Only
 * those that it names may be ones that the generator does not offer ({@link requireBaselines}).
 */
export function completeBaselines(
  { rivals, portfolio }: Pick<EvaluationSettings, 'rivals' | 'portfolio'>,
  methods: GeneratorMethods,
  met: ReadonlySet<DataNeed>,
): string[] {
  const offered = (names: readonly string[]) => [
    ...names.filter((name) => baselineRefusal(name, methods, met) === null),
    ...informedBaselines(methods, met),
  ];
  const named = rivals.length > 0 ? rivals : offered(DEFAULT_BASELINES);
  return portfolio ? [...new Set([...named, ...offered(PORTFOLIO_BASELINES)])] : [...named];
}

/** Names of the baselines with needs besides labelled points, all of which the data meets. */
function informedBaselines(methods: GeneratorMethods, met: ReadonlySet<DataNeed>): string[] {
  const informed = [...methods.described.values()].filter(({ needs }) => needs.length > 0);
  return informed.map(({ name }) => name).filter((name) => baselineRefusal(name, methods, met) === null);
}

/** What a study with these baselines keeps of the methods that the generator describes. */
export function methodFacts(
  { portfolio }: Pick<EvaluationSettings, 'portfolio'>,
  baselines: readonly string[],
  { described }: Pick<GeneratorMethods, 'described'>,
): MethodFacts {
  const withoutDensity = [...described.values()].filter(({ classDensity }) => classDensity === false);
  const names = withoutDensity.map(({ name }) => name);
  const isOffered = portfolio && baselines.includes(ALTERNATIVE) && names.includes(ALTERNATIVE);
  return { alternative: isOffered ? ALTERNATIVE : undefined, withoutDensity: names };
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

/**
 * Throws ValidationError for every baseline that the generator does not offer, or whose needs the data does not meet. A generator that
 * describes no methods has those that its hyperparameter `method` names; one without it has none, would ignore the name, and the
 * points of its only method would stand as those of the baseline.
 */
export function requireBaselines(
  baselines: readonly string[],
  methods: GeneratorMethods,
  met: ReadonlySet<DataNeed>,
): void {
  if (baselines.length > 0 && methodOf(methods) === undefined) {
    const description = `${NO_METHODS}; right would be no rivals, or ${WITH_METHODS}`;
    throw new ValidationError([{ field: 'settings.evaluation.rivals', description }]);
  }
  const wrong = baselines.flatMap((baseline, i): FieldViolation[] => {
    const description = baselineRefusal(baseline, methods, met);
    return description === null ? [] : [{ field: `settings.evaluation.rivals[${i}]`, description }];
  });
  if (wrong.length > 0) throw new ValidationError(wrong);
}

/** Baseline that the measurement of pre-training compares with. */
export const PRETRAINING_BASELINE = 'noise';

/** Throws ValidationError if the generator does not offer the baseline that the measurement of pre-training compares with. */
export function requirePretrainingBaseline(methods: GeneratorMethods, met: ReadonlySet<DataNeed>): void {
  const refusal =
    methodOf(methods) === undefined
      ? `${NO_METHODS}; right would be a study without it, or ${WITH_METHODS}`
      : baselineRefusal(PRETRAINING_BASELINE, methods, met);
  if (refusal === null) return;
  const description = `is compared with the baseline ${quoted(PRETRAINING_BASELINE)}, which is not offered: ${refusal}`;
  throw new ValidationError([{ field: 'settings.pretraining', description }]);
}

const NO_METHODS = `the generator has no hyperparameter ${quoted(METHOD)}, by which baselines are requested`;
const WITH_METHODS = 'a generator that offers it';

/** Why the generator has no such baseline for the data, and what would be right; null if it has. */
export function baselineRefusal(
  baseline: string,
  methods: GeneratorMethods,
  met: ReadonlySet<DataNeed>,
): string | null {
  const method = methodOf(methods);
  if (method === undefined) return NO_METHODS;
  const refusal = invalidReason(method, baseline);
  if (refusal !== null) return `${refusal}, which are the methods of the generator`;
  if (RESERVED_ARMS.includes(baseline)) {
    return `${quoted(baseline)} is the name of another arm; right would be a generator with another name for its method`;
  }
  const described = methods.described.get(baseline);
  if (described?.baseline === false) {
    const names = [...methods.described.values()].filter((other) => other.baseline).map(({ name }) => name);
    return `${quoted(baseline)} is no baseline; there are ${names.join(', ')}`;
  }
  const unmet = unmetReason(described, met);
  return unmet === null ? null : `${unmet}, or another baseline`;
}

/** The hyperparameter by which a generator offers its methods; undefined for one that has a single one. */
export function methodOf({ hyperparameters }: Pick<GeneratorMethods, 'hyperparameters'>): Hyperparameter | undefined {
  return hyperparameters.find(({ name }) => name === METHOD);
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
