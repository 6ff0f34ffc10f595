import { type Arguments, readArguments, USAGE, UsageError } from './arguments.ts';
import { createProgress } from './progress.ts';
import { isReachable } from './reachable.ts';
import { countResults, formatCounts, formatResult } from './report.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { StartError, startInstances } from './start-instances.ts';
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
  try {
    return given.start === undefined
      ? await checkAt(given, [given.target, given.second])
      : await checkStarted(given, given.start);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
    return EXIT.unusable;
  }
}

/** Checks two instances that the kit starts. */
async function checkStarted(given: Arguments, command: string): Promise<number> {
  const instances = await startInstances(command, 2, given.connectTimeoutMs);
  const interrupted = (signal: NodeJS.Signals) => {
    void instances.stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    return await checkAt(given, instances.targets);
  } finally {
    await instances.stop();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

/** Checks one instance or two that serve already. */
async function checkAt(given: Arguments, [target = '', second]: readonly (string | undefined)[]): Promise<number> {
  const { service, deadlineMs, connectTimeoutMs, settings, json, promisesOnly, only } = given;
  for (const address of [target, second]) {
    if (address === undefined || (await isReachable(address, connectTimeoutMs))) continue;
    console.error(`target: nothing speaks gRPC at ${address}; right would be where the service listens`);
    return EXIT.unusable;
  }
  const study = `conformance-${process.pid}-${Date.now().toString(36)}`;
  const suite = openSuite(service, { target, second, study, deadlineMs, settings });
  const checks = suite.checks.filter(
    ({ level, name }) => (!promisesOnly || level === 'contract') && name.includes(only),
  );
  if (checks.length === 0) {
    suite.close();
    console.error(`--only ${only}: is in the name of no check; right would be a part of one, such as "seed"`);
    return EXIT.unusable;
  }
  const progress = createProgress(process.stderr, checks.length, json);
  const results: CheckResult[] = [];
  try {
    for await (const result of runChecks(checks, () => isReachable(target, connectTimeoutMs), progress.begin)) {
      progress.clear();
      results.push(result);
      console.log(json ? JSON.stringify(result) : formatResult(result));
    }
  } finally {
    progress.clear();
    suite.close();
  }
  const counts = countResults(results);
  console.log(json ? JSON.stringify(counts) : formatCounts(counts));
  return counts.failed === 0 ? EXIT.passed : EXIT.failed;
}

process.exitCode = await main(process.argv.slice(2));
