import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseCompareFile } from '@qloom/cli/compare-file/load-compare-file.ts';
import { parseStudyFile } from '@qloom/cli/study-file/load-study-file.ts';
import { missingInPython } from '@qloom/testing/python.ts';
import { parseDocument } from 'yaml';
import { type Checkout, ROOT } from './checkout.ts';
import type { MarkdownBlock } from './markdown-blocks.ts';
import { firstMissing } from './shell-text.ts';

const execute = promisify(execFile);

/** Checks of blocks other than shell, by language. They reject for a wrong block. */
export const CODE_CHECKS: Readonly<
  Record<string, { readonly title: string; run(block: MarkdownBlock, checkout: Checkout): Promise<void> }>
> = {
  yaml: {
    title: 'has a study file, sections of one, or a compare file,',
    async run({ code }, checkout) {
      const given = (parseDocument(code).toJS() ?? {}) as Record<string, unknown>;
      if ('cells' in given) return void (await parseCompareFile(checkout.file('example.yaml'), code));
      const study = parseDocument('name: example\ndata: { task: annni, labels: 40 }\n');
      for (const [section, value] of Object.entries(given)) study.set(section, value);
      parseStudyFile(checkout.file('example.yaml'), 'data' in given ? code : study.toString());
    },
  },
  json: {
    title: 'has JSON',
    async run({ code }) {
      JSON.parse(code);
    },
  },
  ts: {
    title: 'has a module that runs',
    async run({ code }, checkout) {
      writeFileSync(checkout.file('page.ts'), code);
      const { stdout } = await execute(process.execPath, ['page.ts'], { cwd: checkout.path, env: checkout.env });
      const missing = firstMissing(shownIn(code), stdout);
      if (missing !== undefined) throw new Error(`it printed nothing like "${missing}":\n${stdout}`);
    },
  },
  qasm: {
    title: 'has an OpenQASM program that can be drawn',
    async run({ code }, checkout) {
      writeFileSync(checkout.file('page.qasm'), code);
      await execute(process.execPath, [join(ROOT, 'apps/qloom/bin/qloom.mjs'), 'draw', 'page.qasm'], {
        cwd: checkout.path,
      });
    },
  },
  python: {
    title: 'has a program of Python that runs',
    async run({ code }, checkout) {
      writeFileSync(checkout.file('page.py'), code);
      const imported = [...code.matchAll(/^(?:import|from) (\w+)/gm)].map((match) => match[1]);
      const missing = missingInPython(imported);
      if (missing === undefined) return console.warn('a program of Python is left out: there is no Python');
      const { path: cwd, env } = checkout;
      await execute('python3', ['-m', 'py_compile', 'page.py'], { cwd, env });
      if (missing.length > 0) console.warn(`a program of Python is only compiled: Python lacks ${missing.join(', ')}`);
      else await execute('python3', ['page.py'], { cwd, env });
    },
  },
};

/** Lines that a module prints, as the comments right below its calls of console.log have them. */
function shownIn(code: string): string[] {
  const shown: string[] = [];
  let below = false;
  for (const line of code.split('\n')) {
    const comment = line.match(/^\/\/ ?(.*)$/)?.[1];
    if (below && comment !== undefined) shown.push(comment);
    else below = line.startsWith('console.log(');
  }
  return shown;
}
