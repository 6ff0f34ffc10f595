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

/**
 * Runs the checks one after the other; later ones may build upon the answers of earlier ones. Never throws. After a failed one
 * it asks whether the service still answers, waiting as long as a supervisor may take to start it again; where it does not,
 * the rest is skipped, so that a crash is one failure.
 */
export async function* runChecks(
  checks: readonly Check[],
  answers: () => Promise<boolean>,
): AsyncGenerator<CheckResult, void> {
  let gone: string | undefined;
  for (const { name, source, run } of checks) {
    if (gone !== undefined) {
      yield { name, source, outcome: 'skipped', reason: `nothing answers any more since "${gone}"` };
      continue;
    }
    try {
      await run();
      yield { name, source, outcome: 'ok' };
    } catch (error) {
      if (error instanceof CheckSkipped) {
        yield { name, source, outcome: 'skipped', reason: error.message };
        continue;
      }
      const { wrong, right } = explain(error);
      if (!(await answers())) gone = name;
      const then = gone === undefined ? '' : '; nothing answers any more: the service seems to have ended';
      yield { name, source, outcome: 'failed', wrong: `${wrong}${then}`, right };
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
