import { DomainError } from '@qloom/service-kit/faults/errors.ts';

/** Thrown where a budget has too little left for a run. Arrives as FAILED_PRECONDITION whose details name the field `settings.budget`. */
export class BudgetError extends DomainError {
  override name = 'BudgetError';
  readonly violations: readonly { readonly field: string; readonly description: string }[];

  constructor(message: string) {
    super('precondition', message);
    this.violations = [{ field: 'settings.budget', description: message }];
  }
}
