import { existsSync } from 'node:fs';
import { type Checkout, createCheckout } from './checkout.ts';
import { openShell, type Shell } from './run-shell.ts';

describe('a shell in a checkout', () => {
  let checkout: Checkout;
  let shell: Shell;
  beforeEach(async () => {
    checkout = await createCheckout();
    shell = openShell(checkout);
  });
  afterEach(async () => {
    await shell.close();
    await checkout.remove();
  });

  it('stops at the first command that fails, in a pipe too', async () => {
    expect(await shell.run('echo one; false; echo two')).toMatchObject({ status: 1, stdout: 'one\n' });
    expect(await shell.run('(exit 3) | cat\necho two')).toMatchObject({ status: 3, stdout: '' });
    expect(await shell.run('echo out; echo err >&2')).toEqual({ status: 0, stdout: 'out\n', terminal: 'out\nerr\n' });
  });

  it('keeps the files of one text for the next, and nothing of ours is on its PATH', async () => {
    await shell.run('echo 1 > made');
    expect(await shell.run('cat made; echo $PATH')).toMatchObject({
      stdout: expect.stringMatching(/^1\n(?!.*node_modules)/),
    });
    expect(existsSync(checkout.file('qloom-runs'))).toBe(false);
  });

  it('does not wait for what runs in the background, and stops it in the end', async () => {
    const { status, stdout } = await shell.run('sleep 1000 & echo $!');
    expect(status).toBe(0);
    const pid = Number(stdout);
    expect(process.kill(pid, 0)).toBe(true);
    await shell.close();
    expect(await shell.run(`kill -0 ${pid} && ! grep -q '^State:.Z' /proc/${pid}/status`)).not.toMatchObject({
      status: 0,
    });
  });

  it('stops what runs until it is stopped once it has printed what it is to print', async () => {
    const end = await shell.runUntil('echo ready; exec sleep 1000', 'ready');
    expect(end.terminal).toBe('ready\n');
    await expect(shell.runUntil('echo gone', 'ready')).rejects.toThrow('it ended without "ready":\ngone');
  });
});
