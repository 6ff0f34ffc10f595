/** Fields of a request that are wrong. */
export interface CampaignProblem {
  /** Such as `answers[3].label`. */
  readonly field: string;
  readonly description: string;
}

/** Thrown when a request does not fit the state of a campaign. */
export class CampaignError extends Error {
  override readonly name = 'CampaignError';
  /** `invalid` with problems; `precondition` where the request is right at another time; `already-exists` for a token that is taken. */
  readonly code: 'invalid' | 'precondition' | 'already-exists';
  /** Each wrong field, as details of the status; empty unless `invalid`. */
  readonly violations: readonly CampaignProblem[];

  constructor(code: CampaignError['code'], message: string, violations: readonly CampaignProblem[] = []) {
    super(message);
    this.code = code;
    this.violations = violations;
  }
}
