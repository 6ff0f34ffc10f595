import { mkdtempSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type ServiceEvent, type ServiceProgram, type SupervisedService, superviseService } from './service-process.ts';

const NO_WAIT = { firstMs: 1, maximumMs: 1 };

/** A program of plain JavaScript in a folder of its own; it is ready when it has written the file `ready`. */
function program(script: string): ServiceProgram & { readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-program-'));
  writeFileSync(join(folder, 'main.mjs'), `import { renameSync, writeFileSync } from 'node:fs';\n${script}`);
  return {
    name: 'toy',
    main: join(folder, 'main.mjs'),
    env: { FOLDER: folder },
    logPath: join(folder, 'toy.log'),
    folder,
    ready: (signal) => fileAppears(folder, 'ready', signal),
  };
}

function fileAppears(folder: string, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, (_kind, file) => {
      if (file !== name) return;
      watcher.close();
      resolve();
    });
    signal.addEventListener('abort', () => {
      watcher.close();
      reject(signal.reason);
    });
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Renamed to its path: a reader never sees a partial file.
const READY =
  "writeFileSync(process.env.FOLDER + '/new', String(process.pid)); renameSync(process.env.FOLDER + '/new', " +
  "process.env.FOLDER + '/ready'); setInterval(() => {}, 1e6);";

describe('superviseService', () => {
  let service: SupervisedService | undefined;
  afterEach(() => service?.stop(100));

  it('gives up a service that never serves, with its code and the readable tail of its log', async () => {
    const toy = program(
      'console.error(JSON.stringify({ level: "error", service: "toy", message: "no luck", port: 7 })); process.exit(4);',
    );
    service = superviseService(toy, { backoff: NO_WAIT });
    const message = `toy ended 3 times without serving (exit code 4). The end of its log, ${toy.logPath}:\n`;
    await expect(service.started).rejects.toThrow(message);
    await expect(service.givenUp).rejects.toThrow('error  no luck  port=7');
    expect(readFileSync(toy.logPath, 'utf8').trim().split('\n')).toHaveLength(3);
  });

  it('does not try again what a wrong environment ends', async () => {
    const toy = program('console.error("QLOOM_LOG: wrong"); process.exit(2);');
    service = superviseService(toy, { backoff: NO_WAIT });
    await expect(service.started).rejects.toThrow('toy ended once without serving (exit code 2)');
  });

  it('counts a start that hangs as a crash', async () => {
    service = superviseService(program('setInterval(() => {}, 1e6);'), { readyTimeoutMs: 300, startAttempts: 1 });
    await expect(service.started).rejects.toThrow('not ready after 0.3 s');
  });

  it('starts a service again each time it ends after it served', async () => {
    const toy = program(`process.on('SIGUSR2', () => process.exit(7)); ${READY}`);
    const events: ServiceEvent[] = [];
    const third = Promise.withResolvers<void>();
    service = superviseService(toy, {
      backoff: NO_WAIT,
      onEvent: (event) => {
        events.push(event);
        if (event.kind !== 'ready') return;
        if (event.restarts === 2) third.resolve();
        else process.kill(event.pid, 'SIGUSR2');
      },
    });
    await third.promise;
    expect(events.map((event) => event.kind)).toEqual(['ready', 'crashed', 'ready', 'crashed', 'ready']);
    expect(events[1]).toMatchObject({ how: 'exit code 7' });
  });

  it('kills what does not end on SIGTERM, and what it has started', async () => {
    const toy = program(
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
       writeFileSync(process.env.FOLDER + '/child', String(child.pid));
       process.on('SIGTERM', () => {}); ${READY}`,
    );
    service = superviseService(toy);
    await service.started;
    const pids = ['ready', 'child'].map((name) => Number(readFileSync(join(toy.folder, name), 'utf8')));
    expect(pids.every(isAlive)).toBe(true);
    await service.stop(50);
    expect(isAlive(pids[0])).toBe(false);
    // The grandchild is no child of ours: it is gone once its new parent has reaped it, of which nothing tells us.
    while (isAlive(-pids[0])) await setTimeout(10);
  });

  it('may be stopped before it serves', async () => {
    service = superviseService(program('setInterval(() => {}, 1e6);'));
    await service.stop(1_000);
    await expect(service.started).rejects.toThrow('toy was stopped before it was ready');
    expect(service.pid()).toBeUndefined();
  });
});
