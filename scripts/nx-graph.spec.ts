import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Graph {
  readonly nodes: Readonly<Record<string, { readonly data: { readonly root: string } }>>;
  readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>>;
}

function readGraph(): Graph {
  const folder = mkdtempSync(join(tmpdir(), 'qloom-graph-'));
  try {
    const file = join(folder, 'graph.json');
    // A folder of its own: the database of the workspace belongs to the `nx` that may be running this test.
    execFileSync('npx', ['nx', 'graph', `--file=${file}`], {
      cwd: root,
      env: { ...process.env, NX_DAEMON: 'false', NX_WORKSPACE_DATA_DIRECTORY: join(folder, 'data') },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return (JSON.parse(readFileSync(file, 'utf8')) as { graph: Graph }).graph;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Nx does not follow `@qloom/<project>/<file>.ts` by itself: `nx affected` does not test along edges that it does not
// know.
describe('nx', () => {
  it('knows of every project what it imports', () => {
    const { nodes, dependencies } = readGraph();
    const unknown = Object.entries(nodes).flatMap(([name, { data }]) => {
      const files = globSync(`${data.root}/**/*.ts`, { cwd: root, exclude: (part) => part === 'node_modules' });
      const imported = files.flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/from '@qloom\/([a-z-]+)\//g)].map((match) => match[1]),
      );
      const known = new Set(dependencies[name]?.map(({ target }) => target));
      return [...new Set(imported)].filter((other) => other !== name && !known.has(other)).map((o) => `${name} → ${o}`);
    });
    expect(unknown).toEqual([]);
  });
});
