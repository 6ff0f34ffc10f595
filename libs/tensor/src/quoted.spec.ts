import fc from 'fast-check';
import { echoed, MAX_ECHOED_LENGTH, quoted } from './quoted.ts';

describe('quoted', () => {
  it('writes a short value as it is, in quotes of either kind', () => {
    expect([quoted('qcnn'), quoted('qcnn', "'"), echoed('qcnn')]).toEqual(['"qcnn"', "'qcnn'", 'qcnn']);
    expect([quoted('a"b'), quoted("a'b", "'"), quoted("a'b")]).toEqual(['"a\\"b"', "'a\\'b'", '"a\'b"']);
  });

  it('writes anything else as JSON', () => {
    expect([quoted(3), quoted(null), quoted({ a: [1] }), quoted(undefined), quoted(NaN)]).toEqual([
      '3',
      'null',
      '{"a":[1]}',
      'undefined',
      'NaN',
    ]);
  });

  it('cuts a long value and adds its length', () => {
    expect(quoted('x'.repeat(32_000))).toBe(`"${'x'.repeat(200)}…" (32000 characters)`);
    expect(quoted('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`);
    expect(echoed('x'.repeat(201))).toBe(`${'x'.repeat(200)}… (201 characters)`);
    expect(quoted(Array.from({ length: 1_000 }, () => 1))).toMatch(/^\[1(,1){99},?… \(2001 characters\)$/);
  });

  it('escapes what would break a line, a terminal or an encoder', () => {
    expect(quoted('a\nb\u001b[31m\u0000\ud800\u202e')).toBe('"a\\nb\\u001b[31m\\u0000\\ud800\\u202e"');
    expect(quoted('漢字 😀')).toBe('"漢字 😀"');
  });

  it('never grows above its limit, never holds a line end, never splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const shown = quoted(text);
        // Two quotes, the sign of the cut, and the note of the length.
        expect(shown.length).toBeLessThanOrEqual(MAX_ECHOED_LENGTH + 3 + ' (400 characters)'.length);
        expect(shown).not.toMatch(/\p{Cc}|\p{Cs}/u);
      }),
    );
  });
});
