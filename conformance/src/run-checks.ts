import type { ServiceError } from '@grpc/grpc-js';
import { type Check, CheckFailure, CheckSkipped } from './check.ts';
import { statusName } from './shared/status-name.ts';

/** Outcome of one check. */
export interface CheckResult {
  readonly name: string;
  /** Its place in `proto/`. */
  readonly source: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** How long it took. Unit: seconds. */
  readonly seconds: number;
  /** What the service did; set if it failed. */
  readonly wrong?: string;
  /** What would be right; set if it failed. */
  readonly right?: string;
  /** Why it was skipped; set if it was. */
  readonly reason?: string;
}

/**
 * Runs the checks one after the other; later ones may use the answers of earlier ones. Never throws. After a failed
 * check it tests whether the service still answers, and waits as long as a supervisor may take to restart it; if it
 * does not, the rest is skipped, so that a crash is one failure. `begin` is called before each check, with its index.
 */
export async function* runChecks(
  checks: readonly Check[],
  answers: () => Promise<boolean>,
  begin: (name: string, index: number) => void = () => {},
): AsyncGenerator<CheckResult, void> {
  let gone: string | undefined;
  for (const [index, { name, source, run }] of checks.entries()) {
    if (gone !== undefined) {
      yield { name, source, outcome: 'skipped', seconds: 0, reason: `nothing answers any more since "${gone}"` };
      continue;
    }
    begin(name, index);
    const started = performance.now();
    const seconds = () => Number(((performance.now() - started) / 1000).toFixed(3));
    try {
      await run();
      yield { name, source, outcome: 'ok', seconds: seconds() };
    } catch (error) {
      if (error instanceof CheckSkipped) {
        yield { name, source, outcome: 'skipped', seconds: seconds(), reason: error.message };
        continue;
      }
      const { wrong, right } = explain(error);
      const took = seconds();
      if (!(await answers())) gone = name;
      const then = gone === undefined ? '' : '; nothing answers any more: the service seems to have ended';
      yield { name, source, outcome: 'failed', seconds: took, wrong: `${wrong}${then}`, right };
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
