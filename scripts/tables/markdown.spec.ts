import { namesInTable, withTable } from './markdown.ts';

const COMPACT = 'Before.\n\n| name | what |\n| --- | --- |\n| `a` | one |\n\nAfter.\n';
const ALIGNED = '| name | what |\n| ---- | ---- |\n| `a`  | one  |\n';

describe('withTable', () => {
  it('writes other rows into the table, escapes bars, and leaves all else', () => {
    expect(withTable(COMPACT, ['name', 'what'], [['`b`', '|x⟩']])).toBe(
      'Before.\n\n| name | what |\n| --- | --- |\n| `b` | \\|x⟩ |\n\nAfter.\n',
    );
  });

  it('aligns columns where they were aligned', () => {
    expect(withTable(ALIGNED, ['name', 'what'], [['`long`', 'x']])).toBe(
      '| name   | what |\n| ------ | ---- |\n| `long` | x    |\n',
    );
  });

  it('says that there is no such table', () => {
    expect(() => withTable(COMPACT, ['name', 'why'], [])).toThrow('there is no table with the header | name | why |');
  });
});

describe('namesInTable', () => {
  it('reads the first column', () => {
    expect([namesInTable(COMPACT, ['name', 'what']), namesInTable(ALIGNED, ['name', 'what'])]).toEqual([['a'], ['a']]);
  });
});
