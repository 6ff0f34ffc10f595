import type { ServiceBinding } from '@qloom/service-kit/server/handlers.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { isReachable } from '../reachable.ts';
import { type CheckResult, runChecks } from '../run-checks.ts';
import { openSuite, type SuiteName } from '../suites.ts';

/** The results of every check of a service at `target`. */
async function runSuite(name: SuiteName, target: string): Promise<CheckResult[]> {
  const suite = openSuite(name, { target, study: 'conformance-spec', deadlineMs: 60_000, settings: new Map() });
  try {
    const results: CheckResult[] = [];
    for await (const result of runChecks(suite.checks, () => isReachable(target, 10_000))) results.push(result);
    return results;
  } finally {
    suite.close();
  }
}

/** The same for an implementation in this process, served on its own socket. */
export async function runSuiteOn(name: SuiteName, service: ServiceBinding): Promise<CheckResult[]> {
  const server = await startTestServer(service);
  try {
    return await runSuite(name, server.target);
  } finally {
    await server.stop();
  }
}

/** `name: wrong; right would be …` of each failed check. */
export function failuresOf(results: readonly CheckResult[]): string[] {
  return results.flatMap(({ outcome, name, wrong, right }) =>
    outcome === 'failed' ? [`${name}: ${wrong}; right would be ${right}`] : [],
  );
}
