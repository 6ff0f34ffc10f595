import { type GetCapabilitiesResponse, type Method, Need } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import type { Configuration } from '@qloom/study/hyperparameters/hyperparameter.ts';
import { type DataNeed, METHOD, type OfferedMethod } from '@qloom/study/synthesis/offered-method.ts';

const NEEDS: Readonly<Record<DataNeed, Need>> = {
  unlabelled: Need.UNLABELLED,
  source: Need.SOURCE,
  shots: Need.SHOTS,
};

/** The message that describes a method. Its needs must be known. */
export function encodeMethod({
  name,
  description,
  baseline,
  needs,
  continues,
  classDensity,
  ratio,
}: OfferedMethod): Method {
  return {
    name,
    description,
    baseline,
    needs: needs.map((need) => (need === 'unknown' ? Need.UNSPECIFIED : NEEDS[need])),
    continues,
    classDensity,
    ratio,
  };
}

/** The methods that a generator describes, by name; empty for a generator that describes none. */
export function offeredMethods({
  methods,
}: Pick<GetCapabilitiesResponse, 'methods'>): ReadonlyMap<string, OfferedMethod> {
  return new Map(methods.map((method) => [method.name, decodeMethod(method)]));
}

/**
 * What the method of a configuration needs, by the generator's description; nothing if it does not describe the method. Absent in
 * the configuration, the method is the default that is advertised.
 */
export function methodNeeds(
  answer: Pick<GetCapabilitiesResponse, 'capabilities' | 'methods'>,
  configuration: Configuration,
): OfferedMethod['needs'] {
  const advertised = answer.capabilities?.hyperparameters.find(({ name }) => name === METHOD)?.defaultValue?.value;
  const name = configuration[METHOD] ?? advertised?.value;
  return offeredMethods(answer).get(String(name))?.needs ?? [];
}

function decodeMethod({ needs, ratio, ...method }: Method): OfferedMethod {
  const isRatio = ratio !== undefined && ratio > 0;
  return { ...method, needs: needs.map(decodeNeed), ratio: isRatio ? ratio : undefined };
}

function decodeNeed(need: Need): DataNeed | 'unknown' {
  const known = (Object.keys(NEEDS) as DataNeed[]).find((name) => NEEDS[name] === need);
  return known ?? 'unknown';
}
