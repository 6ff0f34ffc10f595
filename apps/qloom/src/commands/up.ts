import { join } from 'node:path';
import { withoutCredentials } from '@qloom/episode-log/nats/nats-address.ts';
import { SERVICE_NAMES } from '@qloom/study-rpc/services.ts';
import type { Command } from 'commander';
import { InterruptedError } from '../command/errors.ts';
import { assertStorageAnswers, parseLogOption } from '../run/event-log.ts';
import { listenForInterrupt } from '../run/interrupt.ts';
import { lockFolder } from '../run-folder/lock.ts';
import { runFolderAt } from '../run-folder/run-folder.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';
import type { ServiceEvent } from '../supervisor/service-process.ts';

interface UpFlags {
  readonly out: string;
  readonly log: string;
  readonly json?: boolean;
}

const HELP = `
The addresses are unix sockets; gRPC reflection is on:
  $ grpcurl -plaintext -unix /tmp/qloom-…/generator.sock list

Examples:
  $ qloom up
  $ qloom up --json
  $ qloom up --log nats://127.0.0.1:4222`;

/** `qloom up`. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('start the four services and print their addresses, until Ctrl-C')
    .option('--out <folder>', "folder for the log, the artifacts and the services' logs", join('qloom-runs', '.up'))
    .option('--log <log>', 'event log: sqlite or nats://host:port', 'sqlite')
    .option('--json', 'print the addresses as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: UpFlags) => {
      const log = parseLogOption(flags.log);
      await up({ ...flags, log });
    });
}

async function up(flags: UpFlags): Promise<void> {
  const { startSession, storageOf } = await import('../run/session.ts');
  const folder = runFolderAt(flags.out);
  const lock = lockFolder(folder.path);
  try {
    await assertStorageAnswers(storageOf(folder, flags.log), process.env);
  } catch (error) {
    lock.release();
    throw error;
  }
  const interrupt = listenForInterrupt();
  const note = (event: ServiceEvent): void => {
    if (event.kind === 'crashed') process.stderr.write(`${event.service} ended (${event.how}); starting it again\n`);
    else if (event.kind === 'waiting') process.stderr.write(`${event.service}: ${event.reason}\n`);
    else if (event.restarts > 0) process.stderr.write(`${event.service} serves again (process ${event.pid})\n`);
  };
  const session = await startSession({
    folder,
    log: flags.log,
    targets: targetsFromEnvironment(process.env),
    services: SERVICE_NAMES,
    onEvent: note,
  });
  const stopped = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(new InterruptedError('', { cause: interrupt.signal.reason }));
    if (interrupt.signal.aborted) stop();
    interrupt.signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([session.services.started, session.failed, stopped]);
    const { targets } = session.services;
    if (flags.json) {
      process.stdout.write(
        `${JSON.stringify({ targets, pids: session.services.pids(), log: withoutCredentials(session.logUrl) })}\n`,
      );
    } else {
      for (const service of SERVICE_NAMES) process.stdout.write(`${service.padEnd(14)} ${targets[service]}\n`);
      process.stderr.write(`Logs in ${folder.logs}. Ctrl-C ends all.\n`);
    }
    await Promise.race([session.failed, stopped]);
  } finally {
    await session.stop();
    interrupt.dispose();
    lock.release();
  }
}
