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
 * ts-proto's `Buffer.from(X.encode(value).finish())` copies every message once more. The bytes are fresh: a view is
 * enough, and halves the time of encoding a large tensor.
 */
function encodeWithoutCopy(folder) {
  for (const name of files(folder)) {
    const path = join(folder, name);
    const source = readFileSync(path, 'utf8');
    const viewed = source.replaceAll(/Buffer\.from\((\w+\.encode\(value\)\.finish\(\))\)/g, 'viewOf($1)');
    if (viewed === source) continue;
    const viewOf = [
      '/** The same memory as a Buffer. */',
      'function viewOf(bytes: Uint8Array): Buffer {',
      '  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);',
      '}',
    ];
    writeFileSync(path, `${viewed}\n${viewOf.join('\n')}\n`);
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
