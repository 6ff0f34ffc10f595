import { exactNumbers, firstMissing, readConsole, readWords, splitComment, stablePart } from './shell-text.ts';

describe('text of the shell in documentation', () => {
  it('is read word by word, without assignments, redirections and comments', () => {
    const code = [
      'A=1 B_C=2 npx qloom run a.yaml --out "/data/my runs" > out.csv 2>&1   # what it does',
      'npx qloom vqe -- "-1*Z0 # Z1" | jq .x && qloom up &',
      'kubectl apply \\',
      '  -k deploy',
    ].join('\n');
    expect(readWords(code)).toEqual([
      ['npx', 'qloom', 'run', 'a.yaml', '--out', '/data/my runs'],
      ['npx', 'qloom', 'vqe', '--', '-1*Z0 # Z1'],
      ['jq', '.x'],
      ['qloom', 'up'],
      ['kubectl', 'apply', '-k', 'deploy'],
    ]);
    expect(splitComment("echo 'a # b' # c")).toEqual({ command: "echo 'a # b'", comment: 'c' });
  });

  it('has its outputs under its commands', () => {
    expect(readConsole('$ a --b # c\none\ntwo\n$ d\n')).toEqual([
      { command: 'a --b', comment: 'c', output: ['one', 'two'] },
      { command: 'd', comment: '', output: [] },
    ]);
    expect(() => readConsole('output\n')).toThrow('a console block begins with "$ <command>", not "output"');
  });

  it('keeps numbers that no machine changes, and nothing of those that one does', () => {
    expect(exactNumbers('energy −7.296229811, 4.8e-11 above, in 1.4 s, 12.1234567e-3')).toEqual(['-7.296229811']);
    expect(stablePart('effort   4,016 gradients  l-bfgs, 1.4 s')).toBe('effort # gradients l-bfgs, #');
    expect(stablePart('effort 304 gradients l-bfgs, 195 ms')).toBe('effort # gradients l-bfgs, #');
    expect(stablePart('exact −7.296229811  4.8e-11 above it')).toBe('exact -7.296229811 # above it');
  });

  it('is compared with an output line by line: a changed word, order or exact number is missing', () => {
    const output = 'energy  −7.296229811\neffort  12 gradients, 95 ms\nengine wasm\nsaved to /tmp/x.csv, 3 rows\n';
    expect(firstMissing(['energy −7.296229811', 'effort 4016 gradients, 1.4 s', '…', 'saved to … rows'], output)).toBe(
      undefined,
    );
    for (const wrong of ['energy −7.296229812', 'effort 12 circuits, 95 ms', 'energy', 'saved to … columns']) {
      expect(firstMissing([wrong], output)).toBe(wrong);
    }
    expect(firstMissing(['engine wasm', 'energy −7.296229811'], output)).toBe('energy −7.296229811');
  });
});
