import { describeRange, type OptionSpecs, optionFromText, resolveOptions } from './circuit-options.ts';

const specs: OptionSpecs = {
  count: { type: 'integer', minimum: 1, maximum: 9, default: 2, description: 'How many.' },
  scale: { type: 'number', minimum: -1, maximum: 1, default: 0.5, description: 'How much.' },
  closed: { type: 'boolean', default: false, description: 'Whether.' },
  kind: { type: 'choice', choices: ['a', 'b'], default: 'a', description: 'Which.' },
  order: { type: 'choices', choices: ['a', 'b'], default: ['b'], description: 'Which ones.' },
};

describe('resolveOptions', () => {
  it('fills in defaults', () => {
    expect(resolveOptions(specs, { count: 3, order: ['a', 'a'] }, 'x')).toEqual({
      count: 3,
      scale: 0.5,
      closed: false,
      kind: 'a',
      order: ['a', 'a'],
    });
  });

  it.each([
    [{ count: 0 }, 'x.count: 0 is not an integer from 1 to 9'],
    [{ count: 1.5 }, 'x.count: 1.5 is not an integer from 1 to 9'],
    [{ scale: Number.NaN }, 'x.scale: NaN is not a number from -1 to 1'],
    [{ closed: 'yes' }, 'x.closed: "yes" is not true or false'],
    [{ kind: 'c' }, 'x.kind: "c" is not one of a, b'],
    [{ order: [] }, 'x.order: [] is not a list of a, b'],
    [{ order: 'a' }, 'x.order: "a" is not a list of a, b'],
    [{ toString: 1 }, 'x.toString: unknown; known are count, scale, closed, kind, order'],
  ])('refuses %p', (given, message) => {
    expect(() => resolveOptions(specs, given as never, 'x')).toThrow(message);
  });

  it('says that there are no options when an entry has none', () => {
    expect(() => resolveOptions({}, { a: 1 }, 'x')).toThrow('x.a: unknown; there are no options');
  });
});

describe('optionFromText', () => {
  it('reads values from the text of a command line', () => {
    const read = (name: string, text: string) => optionFromText(specs[name], text, name);
    expect([read('count', '3'), read('scale', '-.5'), read('closed', 'true')]).toEqual([3, -0.5, true]);
    expect([read('kind', ' b'), read('order', 'b, a')]).toEqual(['b', ['b', 'a']]);
    expect(() => read('count', '')).toThrow("count: '' is not an integer from 1 to 9");
    expect(() => read('closed', '1')).toThrow("closed: '1' is not true or false");
    expect(Object.values(specs).map(describeRange)).toHaveLength(5);
  });
});
