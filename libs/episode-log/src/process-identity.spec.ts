import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identifySelf, isKnownDead } from './process-identity.ts';

describe('isKnownDead', () => {
  const self = identifySelf();

  it('reports this process as alive', () => {
    expect(isKnownDead(self, self)).toBe(false);
  });

  it('reports a killed child as dead', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const other = { ...self, pid: child.pid ?? 0, start: '' };
    expect(isKnownDead(other, self)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isKnownDead(other, self)).toBe(true);
  });

  it('distinguishes a process of the same id that started at another time', () => {
    const isLinux = self.start !== '';
    expect(isKnownDead({ ...self, start: '1' }, self)).toBe(isLinux);
  });

  it('does not judge processes of another host or container', () => {
    expect(isKnownDead({ world: 'elsewhere', pid: 2 ** 22 + 1, start: '1' }, self)).toBe(false);
  });
});
