// Generates libs/contracts/src/gen from proto/. With --check: fails when what is committed is not what would be generated.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'libs/contracts/src/gen');
const check = process.argv.includes('--check');
const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` };

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * ts-proto's `Buffer.from(X.encode(value).finish())` grows a buffer of its own for every message, and copies the message once
 * more. `encodeMessage` does neither.
 */
function encodeWithoutCopy(folder) {
  for (const name of files(folder)) {
    const path = join(folder, name);
    const source = readFileSync(path, 'utf8');
    const written = source.replaceAll(
      /Buffer\.from\((\w+)\.encode\(value\)\.finish\(\)\)/g,
      'encodeMessage($1, value)',
    );
    if (written === source) continue;
    const up = '../'.repeat(name.split('/').length);
    const use = `import { encodeMessage } from "${up}encode-message.ts";\n`;
    writeFileSync(path, written.replace(/^import /m, `${use}import `));
  }
}

function generate(folder) {
  const workspace = mkdtempSync(join(tmpdir(), 'qloom-proto-'));
  try {
    cpSync(join(root, 'proto'), workspace, { recursive: true });
    execFileSync('buf', ['generate', '--output', workspace], { cwd: workspace, env, stdio: 'inherit' });
    execFileSync('buf', ['build', '-o', join(workspace, 'descriptors.binpb')], {
      cwd: workspace,
      env,
      stdio: 'inherit',
    });
    encodeWithoutCopy(join(workspace, 'out'));
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(workspace, 'out'), folder, { recursive: true });
    cpSync(join(workspace, 'descriptors.binpb'), join(folder, 'descriptors.binpb'));
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

if (check) {
  const fresh = mkdtempSync(join(tmpdir(), 'qloom-gen-'));
  try {
    generate(fresh);
    const names = [...new Set([...files(fresh), ...files(target)])];
    const stale = names.filter((name) => {
      try {
        return !readFileSync(join(fresh, name)).equals(readFileSync(join(target, name)));
      } catch {
        return true;
      }
    });
    if (stale.length > 0) {
      console.error(
        `Generated code is out of date: ${stale.join(', ')}. Run "npm run generate" and commit the result.`,
      );
      process.exit(1);
    }
    console.log(`Generated code is up to date (${names.length} files).`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
} else {
  generate(target);
  console.log(`Wrote ${files(target).length} files to ${relative(root, target)}.`);
}
