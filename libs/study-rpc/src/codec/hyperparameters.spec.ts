import {
  Hyperparameter as HyperparameterMessage,
  HyperparameterSetting,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { ValidationError } from '@qloom/service-kit/faults/errors.ts';
import { checkValue, invalidDefinition } from '@qloom/study/hyperparameters/check-value.ts';
import type { Hyperparameter } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { createSpace } from '@qloom/study/space/space.ts';
import { SpaceConflictError } from '@qloom/study/space/space-conflict-error.ts';
import { fromUnit } from '@qloom/study/space/unit-cube.ts';
import fc from 'fast-check';
import {
  decodeConfiguration,
  decodeHyperparameter,
  encodeConfiguration,
  encodeForeignConfiguration,
  encodeHyperparameter,
} from './hyperparameters.ts';

const word = fc.string({ minLength: 1, maxLength: 12 });
const described = { name: word, description: fc.string() };
const condition = fc.option(fc.record({ parameter: word, values: fc.array(word, { minLength: 1 }) }), {
  nil: undefined,
});

const numeric = fc
  .record({
    ...described,
    condition,
    kind: fc.constantFrom('float' as const, 'int' as const),
    scale: fc.constantFrom('linear' as const, 'log' as const),
    zeroAllowed: fc.boolean(),
    ends: fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 })),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ ends, at, ...rest }): Hyperparameter => {
    const [min, max] = [...ends].sort((a, b) => a - b);
    const value = min + at * (max - min);
    return { ...rest, min, max, default: rest.kind === 'int' ? Math.round(value) : value };
  });

const categorical = fc
  .record({ ...described, condition, choices: fc.uniqueArray(word, { minLength: 1 }), at: fc.nat() })
  .map(
    ({ at, ...rest }): Hyperparameter => ({
      ...rest,
      kind: 'categorical',
      default: rest.choices[at % rest.choices.length],
    }),
  );

const hyperparameter = fc.oneof(numeric, categorical);

/** A message after serialization, as the receiver gets it. */
const sent = (message: HyperparameterMessage) =>
  HyperparameterMessage.decode(HyperparameterMessage.encode(message).finish());

describe('encodeHyperparameter and decodeHyperparameter', () => {
  it('are inverse to each other over the wire', () => {
    fc.assert(
      fc.property(hyperparameter, (given) => {
        expect(decodeHyperparameter(sent(encodeHyperparameter(given)))).toEqual(given);
      }),
    );
  });

  it('advertise defaults that the check accepts', () => {
    fc.assert(
      fc.property(hyperparameter, (given) => {
        const advertised = decodeHyperparameter(sent(encodeHyperparameter(given)));
        expect(invalidDefinition(advertised)).toBeNull();
        expect(checkValue(advertised, undefined)).toBe(checkValue(given, given.default));
      }),
    );
  });

  it.each([
    [{ kind: 3, choices: ['a'] }, 'is a choice whose default is none'],
    [{ kind: 1, maximum: 1 }, 'is a number whose default is none'],
    [{ kind: 0 }, 'has kind 0, which is none of REAL, INTEGER and CHOICE'],
  ])('refuse %j', (message, reason) => {
    const incomplete = HyperparameterMessage.create({ name: 'rate', ...message } as object);
    expect(() => decodeHyperparameter(incomplete)).toThrow(SpaceConflictError);
    expect(() => decodeHyperparameter(incomplete)).toThrow(`hyperparameter rate: ${reason}`);
  });
});

describe('encodeConfiguration and decodeConfiguration', () => {
  const space = createSpace([
    { name: 'rate', kind: 'float', min: 1e-4, max: 1, scale: 'log', default: 0.1 },
    { name: 'layers', kind: 'int', min: 1, max: 9, scale: 'linear', default: 2 },
    { name: 'arch', kind: 'categorical', choices: ['conv', 'mlp'], default: 'conv' },
    {
      name: 'kernel',
      kind: 'categorical',
      choices: ['3', '5'],
      default: '3',
      condition: { parameter: 'arch', values: ['conv'] },
    },
  ]);

  it('are inverse to each other for every configuration of the space', () => {
    const unit = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(unit, (u) => {
        const configuration = fromUnit(space, u);
        expect(decodeConfiguration(encodeConfiguration(space, configuration), 'hyperparameters')).toEqual(
          configuration,
        );
        expect(decodeConfiguration(encodeForeignConfiguration(configuration, space, []), 'hyperparameters')).toEqual(
          configuration,
        );
      }),
    );
  });

  it('encode values of unknown names by their type: text is a choice, a number is real', () => {
    const settings = encodeForeignConfiguration({ method: 'smote', strength: 2, layers: 3 }, space, []);
    expect(settings.map(({ value }) => value?.value?.$case)).toEqual(['choice', 'real', 'integer']);
  });

  it.each([
    [[{ name: 'rate' }], 'hyperparameters[0]: rate has no value'],
    [[{ name: '' }], 'hyperparameters[0]: a setting without a name has no value'],
    [
      [0.1, 0.2].map((value) => ({ name: 'rate', value: { value: { $case: 'real' as const, value } } })),
      'hyperparameters[1]: rate is given twice; right would be once',
    ],
  ])('refuse %j', (settings, message) => {
    const given = settings.map((setting) => HyperparameterSetting.fromPartial(setting));
    expect(() => decodeConfiguration(given, 'hyperparameters')).toThrow(ValidationError);
    expect(() => decodeConfiguration(given, 'hyperparameters')).toThrow(message);
  });
});
