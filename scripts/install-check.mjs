// Compares node_modules with package-lock.json, and installs what is missing. Dependency-free, for Node 20.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import process from 'node:process';

const STAMP = 'node_modules/.qloom-installed.json';
/** Optional packages that npm drops silently if their install script fails, and that this script installs. */
const DROPPED = ['node_modules/onnxruntime-node'];
const NO_NETWORK = /\b(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * State of node_modules: 'develop' (everything), 'run' (everything but what only development needs) or 'nothing' that
 * matches the lock file. Reads the stamp of an earlier check, else compares npm's own record with the lock file entry
 * by entry, so that an `npm ci` by hand counts too. Optional packages (other platforms') may be absent, but for those
 * that a failed script has dropped.
 */
export function installedMode(root) {
  const lockPath = join(root, 'package-lock.json');
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return 'nothing';
  const stamp = readJson(join(root, STAMP));
  if (stamp?.lock === lockHash(root) && (stamp.mode === 'run' || stamp.mode === 'develop')) return stamp.mode;
  const wanted = readJson(lockPath)?.packages ?? {};
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages ?? {};
  if (DROPPED.some((path) => wanted[path] !== undefined && present[path] === undefined)) return 'nothing';
  let developmentComplete = true;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || entry.optional || entry.peer || entry.devOptional) continue;
    const matches = present[path]?.version === entry.version && present[path]?.resolved === entry.resolved;
    if (matches) continue;
    if (!entry.dev) return 'nothing';
    developmentComplete = false;
  }
  return developmentComplete ? 'develop' : 'run';
}

/** SHA-256 of package-lock.json, hexadecimal. */
export function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Whether `installed` serves for `mode`: a development install runs everything. */
export function serves(installed, mode) {
  return installed === 'develop' || installed === mode;
}

/**
 * Arguments of npm for a mode. `npm install --no-save` takes what the lock file says and leaves that file alone. `npm ci`
 * would do the same, but it refuses a lock file that lacks the optional packages of other platforms, as one written where
 * the registry does not carry them all does, and it deletes the Node it may be running under.
 */
export function npmArguments(mode) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  return ['install', '--no-save', mode === 'run' ? '--omit=dev' : '--include=dev', ...quiet];
}

/** PATH without node_modules/.bin: npm may replace the Node that lies there while it works. */
export function outerPath(path) {
  return path
    .split(delimiter)
    .filter((folder) => !folder.includes(`node_modules${sep}.bin`))
    .join(delimiter);
}

/** The command that runs npm: npm's own script under a Node outside node_modules where npm started us. */
function npmCommand(path) {
  const script = process.env.npm_execpath;
  if (script === undefined || !script.endsWith('.js')) return { command: 'npm', prefix: [] };
  const inside = process.execPath.includes(`${sep}node_modules${sep}`);
  const outer = path
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find(existsSync);
  return { command: inside && outer !== undefined ? outer : process.execPath, prefix: [script] };
}

function runNpm(root, args) {
  const path = outerPath(process.env.PATH ?? '');
  const { command, prefix } = npmCommand(path);
  return new Promise((resolve) => {
    const child = spawn(command, [...prefix, ...args], {
      cwd: root,
      // onnxruntime-node would download the CUDA libraries: 300 MB, and without that host it is left out.
      env: { ONNXRUNTIME_NODE_INSTALL: 'skip', ...process.env, PATH: path },
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      process.stderr.write(chunk);
      errors = (errors + chunk).slice(-20_000);
    });
    child.on('error', (error) => resolve({ code: 1, errors: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, errors }));
  });
}

/**
 * Brings node_modules to `mode` unless it is there already. Returns whether it installed, and `error`, for people,
 * where it could not. `install` runs npm and is exchanged in tests.
 */
export async function ensureInstalled(root, mode, install = runNpm, say = console.error) {
  if (!existsSync(join(root, 'package-lock.json'))) {
    return { installed: false, error: `${root} has no package-lock.json; run this inside a full checkout` };
  }
  const stamp = (value) =>
    writeFileSync(join(root, STAMP), `${JSON.stringify({ lock: lockHash(root), mode: value })}\n`);
  const before = installedMode(root);
  if (serves(before, mode)) {
    stamp(before);
    return { installed: false };
  }
  const args = npmArguments(mode);
  say(`Installing what ${mode === 'run' ? 'running' : 'developing'} needs: npm ${args.join(' ')} (about a minute)`);
  const started = Date.now();
  const { code, errors } = await install(root, args);
  if (code !== 0) {
    const error = NO_NETWORK.test(errors)
      ? 'npm could not reach its registry. Connect to the network (or set the registry of your own), and try again.'
      : `"npm ${args.join(' ')}" ended with code ${code}; its message is above.`;
    return { installed: false, error };
  }
  stamp(mode);
  say(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
  return { installed: true };
}
