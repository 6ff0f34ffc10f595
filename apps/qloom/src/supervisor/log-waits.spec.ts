import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchLogWaits } from './log-waits.ts';

const line = (message: string, level = 'warn'): string => `${JSON.stringify({ level, message })}\n`;

describe('what services wait for', () => {
  let folder: string;
  let logs: Map<string, string>;
  let stop: () => void;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qloom-log-waits-'));
    logs = new Map(['fit', 'agent'].map((name) => [name, join(folder, `${name}.log`)]));
  });

  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  /** Starts to follow; `next` resolves with the next reported wait. */
  function follow(): { next(): Promise<string> } {
    const told: string[] = [];
    let wake = (): void => {};
    stop = watchLogWaits(
      logs,
      (service, reason) => {
        told.push(`${service}: ${reason}`);
        wake();
      },
      1,
    );
    return {
      async next() {
        while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return told.shift() as string;
      },
    };
  }

  it('is reported once for each reason, from later logs too, and not from earlier lines', async () => {
    writeFileSync(logs.get('fit') as string, line('NATS: old; trying again'));
    const { next } = follow();
    appendFileSync(logs.get('fit') as string, line('ready', 'info') + line('NATS: no room; trying again'));
    expect(await next()).toBe('fit: NATS: no room; trying again');
    writeFileSync(logs.get('agent') as string, line('NATS: no room; trying again') + line('b; trying again'));
    expect(await next()).toBe('agent: b; trying again');
  });

  it('is read from whole lines alone, and lines that are no warnings do not matter', async () => {
    const path = logs.get('agent') as string;
    const { next } = follow();
    const [start, end] = [line('half; trying again').slice(0, 20), line('half; trying again').slice(20)];
    writeFileSync(path, `null\n{; trying again\n${line('x; trying again', 'info')}${line('a; trying again')}${start}`);
    expect(await next()).toBe('agent: a; trying again');
    appendFileSync(path, end);
    expect(await next()).toBe('agent: half; trying again');
  });

  it('is found behind more than is read at a time', async () => {
    const { next } = follow();
    writeFileSync(logs.get('fit') as string, line('x'.repeat(200_000)) + line('late; trying again'));
    expect(await next()).toBe('fit: late; trying again');
  });
});
