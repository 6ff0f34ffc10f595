import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identifySelf, isKnownDead } from './process-identity.ts';

describe('isKnownDead', () => {
  const self = identifySelf();

  it('knows that this process lives', () => {
    expect(isKnownDead(self, self)).toBe(false);
  });

  it('knows that a killed child is dead', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const other = { ...self, pid: child.pid ?? 0, start: '' };
    expect(isKnownDead(other, self)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isKnownDead(other, self)).toBe(true);
  });

  it('takes a process of the same id that started at another time for another', () => {
    const isLinux = self.start !== '';
    expect(isKnownDead({ ...self, start: '1' }, self)).toBe(isLinux);
  });

  it('does not judge processes of another host or container', () => {
    expect(isKnownDead({ world: 'elsewhere', pid: 2 ** 22 + 1, start: '1' }, self)).toBe(false);
  });
});
