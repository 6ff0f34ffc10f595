import { covering, defaults, eachAlone } from './combinations.ts';
import { OPTIONS } from './options.ts';

describe('covering', () => {
  it.each([1, 2, 3])('has every choice of every %i options together', (strength) => {
    const rows = covering(strength);
    const names = OPTIONS.map(({ name }) => name);
    const choices = new Map(OPTIONS.map((option) => [option.name, Object.keys(option.choices).length]));
    for (const a of names) {
      for (const b of strength > 1 ? names : [a]) {
        for (const c of strength > 2 ? names : [b]) {
          const options = [...new Set([a, b, c])];
          const found = new Set(rows.map((row) => options.map((name) => row[name]).join()));
          expect(found.size).toBe(options.reduce((product, name) => product * (choices.get(name) ?? 0), 1));
        }
      }
    }
    expect(rows.length).toBeLessThan(100);
  });
});

describe('eachAlone', () => {
  it('changes one option of the defaults at a time', () => {
    for (const row of eachAlone()) {
      const changed = Object.entries(row).filter(([name, choice]) => choice !== defaults()[name]);
      expect(changed).toHaveLength(1);
    }
  });
});
