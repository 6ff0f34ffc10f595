import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Sources that start programs and read files by a path beside their own; specs may name files that are not there. */
function sources(): string[] {
  const exclude = (name: string) => ['node_modules', 'fixtures', 'gen'].includes(name);
  return globSync('{libs,services,apps,bench,conformance,e2e}/**/*.ts', { cwd: root, exclude }).filter(
    (file) => !file.endsWith('.spec.ts'),
  );
}

// The type checker sees imports alone: a program whose file was moved would be missed when it is started.
describe('relative paths in strings', () => {
  it('lead to files', () => {
    const lost: string[] = [];
    let checked = 0;
    for (const file of sources()) {
      const text = readFileSync(join(root, file), 'utf8');
      for (const [, path] of text.matchAll(/['"`](\.{1,2}\/[^'"`$\s]+\.(?:[cm]?[jt]s|json|css|py|c))['"`]/g)) {
        checked += 1;
        if (!existsSync(join(root, dirname(file), path))) lost.push(`${file}: ${path}`);
      }
    }
    expect(lost).toEqual([]);
    expect(checked).toBeGreaterThan(1000);
  });
});
