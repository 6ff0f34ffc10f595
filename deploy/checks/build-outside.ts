// Builds a target of the Dockerfile in a folder, without a container: `node deploy/checks/build-outside.ts generator`. Runs COPY and
// RUN of the stages it is made of, those of copied stages first, and starts its command. `apt-get` is left out, as are whole images
// that are copied from. Not a test: it installs all packages, which takes minutes and a registry.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chainOf, parseDockerfile, type Stage } from './dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.argv[2] ?? 'generator';
const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
if (!stages.some(({ name }) => name === target)) {
  console.error(`${target} is no stage; right would be one of ${stages.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'qloom-image-'));
const env: Record<string, string | undefined> = { ...process.env };
let command: string[] = [];

/** What `.dockerignore` leaves out. */
const isIgnored = (path: string): boolean =>
  /(^|\/)(node_modules|qloom-runs|\.git|\.nx)$|\.spec\.ts$/.test(relative(root, path));

function copy(value: string): void {
  const paths = value.split(/\s+/).filter((part) => !part.startsWith('--'));
  const to = paths.at(-1) ?? '.';
  for (const from of paths.slice(0, -1)) {
    const destination = paths.length > 2 || to.endsWith('/') ? join(to, basename(from)) : to;
    mkdirSync(dirname(join(folder, destination)), { recursive: true });
    cpSync(join(root, from), join(folder, destination), {
      recursive: true,
      filter: (path) => !isIgnored(path),
      verbatimSymlinks: true,
    });
  }
}

function build({ instructions }: Stage): void {
  for (const { name, value } of instructions) {
    if (name === 'COPY') {
      const [, from] = /--from=(\S+)/.exec(value) ?? [];
      if (from === undefined) copy(value);
      else for (const stage of chainOf(stages, from).filter(({ name }) => name.startsWith('install'))) build(stage);
    } else if (name === 'RUN' && !value.includes('apt-get') && !value.includes('/cuda-11')) {
      console.log(`RUN ${value}`);
      execFileSync('sh', ['-ec', value], { cwd: folder, stdio: 'inherit', env: { ...process.env, NODE_ENV: '' } });
    } else if (name === 'ENV') {
      for (const [, key, given] of value.matchAll(/(\w+)=(\S+)/g)) env[key] = given;
    } else if (name === 'CMD') {
      command = JSON.parse(value);
    }
  }
}

try {
  for (const stage of chainOf(stages, target)) build(stage);
  console.log(`CMD ${command.join(' ')}`);
  const child = spawn(command[0], command.slice(1), {
    cwd: folder,
    env: { ...env, QLOOM_LISTEN: '127.0.0.1:0', LD_LIBRARY_PATH: process.env['LD_LIBRARY_PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', (line) => {
    console.log(line);
    child.kill('SIGTERM');
  });
  process.exitCode = await new Promise<number>((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
