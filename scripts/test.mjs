// `npm test`: types, lint, boundaries, contracts, generated code, and every project's tests.
// `npm test -- tensor agent` runs the tests of those projects only.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules/.bin');
const scratch = mkdtempSync(join(tmpdir(), 'qloom-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const failures = join(scratch, 'failures');
const env = {
  ...process.env,
  QLOOM_TEST_FAILURES: failures,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
};
const projects = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));

function step(title, command, args, options = {}) {
  console.log(`\n── ${title}`);
  const { status, error } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit', ...options });
  if (error) console.error(String(error));
  return status === 0;
}

/** Whether the commit graph has a main branch to compare contracts with. */
function mainBranch() {
  for (const name of ['origin/main', 'main']) {
    const { status } = spawnSync('git', ['cat-file', '-e', `${name}:proto/buf.yaml`], { cwd: root, stdio: 'ignore' });
    if (status === 0) return name;
  }
  return undefined;
}

/** Runs every project's tests through Nx, and sums up the counts of jest. */
function tests() {
  console.log('\n── tests');
  const selection = projects.length > 0 ? [`--projects=${projects.join(',')}`] : [];
  const args = ['run-many', '-t', 'test', '--parallel=2', '--outputStyle=stream', ...selection];
  return new Promise((resolve) => {
    const child = spawn('nx', args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const counts = { passed: 0, failed: 0, skipped: 0 };
    let rest = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      process.stdout.write(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) count(line, counts);
    });
    child.on('error', (error) => {
      console.error(String(error));
      resolve({ ok: false, counts });
    });
    child.on('close', (code) => {
      count(rest, counts);
      resolve({ ok: code === 0, counts });
    });
  });
}

function count(line, counts) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes of a terminal
  const plain = line.replaceAll(/\u001b\[[0-9;]*m/g, '');
  if (!/\bTests:\s/.test(plain)) return;
  for (const key of Object.keys(counts)) {
    const match = plain.match(new RegExp(`(\\d+) ${key}`));
    if (match) counts[key] += Number(match[1]);
  }
}

const checks = [];
if (projects.length === 0) {
  checks.push(['types', step('types', 'tsc', ['-p', 'tsconfig.json'])]);
  checks.push(['lint and format', step('lint and format', 'biome', ['check', '.'])]);
  checks.push([
    'module boundaries',
    step('module boundaries', 'depcruise', [
      ...['--config', '.dependency-cruiser.cjs', '--no-progress'],
      ...['libs', 'services', 'apps', 'conformance', 'e2e', 'bench'],
    ]),
  ]);
  checks.push(['contracts: lint', step('contracts: lint', 'buf', ['lint'], { cwd: join(root, 'proto') })]);
  const main = mainBranch();
  if (main === undefined)
    console.log('\n── contracts: breaking changes\nSkipped: there is no main branch to compare with.');
  else {
    const against = `${join(root, '.git')}#format=git,ref=${main},subdir=proto`;
    const name = `contracts: breaking changes against ${main}`;
    checks.push([name, step(name, 'buf', ['breaking', '--against', against], { cwd: join(root, 'proto') })]);
  }
  // Programs of a recorded version may share a log with today's (docs/adr/0055-contracts-change-additively.md).
  const recorded = readdirSync(join(root, 'e2e/src/recorded'), { withFileTypes: true });
  for (const { name: version } of recorded.filter((entry) => entry.isDirectory())) {
    const against = join(root, 'e2e/src/recorded', version, 'descriptors.binpb.gz');
    const name = `contracts: breaking changes against ${version}`;
    checks.push([name, step(name, 'buf', ['breaking', '--against', against], { cwd: join(root, 'proto') })]);
  }
  checks.push(['generated code', step('generated code', 'node', ['scripts/generate.mjs', '--check'])]);
}
const { ok, counts } = await tests();
checks.push(['tests', ok]);

// The output of two dozen projects is long: what failed stands once more at its end.
if (existsSync(failures)) console.log(`\n── failed tests\n${readFileSync(failures, 'utf8').trimEnd()}`);
console.log('');
for (const [name, passed] of checks) console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name}`);
console.log(`\nTests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(checks.every(([, passed]) => passed) ? 0 : 1);
