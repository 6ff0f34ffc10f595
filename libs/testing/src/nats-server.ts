import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A real nats-server with JetStream on a port and in a folder of its own. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; stays the same over restarts. */
  readonly url: string;
  /** Version as the program prints it: `2.9.10`. */
  readonly version: string;
  /** SIGKILL, as when a node dies. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder; kills it first if it runs. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Which program to start: `QLOOM_NATS_SERVER`, or `nats-server` on the PATH; undefined when there is none. */
function findNatsServer(
  program = process.env['QLOOM_NATS_SERVER'] || 'nats-server',
): { program: string; version: string } | undefined {
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8' });
    return { program, version: /v(\d+\.\d+\.\d+\S*)/.exec(said)?.[1] ?? said.trim() };
  } catch {
    return undefined;
  }
}

/** Options of {@link startNatsServer}. */
export interface NatsServerOptions {
  /** Default: true. */
  readonly jetStream?: boolean;
  /** Path of the program. Default: what {@link findNatsServer} finds. */
  readonly program?: string;
  /** More of the program's own arguments: `['--user', 'ada', '--pass', 'secret']`. */
  readonly arguments?: readonly string[];
  /**
   * A configuration file's text, such as `jetstream { max_file_store: 1MB }`. The folder and the port are passed
   * separately.
   */
  readonly settings?: string;
}

/** Starts a server and resolves when it is ready. Throws when there is no program or it does not start. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const found = findNatsServer(options.program);
  if (!found) throw new Error('no nats-server on the PATH: install it, or set QLOOM_NATS_SERVER to its path');
  const folder = mkdtempSync(join(tmpdir(), 'qloom-nats-'));
  let port = -1; // the server takes a free one and prints it
  let child: ChildProcess | undefined;
  const killAtExit = (): void => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', killAtExit);

  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const start = async (): Promise<void> => {
    const jetStream = options.jetStream === false ? [] : ['-js', '-sd', folder];
    const settings = options.settings === undefined ? [] : ['-c', join(folder, 'nats.conf')];
    if (options.settings !== undefined) writeFileSync(join(folder, 'nats.conf'), options.settings);
    const given = ['-a', '127.0.0.1', '-p', String(port), ...jetStream, ...settings, ...(options.arguments ?? [])];
    child = spawn(found.program, given, { stdio: ['ignore', 'ignore', 'pipe'] });
    port = await readyPort(child);
  };
  await start();
  return {
    get url() {
      return `nats://127.0.0.1:${port}`;
    },
    version: found.version,
    kill,
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      await kill();
      process.off('exit', killAtExit);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the server's output until it is ready; discards it from then on, so that its pipe never fills. */
function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    let port = 0;
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`nats-server ended with ${code}:\n${said.join('\n')}`)));
    if (!child.stderr) throw new Error('nats-server has no stderr to read');
    createInterface(child.stderr).on('line', (line) => {
      if (port === -1) return;
      said.push(line);
      port = Number(/Listening for client connections on .*:(\d+)/.exec(line)?.[1] ?? port);
      if (/Server is ready/.test(line)) {
        resolve(port);
        port = -1;
      }
    });
  });
}

/**
 * A `describe` that needs a nats-server: skipped with a notice where there is none, unless `QLOOM_REQUIRE_NATS=1`,
 * which makes that a failure.
 */
export function describeWithNats(title: string, body: () => void): void {
  if (findNatsServer()) {
    describe(title, body);
  } else if (process.env['QLOOM_REQUIRE_NATS'] === '1') {
    describe(title, () => {
      it('finds a nats-server, since QLOOM_REQUIRE_NATS=1', () => {
        throw new Error('no nats-server on the PATH: install it, or set QLOOM_NATS_SERVER to its path');
      });
    });
  } else {
    process.stderr.write(`skipped: no nats-server on the PATH or in QLOOM_NATS_SERVER: ${title}\n`);
    describe.skip(title, body);
  }
}

/**
 * A `describe` for each server that there is: the one that {@link findNatsServer} finds, which a distribution may ship
 * old, and the current one that `QLOOM_NATS_SERVER_CURRENT` names (with a notice where it names none). `body` gets the
 * program to start. Throws when the variable names something else.
 */
export function describeWithEachNats(title: string, body: (program: string | undefined) => void): void {
  describeWithNats(`${title}, nats-server ${findNatsServer()?.version}`, () => body(undefined));
  const program = process.env['QLOOM_NATS_SERVER_CURRENT'];
  if (!program) {
    process.stderr.write(`skipped: QLOOM_NATS_SERVER_CURRENT is not set: ${title}, current\n`);
    return;
  }
  const found = findNatsServer(program);
  if (!found) throw new Error(`QLOOM_NATS_SERVER_CURRENT: ${program} is no nats-server`);
  describe(`${title}, nats-server ${found.version}`, () => body(program));
}
