import { readdirSync, readFileSync } from 'node:fs';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { fitOverrides } from './fit-space.ts';
import { parseStudyFile } from './load-study-file.ts';
import { toStudySettings } from './to-settings.ts';

const SPACE: readonly Hyperparameter[] = [
  { name: 'disc.filters', kind: 'categorical', choices: ['8', '16', '32'], default: '16' },
  { name: 'gan.lrG', kind: 'float', min: 5e-5, max: 2, scale: 'log', default: 1e-3 },
  { name: 'gan.steps', kind: 'int', min: 50, max: 4000, scale: 'log', default: 200 },
  { name: 'synthRatio', kind: 'float', min: 0.25, max: 8, scale: 'log', zeroAllowed: true, default: 1 },
];

const EXAMPLES = new URL('../../../../examples/', import.meta.url);

function fit(space: string): unknown {
  const loaded = parseStudyFile('s.yaml', `data: { csv: a.csv }\nspace:\n${space}`);
  return fitOverrides(loaded, toStudySettings(loaded.study).space, SPACE).map(
    ({ name, fixed, choices, minimum, maximum }) =>
      Object.fromEntries(
        Object.entries({
          name,
          fixed: fixed?.value,
          choices: choices.length > 0 ? choices : undefined,
          minimum,
          maximum,
        }).filter(([, value]) => value !== undefined),
      ),
  );
}

describe('fitOverrides', () => {
  it('gives fixed values the kind of their parameter', () => {
    expect(fit('  disc.filters: 8\n  gan.lrG: 1\n  gan.steps: 200\n  synthRatio: 0\n')).toEqual([
      { name: 'disc.filters', fixed: { $case: 'choice', value: '8' } },
      { name: 'gan.lrG', fixed: { $case: 'real', value: 1 } },
      { name: 'gan.steps', fixed: { $case: 'integer', value: 200 } },
      { name: 'synthRatio', fixed: { $case: 'real', value: 0 } },
    ]);
  });

  it('keeps what applies only if it is offered, with the kind of its parameter where it is', () => {
    const kept = '  disc.filters?: 8\n  flow.layers?: 3\n  gan.steps?: 20\n  gan.lrG?: { max: 9 }\n';
    expect(fit(kept)).toEqual([
      { name: 'disc.filters', fixed: { $case: 'choice', value: '8' } },
      { name: 'flow.layers', fixed: { $case: 'integer', value: 3 } },
      { name: 'gan.steps', fixed: { $case: 'integer', value: 20 } },
      { name: 'gan.lrG', maximum: 9 },
    ]);
  });

  it.each(readdirSync(EXAMPLES).filter((file) => file.endsWith('.yaml') && file !== 'bad.yaml'))(
    'fits the example %s to a generator that offers nothing but the ratio',
    (file) => {
      const loaded = parseStudyFile(file, readFileSync(new URL(file, EXAMPLES), 'utf8'));
      const { space } = toStudySettings(loaded.study);
      expect(fitOverrides(loaded, space, SPACE.slice(-1))).toEqual(space);
    },
  );

  it.each([
    [
      '  gan.stepz: 200\n',
      's.yaml:3: space.gan.stepz: no service offers it; did you mean "gan.steps"? Offered: disc.filters,',
    ],
    ['  gan.steps: 20\n', 's.yaml:3: space.gan.steps: 20 is below the minimum 50'],
    ['  gan.steps: 99.5\n', 's.yaml:3: space.gan.steps: 99.5 is not an integer in [50, 4000]'],
    ['  gan.lrG: 1\n  gan.steps: { max: 9000 }\n', 's.yaml:4: space.gan.steps: 9000 is above the maximum 4000'],
    ['  disc.filters: [8, 12]\n', 's.yaml:3: space.disc.filters: "12" is not one of 8, 16, 32'],
    ['  disc.filters: { max: 16 }\n', 's.yaml:3: space.disc.filters: is a choice and has no range'],
    ['  gan.lrG: [0.1, 0.2]\n', 's.yaml:3: space.gan.lrG: is a number in'],
    ['  synthRatio: 0.1\n', 's.yaml:3: space.synthRatio: 0.1 is below the minimum 0.25 (0 is allowed)'],
    ['  synthRatio: 9\n', 's.yaml:3: space.synthRatio: 9 is above the maximum 8'],
  ])('refuses %j with its line', (space, message) => {
    expect(() => fit(space)).toThrow(message);
  });
});
