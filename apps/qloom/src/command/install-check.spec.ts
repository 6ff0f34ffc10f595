import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MODULE = pathToFileURL(join(__dirname, '../../../../scripts/install-check.mjs')).href;
const WANTED = {
  '': {},
  'libs/x': { version: '0.1.0' },
  'node_modules/run-me': { version: '1.0.0', resolved: 'r' },
  'node_modules/dev-only': { version: '2.0.0', resolved: 'd', dev: true },
  'node_modules/other-platform': { version: '3.0.0', resolved: 'o', optional: true },
};

/** A checkout whose lock file asks for WANTED and whose node_modules holds `present`. */
function checkout(present?: Record<string, object>, wanted: Record<string, object> = WANTED): string {
  const root = mkdtempSync(join(tmpdir(), 'qloom-install-'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  if (present !== undefined) {
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages: present }));
  }
  return root;
}

/** Evaluates `code` with the module's exports under plain Node. */
function evaluate(code: string): unknown {
  const script = `const m = await import(${JSON.stringify(MODULE)}); console.log(JSON.stringify(await (async () => { ${code} })()));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString());
}

/** The outcome of a check whose npm ends with `code` after it wrote `errors`, and the arguments npm got. */
function ensure(root: string, mode: string, code = 0, errors = ''): { outcome: unknown; args: string[] } {
  return evaluate(`
    const args = [];
    const npm = async (_root, given) => { args.push(...given); return { code: ${code}, errors: ${JSON.stringify(errors)} }; };
    const outcome = await m.ensureInstalled(${JSON.stringify(root)}, ${JSON.stringify(mode)}, npm, () => {});
    return { outcome, args };`) as { outcome: unknown; args: string[] };
}

const { 'node_modules/run-me': runMe, 'node_modules/dev-only': devOnly } = WANTED;

describe('what is installed', () => {
  it.each([
    ['nothing', undefined],
    ['run', { 'node_modules/run-me': runMe }],
    ['develop', { 'node_modules/run-me': runMe, 'node_modules/dev-only': devOnly }],
    ['nothing', { 'node_modules/run-me': { ...runMe, version: '0.9.0' }, 'node_modules/dev-only': devOnly }],
    ['run', { 'node_modules/run-me': runMe, 'node_modules/dev-only': { ...devOnly, version: '1.9.0' } }],
  ])('is "%s" for %j', (mode, present) => {
    expect(evaluate(`return m.installedMode(${JSON.stringify(checkout(present))})`)).toBe(mode);
  });

  it('is read from the stamp until the lock file changes', () => {
    const root = checkout({ 'node_modules/run-me': runMe });
    ensure(root, 'run');
    writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
    expect(ensure(root, 'run')).toEqual({ outcome: { installed: false }, args: [] });
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({ packages: { ...WANTED, 'node_modules/new': { version: '1.0.0' } } }),
    );
    expect(ensure(root, 'run').args).toEqual(expect.arrayContaining(['install', '--no-save', '--omit=dev']));
  });

  it('is completed once where npm has dropped the optional runtime of compiled steps', () => {
    const runtime = { version: '1.0.0', resolved: 'o', optional: true };
    const present = { 'node_modules/run-me': runMe };
    const root = checkout(present, { ...present, 'node_modules/onnxruntime-node': runtime });
    expect(ensure(root, 'run').outcome).toEqual({ installed: true });
    expect(ensure(root, 'run').outcome).toEqual({ installed: false });
  });

  it('is unchanged where development is installed and running is requested', () => {
    const root = checkout({ 'node_modules/run-me': runMe, 'node_modules/dev-only': devOnly });
    expect(ensure(root, 'run')).toEqual({ outcome: { installed: false }, args: [] });
    expect(ensure(root, 'develop').args).toEqual([]);
  });

  it('is completed where running is installed and development is requested', () => {
    const root = checkout({ 'node_modules/run-me': runMe });
    expect(ensure(root, 'develop')).toEqual({
      outcome: { installed: true },
      args: expect.arrayContaining(['install', '--no-save', '--include=dev']),
    });
  });

  it('reports a missing network, or else what failed', () => {
    const root = checkout({ 'node_modules/run-me': runMe });
    const away = ensure(root, 'develop', 1, 'npm error code ENOTFOUND').outcome;
    expect(away).toEqual({ installed: false, error: expect.stringContaining('npm could not reach its registry') });
    const broken = ensure(root, 'develop', 7, 'npm error disk full').outcome;
    expect(broken).toEqual({ installed: false, error: expect.stringContaining('ended with code 7') });
  });

  it('requires a full checkout where there is no lock file', () => {
    const { outcome } = ensure(mkdtempSync(join(tmpdir(), 'qloom-install-')), 'run');
    expect(outcome).toEqual({ installed: false, error: expect.stringContaining('has no package-lock.json') });
  });
});

it('takes the installed Node off the PATH while it is being replaced', () => {
  expect(evaluate("return m.outerPath('/a/node_modules/.bin:/usr/bin:/b/node_modules/.bin:/bin')")).toBe(
    '/usr/bin:/bin',
  );
});
