// `npm run test:seeds -- 200`: runs every test with a property of fast-check 200 times, each time with another seed. All rounds
// of a spec run in one process (jest.seeds.cjs), so that a round costs what its properties cost.
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const USAGE = `usage: npm run test:seeds -- [ROUNDS] [--only PROJECT]...

ROUNDS            how often each test with a property runs, each time with another seed (20)
--only PROJECT    the tests of this project alone, by its folder's name; may be repeated
QLOOM_TEST_SEED   the first round's seed, an integer of 32 bits; one is drawn where it is not set`;

class UsageError extends Error {}

/** Parses the command line. Throws {@link UsageError}. */
function readArguments(args, projects) {
  let parsed;
  try {
    const options = { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } };
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  const [rounds = '20', ...rest] = positionals;
  if (!/^[1-9]\d{0,8}$/.test(rounds)) throw new UsageError(`ROUNDS: "${rounds}" is not a number from 1 to 999999999`);
  if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one argument too many`);
  const only = values.only ?? projects.map((project) => basename(project));
  const names = new Set(projects.map((project) => basename(project)));
  for (const name of only) {
    if (!names.has(name)) throw new UsageError(`--only: "${name}" is not one of ${[...names].join(', ')}`);
  }
  return { rounds: Number(rounds), only: new Set(only), help: values.help === true };
}

/** The projects with property tests: folder → its specs that import fast-check, both relative to the root. */
function propertySpecs() {
  const projects = new Map();
  const exclude = (name) => name === 'node_modules' || name === 'fixtures';
  for (const config of globSync('{*,*/*}/jest.config.cjs', { cwd: root, exclude }).sort()) {
    const project = dirname(config);
    const specs = globSync(`${project}/**/*.spec.ts`, { cwd: root, exclude }).sort();
    const found = specs.filter((spec) => /from 'fast-check'/.test(readFileSync(join(root, spec), 'utf8')));
    if (found.length > 0) projects.set(project, found);
  }
  return projects;
}

/** Runs jest once on the specs. Resolves with the status to exit with. */
function runRounds(projects, { rounds, seed }) {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const args = [jest, '--projects', ...projects.keys(), '--runTestsByPath', ...[...projects.values()].flat()];
  const env = { ...process.env, QLOOM_TEST_ROUNDS: String(rounds), QLOOM_TEST_SEED: String(seed) };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' });
  // A terminal sends Ctrl-C to jest as well; a signal to this process alone is passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGINT' ? 2 : 15)));
  });
}

try {
  const projects = propertySpecs();
  const { rounds, only, help } = readArguments(process.argv.slice(2), [...projects.keys()]);
  if (help) {
    console.log(USAGE);
  } else {
    for (const project of projects.keys()) if (!only.has(basename(project))) projects.delete(project);
    const seed = process.env.QLOOM_TEST_SEED || String(Date.now() | 0);
    console.log(`${rounds} rounds, from seed ${seed}: ${[...projects.values()].flat().length} specs`);
    process.exitCode = await runRounds(projects, { rounds, seed });
    if (process.exitCode === 0) console.log(`All properties held in ${rounds} rounds.`);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`test:seeds: ${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
