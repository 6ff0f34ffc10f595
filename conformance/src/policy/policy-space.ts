import {
  type Hyperparameter,
  HyperparameterKind,
  HyperparameterScale,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';

const NOTHING = { description: 'A number.', minimum: 0, maximum: 0, choices: [], zeroAllowed: false };

/** A space with a parameter of every kind and scale, and a conditional one. */
export const SPACE: readonly Hyperparameter[] = [
  {
    ...NOTHING,
    name: 'method',
    kind: HyperparameterKind.CHOICE,
    scale: HyperparameterScale.UNSPECIFIED,
    choices: ['deep', 'shallow'],
    defaultValue: { value: { $case: 'choice', value: 'deep' } },
  },
  {
    ...NOTHING,
    name: 'width',
    kind: HyperparameterKind.INTEGER,
    minimum: 2,
    maximum: 64,
    scale: HyperparameterScale.LOG,
    defaultValue: { value: { $case: 'integer', value: 16 } },
    condition: { parameter: 'method', values: ['deep'] },
  },
  {
    ...NOTHING,
    name: 'rate',
    kind: HyperparameterKind.REAL,
    minimum: 1e-4,
    maximum: 0.1,
    scale: HyperparameterScale.LOG,
    defaultValue: { value: { $case: 'real', value: 0.01 } },
  },
  {
    ...NOTHING,
    name: 'share',
    kind: HyperparameterKind.REAL,
    minimum: 0.1,
    maximum: 2,
    scale: HyperparameterScale.LOG,
    defaultValue: { value: { $case: 'real', value: 1 } },
    zeroAllowed: true,
  },
];
