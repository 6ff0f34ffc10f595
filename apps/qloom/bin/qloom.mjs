#!/usr/bin/env node
// Entry point of the command line. Without dependencies and runnable by Node 20: it starts src/main.ts, under this Node
// where it runs TypeScript as it is (22.18 or later), else under the Node 24 that npm installed.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '../src/main.ts');

/** Whether this Node runs .ts files without a flag. */
function runsTypeScript() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return (major > 22 || (major === 22 && minor >= 18)) && Boolean(process.features.typescript);
}

/** `node_modules/.bin` folders from here upwards that hold a Node of their own. */
function installedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules/.bin/node');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

// Compiled code is cached between starts, for the services too: it halves the time to start.
process.env.NODE_COMPILE_CACHE ??= join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'qloom/compiled');

if (runsTypeScript()) {
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(pathToFileURL(main).href);
} else {
  const node = installedNode();
  if (node === undefined) {
    console.error(
      `qloom: Node ${process.versions.node} cannot run it, and node_modules holds no Node 24. ` +
        'Run "npm install" in the repository, or use Node 22.18 or later.',
    );
    process.exit(1);
  }
  if (process.env.QLOOM_LAUNCHER_PID !== undefined) {
    console.error(`qloom: ${node} is no Node that runs TypeScript. Run "npm install" in the repository.`);
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      // main.ts ends when this process is killed with SIGKILL.
      QLOOM_LAUNCHER_PID: String(process.pid),
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    },
  });
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (signal) => child.kill(signal);
  for (const signal of forwarded) process.on(signal, forward);
  child.on('error', (error) => {
    console.error(`qloom: ${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    for (const name of forwarded) process.off(name, forward);
    if (signal === null) process.exit(code ?? 1);
    process.kill(process.pid, signal);
  });
}
