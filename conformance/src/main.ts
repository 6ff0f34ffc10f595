import { ClearTokenError, type OpenConnection, openConnection } from '@qloom/service-kit/client/open-connection.ts';
import { TlsFileError } from '@qloom/service-kit/tls/certificates.ts';
import { TokenFileError } from '@qloom/service-kit/tls/tokens.ts';
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
    const isUnusable = [StartError, TlsFileError, TokenFileError, ClearTokenError].some(
      (type) => error instanceof type,
    );
    if (!isUnusable || !(error instanceof Error)) throw error;
    console.error(error.message);
    return EXIT.unusable;
  }
}

/** Checks two instances that the kit starts. */
async function checkStarted(given: Arguments, command: string): Promise<number> {
  const answers = (address: string, timeoutMs: number) =>
    withConnections(given, [address], ([{ target, options }]) => isReachable(target, timeoutMs, options));
  const instances = await startInstances(command, 2, given.connectTimeoutMs, answers);
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
function checkAt(given: Arguments, addresses: readonly (string | undefined)[]): Promise<number> {
  const named = addresses.filter((address) => address !== undefined);
  return withConnections(given, named, (connections) => checkConnected(given, connections));
}

/** Does `work` with the targets of addresses and the certificates and token of the command line. */
async function withConnections<T>(
  { files }: Arguments,
  addresses: readonly string[],
  work: (connections: readonly OpenConnection[]) => Promise<T>,
): Promise<T> {
  const connections = addresses.map((address) => openConnection(address, files));
  try {
    return await work(connections);
  } finally {
    for (const { close } of connections) close();
  }
}

async function checkConnected(given: Arguments, connections: readonly OpenConnection[]): Promise<number> {
  const { service, deadlineMs, connectTimeoutMs, settings, json, promisesOnly, only } = given;
  for (const { target, options } of connections) {
    if (await isReachable(target, connectTimeoutMs, options)) continue;
    console.error(`target: nothing speaks gRPC at ${target}; right would be where the service listens`);
    return EXIT.unusable;
  }
  const [{ target, options: connection }] = connections;
  const second = connections[1]?.target;
  const study = `conformance-${process.pid}-${Date.now().toString(36)}`;
  const suite = openSuite(service, { target, second, study, deadlineMs, settings, connection });
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
    for await (const result of runChecks(
      checks,
      () => isReachable(target, connectTimeoutMs, connection),
      progress.begin,
    )) {
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
