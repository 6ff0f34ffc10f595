import { type ServiceError, status } from '@grpc/grpc-js';
import {
  type Hyperparameter,
  HyperparameterKind,
  type HyperparameterSetting,
  type HyperparameterValue,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import { cheapSettings, isActive } from './hyperparameter-ranges.ts';

type Values = ReadonlyMap<string, HyperparameterValue>;

/** A service whose hyperparameters are varied, one after the other. */
export interface Varied {
  /** Its result, `the points of a sample`. */
  readonly result: string;
  space(): Promise<readonly Hyperparameter[]>;
  /** Hyperparameters that others apply. */
  readonly applied: readonly string[];
  /** The result with these settings, as text. Rejects with INVALID_ARGUMENT where they cannot be used here. */
  resultOf(settings: readonly HyperparameterSetting[]): Promise<string>;
}

/** The check that every advertised hyperparameter changes the result. */
export function hyperparameterEffectChecks({ result, space: ask, applied, resultOf }: Varied): readonly Check[] {
  const list = listChecks('episode/v1/capabilities.proto: Capabilities.hyperparameters');
  list.promise(`every advertised hyperparameter changes ${result}`, async () => {
    const space = await ask();
    const varied = space.filter(({ name }) => !applied.includes(name));
    if (varied.length === 0) throw new CheckSkipped('the service offers no hyperparameters');
    const known = new Map<string, Promise<string | undefined>>();
    const resultOnce = (values: Values): Promise<string | undefined> => {
      const settings = space.filter((parameter) => values.has(parameter.name) && isActive(parameter, space, values));
      const given = settings.map(({ name }) => ({ name, value: values.get(name) }));
      const key = JSON.stringify(given);
      const found = known.get(key) ?? unlessInvalid(resultOf(given));
      known.set(key, found);
      return found;
    };
    for (const parameter of varied) {
      const tried = await hasEffect(parameter, space, resultOnce);
      must(tried !== 'none', `${parameter.name} has no effect on ${result}`, 'an effect of every one that is offered');
    }
  });
  return list.checks;
}

/** Whether any other value changes the result: first with the cheapest settings, then with the defaults. */
async function hasEffect(
  parameter: Hyperparameter,
  space: readonly Hyperparameter[],
  resultOf: (values: Values) => Promise<string | undefined>,
): Promise<'some' | 'none' | 'unknown'> {
  let tried: 'none' | 'unknown' = 'unknown';
  for (const cheap of [true, false]) {
    for (const active of activations(parameter, space)) {
      const settings = cheap ? cheapSettings(space, active) : [];
      const base = new Map([
        ...active,
        ...settings.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])),
      ]);
      const before = await resultOf(base);
      if (before === undefined) continue;
      for (const value of valuesOf(parameter)) {
        const after = await resultOf(new Map(base).set(parameter.name, value));
        if (after === undefined) continue;
        if (after !== before) return 'some';
        tried = 'none';
      }
    }
  }
  return tried;
}

/** Values of the parameters in its condition, and in theirs, with which a parameter is active. */
function activations({ condition }: Hyperparameter, space: readonly Hyperparameter[]): Values[] {
  if (condition === undefined) return [new Map()];
  const other = space.find(({ name }) => name === condition.parameter);
  const outer =
    other === undefined
      ? [new Map()]
      : activations(
          other,
          space.filter((one) => one !== other),
        );
  return condition.values.flatMap((value) =>
    outer.map((values) => new Map(values).set(condition.parameter, { value: { $case: 'choice', value } })),
  );
}

/** The ends and two values between, or all choices. */
function valuesOf({ kind, minimum, maximum, choices }: Hyperparameter): HyperparameterValue[] {
  if (kind === HyperparameterKind.CHOICE) return choices.map((value) => ({ value: { $case: 'choice', value } }));
  if (kind === HyperparameterKind.INTEGER) {
    const near = [minimum, minimum + 1, minimum + 5, maximum].filter((value) => value <= maximum);
    return near.map((value) => ({ value: { $case: 'integer', value } }));
  }
  const middle = minimum > 0 ? Math.sqrt(minimum * maximum) : (minimum + maximum) / 2;
  return [maximum, minimum, middle].map((value) => ({ value: { $case: 'real', value } }));
}

async function unlessInvalid(result: Promise<string>): Promise<string | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as Partial<ServiceError>).code === status.INVALID_ARGUMENT) return undefined;
    throw error;
  }
}
