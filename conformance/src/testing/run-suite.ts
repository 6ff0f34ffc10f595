import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { isReachable } from '../reachable.ts';
import { type CheckResult, runChecks } from '../run-checks.ts';
import { openSuite, type SuiteName } from '../suites.ts';
import type { WrongImplementation } from './mutation.ts';

/** What {@link runSuiteOn} may change. */
interface RunOptions {
  /** Names of the checks to run. Default: all. */
  readonly only?: readonly string[];
  /** Instances that are served, 1 or 2. Default: 2. */
  readonly instances?: 1 | 2;
  /** Unit: milliseconds. Default: one minute. */
  readonly deadlineMs?: number;
  /** Default: none. */
  readonly settings?: ReadonlyMap<string, string>;
}

/** The results of the checks of an implementation in this process; `create` is called for each instance, with its number. */
export async function runSuiteOn(
  name: SuiteName,
  create: (instance: number) => ServiceBinding,
  { only, instances = 2, deadlineMs = 60_000, settings = new Map() }: RunOptions = {},
): Promise<CheckResult[]> {
  const servers = await Promise.all(Array.from({ length: instances }, (_, i) => startTestServer(create(i))));
  const [target, second] = servers.map((server) => server.target);
  const suite = openSuite(name, { target, second, study: 'conformance-spec', deadlineMs, settings });
  try {
    const checks = suite.checks.filter((check) => only === undefined || only.includes(check.name));
    const missing = only?.find((wanted) => !checks.some((check) => check.name === wanted));
    if (missing !== undefined) throw new Error(`${name} has no check "${missing}"`);
    const results: CheckResult[] = [];
    for await (const result of runChecks(checks, () => isReachable(target, 10_000))) results.push(result);
    return results;
  } finally {
    suite.close();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** `wrong; right would be …` of the check that has to find a wrong implementation; its outcome if it did not fail. */
export async function findingOf(
  name: SuiteName,
  right: () => ServiceBinding,
  { mutation, found: [check] }: WrongImplementation,
): Promise<string> {
  const instances = check.includes('second instance') ? 2 : 1;
  const [result] = await runSuiteOn(name, (instance) => mutation(right(), instance), { only: [check], instances });
  const { outcome, wrong, right: better } = result;
  return outcome === 'failed' ? `${wrong}; right would be ${better}` : `${outcome} ${result.reason ?? ''}`;
}

/** `name: wrong; right would be …` of each failed check. */
export function failuresOf(results: readonly CheckResult[]): string[] {
  return results.flatMap(({ outcome, name, wrong, right }) =>
    outcome === 'failed' ? [`${name}: ${wrong}; right would be ${right}`] : [],
  );
}
