import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SERVICE_NAMES, type ServiceName } from '@qloom/study-rpc/services.ts';
import { targetsFromEnvironment } from '../study-file/targets.ts';
import { type LocalServices, startLocalServices } from './local-services.ts';
import { isServing, waitUntilServing } from './probe.ts';
import type { ServiceEvent } from './service-process.ts';

const FAKE = fileURLToPath(new URL('../testing/fake-service-main.ts', import.meta.url));
const FAKES = Object.fromEntries(SERVICE_NAMES.map((service) => [service, FAKE]));
const TWO = ['generator', 'agent'] as const;
const logFolder = (): string => mkdtempSync(join(tmpdir(), 'qloom-logs-'));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when the process that serves on a unix socket has closed it: at the latest when it has ended. */
function closed(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(target.slice('unix:'.length));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
  });
}

describe('the local services', () => {
  let running: LocalServices | undefined;
  let supervisor: ChildProcess | undefined;
  afterEach(async () => {
    supervisor?.kill('SIGKILL');
    await running?.stop();
    running = undefined;
  });

  it('serve on short unix sockets, and leave neither process nor socket behind', async () => {
    running = startLocalServices({ logFolder: logFolder(), mains: FAKES, services: TWO });
    await running.started;
    const { targets } = running;
    for (const service of TWO) {
      expect(Buffer.byteLength(targets[service])).toBeLessThan(100);
      expect(await isServing(targets[service])).toBe(true);
    }
    const pids = Object.values(running.pids());
    expect(pids).toHaveLength(2);
    await running.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(dirname(targets.agent.slice('unix:'.length)))).toBe(false);
  });

  it('are restarted on the same address after a kill -9, which is reported', async () => {
    const events: ServiceEvent[] = [];
    const back = Promise.withResolvers<void>();
    running = startLocalServices({
      logFolder: logFolder(),
      mains: FAKES,
      services: ['generator'],
      onEvent: (event) => {
        events.push(event);
        if (event.kind === 'ready' && event.restarts === 1) back.resolve();
      },
    });
    await running.started;
    const first = running.pids().generator ?? 0;
    process.kill(first, 'SIGKILL');
    await back.promise;
    expect(running.pids().generator).not.toBe(first);
    await waitUntilServing(running.targets.generator, AbortSignal.timeout(30_000));
    expect(events[1]).toEqual({ kind: 'crashed', service: 'generator', how: 'signal SIGKILL', againInMs: 100 });
  });

  it('end when their supervisor is killed with SIGKILL, and the next one removes what it left', async () => {
    const script = fileURLToPath(new URL('../testing/supervise-fakes-main.ts', import.meta.url));
    const child = spawn(process.execPath, [script, logFolder()], { stdio: ['ignore', 'pipe', 'inherit'] });
    supervisor = child;
    const targets = await new Promise<Record<ServiceName, string>>((resolve) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    });
    const ends = TWO.map((service) => closed(targets[service]));
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await Promise.all([...ends, gone]);
    const left = dirname(targets.agent.slice('unix:'.length));
    expect(existsSync(left)).toBe(true);
    running = startLocalServices({ logFolder: logFolder(), mains: FAKES, services: ['generator'] });
    await running.started;
    expect(existsSync(left)).toBe(false);
  });

  it('take addresses of custom services; ours of that kind still runs as well, except the agent', async () => {
    const targets = targetsFromEnvironment({
      QLOOM_QNN_SIM_TARGET: 'host:1',
      QLOOM_AGENT_TARGET: 'host:2',
      QLOOM_GENERATOR_TARGET: '',
    });
    expect(targets).toEqual({ 'qnn-sim': 'host:1', agent: 'host:2' });
    running = startLocalServices({ logFolder: logFolder(), mains: FAKES, targets, services: ['qnn-sim', 'agent'] });
    await running.started;
    expect(running.targets['qnn-sim']).toBe('host:1');
    expect(Object.keys(running.pids())).toEqual(['qnn-sim']);
  });
});
