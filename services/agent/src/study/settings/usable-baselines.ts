import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import type { FieldViolation } from '@qloom/service-kit/faults/field-violations.ts';
import { invalidReason } from '@qloom/study/hyperparameters/check-value.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { quoted } from '@qloom/tensor/quoted.ts';

/** The hyperparameter by which a generator offers its methods, baselines among them. */
const METHOD = 'method';

/** The method that resamples the shots of expectations, which requires a known number of shots. */
const SHOT_RESAMPLING = 'shot-resampling';

/**
 * Throws ValidationError for every baseline that the generator does not offer, or that the data does not suit: each
 * would be refused by the final evaluation, after the whole search. If a generator offers no methods, nothing is
 * checked.
 */
export function requireBaselines(
  baselines: readonly string[],
  offered: readonly Hyperparameter[],
  { shots }: { readonly shots: number },
): void {
  const methods = offered.find(({ name }) => name === METHOD);
  const wrong = baselines.flatMap((baseline, i): FieldViolation[] => {
    const field = `settings.evaluation.rivals[${i}]`;
    const refusal = methods === undefined ? null : invalidReason(methods, baseline);
    if (refusal !== null) return [{ field, description: `${refusal}, which are the methods of the generator` }];
    if (baseline !== SHOT_RESAMPLING || shots >= 1) return [];
    const right = 'right would be data of expectations from a known number of shots, or another baseline';
    return [{ field, description: `${quoted(baseline)} needs shots, and the data has none; ${right}` }];
  });
  if (wrong.length > 0) throw new ValidationError(wrong);
}
