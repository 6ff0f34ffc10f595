import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../command/errors.ts';
import { makeOwnedTempFolder } from './owned-temp-folder.ts';

const OWNER = fileURLToPath(new URL('../testing/owned-folder-main.ts', import.meta.url));

let base: string;
const owners: ChildProcess[] = [];

beforeEach(() => {
  base = mkdtempSync('/tmp/owned-');
});
afterEach(async () => {
  for (const owner of owners.splice(0)) await killed(owner);
  rmSync(base, { recursive: true, force: true });
});

/** A process that owns a folder. */
async function startOwner(): Promise<{ owner: ChildProcess; folder: string }> {
  const owner = spawn(process.execPath, [OWNER], {
    env: { ...process.env, TMPDIR: base },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(owner);
  const [folder] = await once(createInterface({ input: owner.stdout }), 'line');
  return { owner, folder };
}

async function killed(owner: ChildProcess): Promise<void> {
  if (owner.exitCode !== null || owner.signalCode !== null) return;
  const ended = once(owner, 'exit');
  owner.kill('SIGKILL');
  await ended;
}

describe('a temporary folder of a process', () => {
  it('is removed with its content by the next process where its owner was killed', async () => {
    const { owner, folder } = await startOwner();
    writeFileSync(join(folder, 'generator.sock'), '');
    await killed(owner);
    expect(existsSync(folder)).toBe(true);
    const next = makeOwnedTempFolder(base);
    expect(readdirSync(base).map((name) => join(base, name))).toEqual([next]);
  });

  it('stays while its owner lives, and so does whatever is not one', async () => {
    const dead = await startOwner();
    const alive = await startOwner();
    await killed(dead.owner);
    const own = makeOwnedTempFolder(base);
    expect(existsSync(dead.folder)).toBe(false);
    // Names of the dead that are no folder of theirs, of another machine, and of other programs.
    writeFileSync(dead.folder, 'a file');
    const linked = `${dead.folder.slice(0, -6)}linked`;
    const elsewhere = mkdtempSync('/tmp/owned-elsewhere-');
    symlinkSync(elsewhere, linked);
    const foreign = dead.folder.replace(/qloom-[0-9a-f]{6}-/, 'qloom-000000-');
    const others = [foreign, join(base, 'qloom-abc123'), join(base, 'qloom-logs-abc123'), `${dead.folder}-copy`];
    for (const other of others) mkdirSync(other);
    const next = makeOwnedTempFolder(base);
    for (const path of [alive.folder, own, next, dead.folder, linked, elsewhere, ...others]) {
      expect([path, existsSync(path)]).toEqual([path, true]);
    }
    rmSync(elsewhere, { recursive: true });
  });

  it('has no living owner where the process id was reused', () => {
    const own = makeOwnedTempFolder(base);
    const [, world, pid, start] = own.slice(base.length + 1).split('-');
    // On a system without /proc the start time of a process is unknown.
    if (start === '') return;
    const earlier = join(base, `qloom-${world}-${pid}-1-abcdef`);
    mkdirSync(earlier);
    makeOwnedTempFolder(base);
    expect([existsSync(own), existsSync(earlier)]).toEqual([true, false]);
  });

  it('may be removed by several processes at once', async () => {
    const dead = await Promise.all([1, 2, 3].map(() => startOwner()));
    await Promise.all(dead.map(({ owner }) => killed(owner)));
    const alive = await Promise.all([1, 2, 3].map(() => startOwner()));
    expect(
      readdirSync(base)
        .map((name) => join(base, name))
        .sort(),
    ).toEqual(alive.map(({ folder }) => folder).sort());
  });

  it('has a path that is short enough for a socket, and is refused by name where TMPDIR is none', () => {
    expect(Buffer.byteLength(join(makeOwnedTempFolder(base), 'discriminator.sock'))).toBeLessThanOrEqual(103);
    expect(() => makeOwnedTempFolder(`${base}/no`)).toThrow(CommandError);
    expect(() => makeOwnedTempFolder(`${base}/no`)).toThrow(
      /\/no: no folder for temporary files can be made there.*set TMPDIR to a folder/,
    );
  });
});
