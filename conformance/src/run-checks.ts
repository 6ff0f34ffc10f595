import type { ServiceError } from '@grpc/grpc-js';
import { type Check, CheckFailure, CheckSkipped } from './check.ts';
import { statusName } from './shared/status-name.ts';

/** How one check ended. */
export interface CheckResult {
  readonly name: string;
  /** Where in `proto/` it stands. */
  readonly source: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** What the service did; set where it failed. */
  readonly wrong?: string;
  /** What would be right; set where it failed. */
  readonly right?: string;
  /** Why it was skipped. */
  readonly reason?: string;
}

/** Runs the checks one after the other; later ones may build upon the answers of earlier ones. Never throws. */
export async function* runChecks(checks: readonly Check[]): AsyncGenerator<CheckResult, void> {
  for (const { name, source, run } of checks) {
    try {
      await run();
      yield { name, source, outcome: 'ok' };
    } catch (error) {
      if (error instanceof CheckSkipped) yield { name, source, outcome: 'skipped', reason: error.message };
      else yield { name, source, outcome: 'failed', ...explain(error) };
    }
  }
}

function explain(error: unknown): { wrong: string; right: string } {
  if (error instanceof CheckFailure) return { wrong: error.wrong, right: error.right };
  const { code, details, message } = error as Partial<ServiceError>;
  if (typeof code === 'number') {
    return { wrong: `the call ended as ${statusName(code)}: ${details}`, right: 'a call that ends as OK' };
  }
  return { wrong: message ?? String(error), right: 'an answer as the contract describes it' };
}
