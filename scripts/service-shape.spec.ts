import { existsSync, globSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SERVICES = readdirSync(join(root, 'services'));

/** What every service has in `src/`. */
const REQUIRED = ['config.ts', 'domain', 'main.ts', 'rpc'];
/** What a service may have besides: worker threads, what its tests share, and the coordination of studies and of runs. */
const OPTIONAL = ['testing', 'workers'];
const OWN: Readonly<Record<string, readonly string[]>> = { agent: ['study'], experiment: ['runs'] };

/** The most source files of a folder, specs apart. */
const MOST_FILES = 15;

const isSpec = (name: string): boolean => name.endsWith('.spec.ts');

describe.each(SERVICES)('services/%s', (service) => {
  const folder = join(root, 'services', service);
  const entries = readdirSync(join(folder, 'src')).filter((name) => !isSpec(name));

  it('has the files and rooms of every service', () => {
    expect(entries).toEqual(expect.arrayContaining(REQUIRED));
    expect(existsSync(join(folder, 'README.md'))).toBe(true);
  });

  it('has no others', () => {
    const allowed = [...REQUIRED, ...OPTIONAL, ...(OWN[service] ?? [])];
    expect(entries.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it(`has at most ${MOST_FILES} source files in a folder`, () => {
    const sources = globSync('src/**/*.ts', { cwd: folder }).filter((file) => !isSpec(file));
    const counts = Map.groupBy(sources, (file) => dirname(file));
    const full = [...counts].filter(([, files]) => files.length > MOST_FILES);
    expect(full.map(([name, { length }]) => `${name}: ${length}`)).toEqual([]);
  });
});
