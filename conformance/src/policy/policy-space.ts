import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';

const { CHOICE, INTEGER, REAL } = HyperparameterKind;
const { LINEAR, LOG, UNSPECIFIED } = HyperparameterScale;
const NOTHING = {
  description: 'A number.',
  minimum: 0,
  maximum: 0,
  choices: [],
  zeroAllowed: false,
  fixedByModel: false,
  scale: UNSPECIFIED,
};

const choice = (name: string, ...choices: string[]): Hyperparameter => ({
  ...NOTHING,
  name,
  kind: CHOICE,
  choices,
  defaultValue: { value: { $case: 'choice', value: choices[0] } },
});
const integer = (
  name: string,
  minimum: number,
  maximum: number,
  scale: HyperparameterScale = LINEAR,
): Hyperparameter => ({
  ...NOTHING,
  name,
  kind: INTEGER,
  minimum,
  maximum,
  scale,
  defaultValue: { value: { $case: 'integer', value: maximum } },
});
const real = (name: string, minimum: number, maximum: number, scale: HyperparameterScale = LINEAR): Hyperparameter => ({
  ...NOTHING,
  name,
  kind: REAL,
  minimum,
  maximum,
  scale,
  defaultValue: { value: { $case: 'real', value: minimum } },
});
const where = (parameter: string, values: string[], active: Hyperparameter): Hyperparameter => ({
  ...active,
  condition: { parameter, values },
});

/** A space with a parameter of every kind and scale, and a conditional one. */
export const SPACE: readonly Hyperparameter[] = [
  choice('method', 'deep', 'shallow'),
  where('method', ['deep'], integer('width', 2, 64, LOG)),
  real('rate', 1e-4, 0.1, LOG),
  { ...real('share', 0.1, 2, LOG), zeroAllowed: true },
];

/** Spaces in which every policy proposes. */
export const SPACES: readonly { readonly what: string; readonly space: readonly Hyperparameter[] }[] = [
  { what: 'of a single number', space: [real('offset', -3, -1)] },
  { what: 'of whole numbers around 0', space: [integer('shift', -2, 2), integer('count', 0, 1)] },
  { what: 'of choices only', space: [choice('first', 'a', 'b', 'c'), choice('second', 'only')] },
  { what: 'with a range of one value', space: [real('constant', 0.5, 0.5), integer('one', 1, 1), real('free', 0, 1)] },
  {
    what: 'with conditions of conditions',
    space: [
      choice('a', 'x', 'y'),
      where('a', ['x'], choice('b', 'u', 'v')),
      where('b', ['v'], real('c', 0, 1)),
      where('a', ['y'], integer('d', 1, 9)),
    ],
  },
  {
    what: 'with the dependent parameter first',
    space: [where('kind', ['wide'], integer('size', 1, 8)), choice('kind', 'narrow', 'wide')],
  },
  { what: 'of many orders of magnitude', space: [real('tiny', 1e-12, 1e6, LOG), integer('huge', 1, 2 ** 30, LOG)] },
  { what: 'of forty numbers', space: Array.from({ length: 40 }, (_, i) => real(`x${i}`, -i - 1, i + 1)) },
];
