import { type Arguments, readArguments, USAGE, UsageError } from './arguments.ts';
import { isReachable } from './reachable.ts';
import { countResults, formatCounts, formatResult } from './report.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { openSuite } from './suites.ts';

const EXIT = { passed: 0, failed: 1, unusable: 2 } as const;

async function main(args: readonly string[]): Promise<number> {
  let given: Arguments;
  try {
    given = readArguments(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return EXIT.unusable;
  }
  if (given.help) {
    console.log(USAGE);
    return EXIT.passed;
  }
  if (!(await isReachable(given.target, given.connectTimeoutMs))) {
    console.error(`target: nothing speaks gRPC at ${given.target}; right would be where the service listens`);
    return EXIT.unusable;
  }
  return await check(given);
}

async function check(given: Arguments): Promise<number> {
  const { service, target, deadlineMs, connectTimeoutMs, settings, json, promisesOnly } = given;
  const study = `conformance-${process.pid}-${Date.now().toString(36)}`;
  const suite = openSuite(service, { target, study, deadlineMs, settings });
  const answers = () => isReachable(target, connectTimeoutMs);
  const results: CheckResult[] = [];
  try {
    const checks = suite.checks.filter(({ level }) => !promisesOnly || level === 'contract');
    for await (const result of runChecks(checks, answers)) {
      results.push(result);
      console.log(json ? JSON.stringify(result) : formatResult(result));
    }
  } finally {
    suite.close();
  }
  const counts = countResults(results);
  console.log(json ? JSON.stringify(counts) : formatCounts(counts));
  return counts.failed === 0 ? EXIT.passed : EXIT.failed;
}

process.exitCode = await main(process.argv.slice(2));
