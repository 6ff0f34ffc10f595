import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Programs run when they are imported; everything else must be importable. */
function isProgram(file: string): boolean {
  return /\/([a-z-]+-)?main\.ts$/.test(file) || /from 'node:worker_threads'|^await runService\(/m.test(read(file));
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

function node(...args: string[]) {
  // A file that runs for ever when it is imported is a program that is not named as one: killed, so that the test can say so.
  return spawnSync('node', args, { cwd: root, encoding: 'utf8', timeout: 240_000 });
}

const sources = globSync('{libs,services,apps,bench,conformance}/**/*.ts', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name === 'fixtures',
})
  .filter((file) => !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'))
  .sort();

// jest runs the same files through swc, which accepts what Node does not: an interface imported without `type`.
describe('plain Node', () => {
  it('imports every source file', () => {
    const modules = sources.filter((file) => !isProgram(file));
    const program = `
      const failures = [];
      for (const file of ${JSON.stringify(modules)}) {
        process.stderr.write(file + '\\n');
        try { await import(${JSON.stringify(`file://${root}`)} + file); }
        catch (error) { failures.push(file + ': ' + error.message); }
      }
      console.log(JSON.stringify(failures));
      process.exit(0);`;
    const run = node('--input-type=module', '--eval', program);
    const last = run.stderr.trim().split('\n').at(-1);
    expect({ status: run.status, last }).toEqual({ status: 0, last: modules.at(-1) });
    expect(JSON.parse(run.stdout.trim().split('\n').at(-1)!)).toEqual([]);
  });

  it.each(sources.filter((file) => /(services|bench)\/.*src\/main\.ts$/.test(file)))('starts %s', (file) => {
    const run = node(file, '--help');
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.stdout.length).toBeGreaterThan(100);
  });

  it.each(globSync('apps/*/bin/*.mjs', { cwd: root }))('starts %s', (file) => {
    const run = node(file, '--help');
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/usage/i);
  });

  it.each(sources.filter((file) => /from 'node:worker_threads'/.test(read(file)) && /parentPort/.test(read(file))))(
    'loads the worker %s',
    (file) => {
      const program = `
        const { Worker } = require('node:worker_threads');
        const load = 'import(' + JSON.stringify('file://' + process.argv[1]) + ').then(() => require("node:worker_threads").parentPort.postMessage("loaded"))';
        const worker = new Worker(load, { eval: true, workerData: {} });
        worker.on('message', (message) => { if (message === 'loaded') { console.log('loaded'); process.exit(0); } });
        worker.on('error', (error) => { console.error(error); process.exit(1); });`;
      const run = node('--eval', program, join(root, file));
      expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  // The Node on the PATH may be one that runs no TypeScript, such as 20: what is printed must not depend on it.
  it.each(globSync('services/*/README.md', { cwd: root }))('of npm starts a service as %s prints it', (file) => {
    const service = file.split('/')[1];
    const [printed] = /npx node services\/[a-z-]+\/src\/main\.ts --help/.exec(read(file)) ?? [];
    expect(printed).toBe(`npx node services/${service}/src/main.ts --help`);
    const elsewhere = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.includes('node_modules/.bin'));
    const env = { ...process.env, PATH: elsewhere.join(':') };
    const run = spawnSync('sh', ['-c', printed ?? ''], { cwd: root, encoding: 'utf8', env, timeout: 240_000 });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(new RegExp(`^${service}: `));
  });
});
