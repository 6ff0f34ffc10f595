import { execFile } from 'node:child_process';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { missingInPython } from '@qloom/testing/python.ts';
import { CODE_CHECKS } from './docs/check-code.ts';
import { type Checkout, createCheckout, ROOT } from './docs/checkout.ts';
import { createUsageCheck } from './docs/command-usage.ts';
import { type MarkdownBlock, readCodeSpans } from './docs/markdown-blocks.ts';
import { LANGUAGES, LOOKS_LIKE_SHELL, readPages } from './docs/pages.ts';
import { openShell, type Shell, type ShellEnd } from './docs/run-shell.ts';
import { exactNumbers, firstMissing, readConsole, readWords, splitComment } from './docs/shell-text.ts';

const execute = promisify(execFile);
const PAGES = readPages();
const checkUsage = createUsageCheck(ROOT);
/** A page's commands may start services and run studies. */
const PAGE_TIMEOUT = 900_000;

/**
 * Differences of a command from its page: its status, the lines that the page shows, and exact numbers in its comments.
 */
function problemOf(
  end: ShellEnd,
  block: MarkdownBlock,
  shown: readonly string[],
  comments: string,
): string | undefined {
  if (end.status !== block.notes.status) return `ended with ${end.status}, not ${block.notes.status}`;
  const missing = firstMissing(shown, end.terminal);
  if (missing !== undefined) return `printed nothing like "${missing}"`;
  const printed = exactNumbers(end.stdout);
  const absent = exactNumbers(comments).find((number) => !printed.includes(number));
  return absent === undefined ? undefined : `did not print ${absent}`;
}

async function runBlock(shell: Shell, block: MarkdownBlock): Promise<void> {
  const parts =
    block.language === 'console'
      ? readConsole(block.code).map(({ command, comment, output }) => ({ code: command, comments: comment, output }))
      : [{ code: block.code, comments: commentsOf(block.code), output: [] }];
  for (const { code, comments, output } of parts) {
    const { until } = block.notes;
    const end = until === undefined ? await shell.run(code) : await shell.runUntil(code, until);
    const problem = until === undefined ? problemOf(end, block, output, comments) : undefined;
    if (problem !== undefined) throw new Error(`line ${block.line}: ${problem}:\n${code}\n${end.terminal}`);
  }
}

const commentsOf = (code: string): string =>
  code
    .split('\n')
    .map((line) => splitComment(line).comment)
    .join('\n');

describe('documentation', () => {
  const places: Checkout[] = [];
  /** A checkout where `npm start` has run the quickstart, small. */
  let finished: Promise<Checkout> | undefined;

  const quickstart = (): Promise<Checkout> => {
    finished ??= createCheckout().then(async (place) => {
      const { status, terminal } = await openShell(place).run('npm start');
      if (status !== 0) throw new Error(`npm start ended with ${status}:\n${terminal}`);
      return place;
    });
    return finished;
  };

  const createPlace = async (): Promise<Checkout> => {
    const place = await createCheckout();
    places.push(place);
    return place;
  };
  afterEach(async () => {
    for (const place of places.splice(0)) await place.remove();
  });
  afterAll(async () => {
    await (await finished)?.remove();
  });

  it('has pages with blocks', () => {
    const count = (language: string) =>
      PAGES.flatMap(({ blocks }) => blocks).filter((b) => b.language === language).length;
    for (const language of ['sh', 'console', 'ts', 'yaml', 'qasm'] as const) expect(count(language)).toBeGreaterThan(0);
  });

  describe.each(PAGES.map((page) => [page.path, page] as const))('%s', (path, { text, blocks }) => {
    const of = (...languages: (keyof typeof LANGUAGES)[]) =>
      blocks.filter(({ language }) => (languages as string[]).includes(language));
    const ran = of('sh', 'console').filter(({ notes }) => notes.notRun === undefined);

    it('states the kind of every block', () => {
      const unclassified = blocks
        .filter(
          ({ language, code }) => !(language in LANGUAGES) || (language === 'text' && LOOKS_LIKE_SHELL.test(code)),
        )
        .map(({ line, language, code }) => `${path}:${line}: "${language}": ${code.split('\n')[0]}`);
      expect(unclassified).toEqual([]);
    });

    it('names commands, options and files that exist', async () => {
      const texts = [
        ...of('sh').map(({ line, code }) => ({ line, code })),
        ...of('console').map(({ line, code }) => ({
          line,
          code: readConsole(code)
            .map((c) => c.command)
            .join('\n'),
        })),
      ];
      const spans = readCodeSpans(text).filter(({ code }) => /^(npx |npm (run|start|test)\b|qloom )/.test(code));
      const problems: string[] = [];
      for (const { line, code } of texts) {
        await execute('bash', ['-n', '-c', code]).catch((error: Error) =>
          problems.push(`${path}:${line}: ${error.message}`),
        );
      }
      for (const { line, code } of [...texts, ...spans]) {
        for (const words of readWords(code)) {
          const problem = await checkUsage(words, dirname(path));
          if (problem !== undefined) problems.push(`${path}:${line}: ${problem}`);
        }
      }
      expect(problems).toEqual([]);
    });

    if (ran.length > 0) {
      it(
        'runs as printed',
        async () => {
          const checkout = await createPlace();
          if (ran.some(({ code }) => /\bquickstart\b|npm start/.test(code))) {
            cpSync((await quickstart()).file('qloom-runs'), checkout.file('qloom-runs'), { recursive: true });
          }
          for (const { notes, code } of blocks)
            if (notes.file !== undefined) writeFileSync(checkout.file(notes.file), code);
          const shell = openShell(checkout);
          try {
            for (const block of ran) {
              const { python } = block.notes;
              const missing = python === undefined ? [] : missingInPython(python);
              if (missing?.length === 0) await runBlock(shell, block);
              else console.warn(`${path}:${block.line} is left out: Python lacks ${missing?.join(', ') ?? 'itself'}`);
            }
          } finally {
            await shell.close();
          }
        },
        PAGE_TIMEOUT,
      );
    }

    const helps = readCodeSpans(text).filter(({ code }) => /^npx node .*--help$/.test(code));
    if (helps.length > 0) {
      it('names programs that print their help, under the Node of the machine too', async () => {
        const shell = openShell(await createPlace());
        for (const { code } of helps) {
          expect(await shell.run(code)).toMatchObject({ status: 0, stdout: expect.stringMatching(/usage|default/i) });
        }
      });
    }

    for (const block of blocks) {
      const check = CODE_CHECKS[block.language];
      // A program with a name is run by the page's own commands.
      const named = block.notes.file !== undefined && ['ts', 'python'].includes(block.language);
      if (check === undefined || block.notes.notRun !== undefined || named) continue;
      it(`${check.title} at line ${block.line}`, async () => {
        await check.run(block, await createPlace());
      });
    }
  });

  it("starts with the machine's Node, and with the one that npm installs", async () => {
    const checkout = await createPlace();
    const pinned = join(ROOT, 'node_modules/.bin');
    expect(existsSync(join(pinned, 'node'))).toBe(true);
    const versions = await Promise.all(
      [checkout.env.PATH, `${pinned}${delimiter}${checkout.env.PATH}`].map(async (PATH) => {
        const { stdout } = await execute('npx', ['qloom', '--version'], {
          cwd: checkout.path,
          env: { ...checkout.env, PATH },
        });
        return stdout;
      }),
    );
    expect(versions).toEqual([versions[1], versions[1]]);
    expect(versions[0]).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
