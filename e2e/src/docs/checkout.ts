import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTempFolder, type TempFolder } from '@qloom/testing/temp-folder.ts';
import { isMap, parseDocument } from 'yaml';

/** The repository that these tests are part of. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Reduced settings of studies, so that they take seconds instead of minutes. */
const SMALL: readonly (readonly [section: string, field: string, value: unknown])[] = [
  ['data', 'test', 30],
  ['qnn', 'steps', 10],
  ['', 'folds', 2],
  ['', 'qnnSeeds', 1],
  ['', 'sobol', 2],
  ['', 'batch', 2],
  ['space', 'gan.steps?', 20],
  ['space', 'vae.width?', 16],
  ['space', 'disc.filters?', [8]],
  ['space', 'gan.batchSize?', [16]],
  ['evaluation', 'draws', 2],
  ['evaluation', 'rivals', ['noise']],
  ['evaluation', 'rivalEvaluations', 2],
];

/** Episodes of the quickstart, the last of which pages look at, and of other studies. */
const EPISODES = { quickstart: 6, others: 4 } as const;

/** The text of a study file with few episodes, and as few steps and draws as a study can do with. Its problem and its QNN stay. */
function smallStudy(text: string): string {
  const study = parseDocument(text);
  const isSearched = study.get('episodes') !== 0;
  if (isSearched) study.set('episodes', study.get('name') === 'quickstart' ? EPISODES.quickstart : EPISODES.others);
  for (const [section, field, value] of SMALL) {
    if (section !== '' && !isMap(study.get(section))) continue;
    if (!isSearched && (field === 'sobol' || field === 'batch') && section === '') continue;
    study.setIn(section === '' ? [field] : [section, field], value);
  }
  return study.toString();
}

/** A folder that looks like the repository: the same programs, its own examples, no runs. */
export interface Checkout extends TempFolder {
  /** The environment of a user who has installed Node and npm, and nothing of ours on the PATH. */
  readonly env: NodeJS.ProcessEnv;
}

/** Entries of the repository that a checkout has copies of; of all others it has links. */
const COPIED = new Set(['examples', 'package.json', 'package-lock.json']);
/** Entries that a checkout lacks. */
const LEFT_OUT = /^(\.git|\.nx|\.venv.*|qloom-runs|dist|coverage)$/;

/** Makes a checkout, in which the study files of `examples` are small. */
export async function createCheckout(): Promise<Checkout> {
  const folder = await createTempFolder();
  for (const name of await readdir(ROOT)) {
    if (LEFT_OUT.test(name)) continue;
    if (COPIED.has(name)) await cp(join(ROOT, name), folder.file(name), { recursive: true });
    else await symlink(join(ROOT, name), folder.file(name));
  }
  for (const name of await readdir(folder.file('examples'))) {
    const path = folder.file(`examples/${name}`);
    if (/\.ya?ml$/.test(name) && name !== 'bad.yaml') await writeFile(path, smallStudy(await readFile(path, 'utf8')));
  }
  await mkdir(folder.file('tmp'));
  return { ...folder, env: outerEnvironment(folder.file('tmp')) };
}

function outerEnvironment(temporary: string): NodeJS.ProcessEnv {
  const { PATH = '', HOME, XDG_CACHE_HOME, NODE_COMPILE_CACHE, LD_LIBRARY_PATH, VK_DRIVER_FILES } = process.env;
  const places = PATH.split(delimiter).filter((place) => !place.includes('node_modules'));
  return {
    ...{ PATH: places.join(delimiter), HOME, XDG_CACHE_HOME, NODE_COMPILE_CACHE, LD_LIBRARY_PATH, VK_DRIVER_FILES },
    TMPDIR: temporary,
    // Packages that are not installed are missing: no test requests them from a registry.
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
  };
}
