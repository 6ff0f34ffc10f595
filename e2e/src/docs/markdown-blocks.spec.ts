import { BlockNoteError, readBlocks, readCodeSpans } from './markdown-blocks.ts';
import { LOOKS_LIKE_SHELL } from './pages.ts';

const FENCE = '```';

describe('blocks of a page', () => {
  it('have their line, language, code and notes; an indented one without its indent', () => {
    const page = [
      'Text with `a span`.',
      '<!-- not run in tests: needs a cluster -->',
      '',
      `${FENCE}sh`,
      'kubectl get pods',
      FENCE,
      '- a list',
      '',
      `  ${FENCE}`,
      '    code',
      `  ${FENCE}`,
      '<!-- file: a.yaml -->',
      '<!-- exits with 2 -->',
      `${FENCE}yaml`,
      FENCE,
      'and `qloom trace 1 \\| head`',
    ].join('\n');
    expect(readBlocks(page)).toEqual([
      { line: 4, language: 'sh', code: 'kubectl get pods\n', notes: { status: 0, notRun: 'needs a cluster' } },
      { line: 9, language: '', code: '  code\n', notes: { status: 0 } },
      { line: 14, language: 'yaml', code: '', notes: { status: 2, file: 'a.yaml' } },
    ]);
    expect(readCodeSpans(page)).toEqual([
      { line: 1, code: 'a span' },
      { line: 16, code: 'qloom trace 1 | head' },
    ]);
  });

  it('are not left out without a reason, nor by a note that is misspelt', () => {
    for (const note of ['not run in tests:', 'not run: needs a cluster', 'skip']) {
      expect(() => readBlocks(`<!-- ${note} -->\n${FENCE}sh\na\n${FENCE}\n`)).toThrow(BlockNoteError);
    }
    expect(() => readBlocks(`<!-- a comment on the text -->\nText.\n${FENCE}sh\na\n${FENCE}\n`)).not.toThrow();
  });

  it('of text that a shell would run are found', () => {
    for (const text of ['npx qloom run a.yaml\n', 'x\n$ ls\n', 'kubectl apply -k a\n', 'node src/main.ts\n']) {
      expect(text).toMatch(LOOKS_LIKE_SHELL);
    }
    for (const text of ['real batch ──► encoder\n', 'node\n', 'services: node x\n']) {
      expect(text).not.toMatch(LOOKS_LIKE_SHELL);
    }
  });
});
