import type { Capabilities } from '@qloom/contracts/gen/qloom/episode/v1/capabilities.ts';
import { HyperparameterKind } from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { type Check, CheckFailure, CheckSkipped, listChecks, must, sharedAnswer } from '../check.ts';
import { requireWellFormed } from './hyperparameter-ranges.ts';

/** Capabilities of a service, requested once. */
export type CapabilitiesAnswer = () => Promise<Capabilities>;

/** Requests capabilities, once for all checks. */
export function askCapabilities(
  get: () => Promise<{ readonly capabilities?: Capabilities | undefined }>,
): CapabilitiesAnswer {
  return sharedAnswer('GetCapabilities', async () => {
    const { capabilities } = await get();
    if (capabilities === undefined) throw new CheckFailure('capabilities are absent', 'what the service can do');
    return capabilities;
  });
}

/** Checks of `GetCapabilities` that every service has. */
export function capabilitiesChecks(ask: CapabilitiesAnswer, again: CapabilitiesAnswer): readonly Check[] {
  const list = listChecks('episode/v1/capabilities.proto: Capabilities; hyperparameter.proto: Hyperparameter');

  list.promise('capabilities name the service, its version, its engines and limits', async () => {
    const { service, version, engines, limits } = await ask();
    must(service !== '', 'the service has no name', 'a name, such as "qloom.generator"');
    must(SEMVER.test(version), `the version is "${version}"`, 'a semantic version, such as 1.0.0');
    requireOnce(engines, 'engine');
    requireOnce(limits, 'limit');
    for (const { name, selected, available } of engines) {
      must(!selected || available, `engine ${name} is selected and not available`, 'one that is available');
    }
    for (const { name, maximum } of limits) {
      must(!Number.isNaN(maximum), `the limit ${name} is NaN`, 'the largest accepted value');
    }
  });

  list.promise('hyperparameters have unique names, ranges, and defaults inside them', async () => {
    const { hyperparameters } = await ask();
    if (hyperparameters.length === 0) throw new CheckSkipped('the service offers no hyperparameters');
    requireOnce(hyperparameters, 'hyperparameter');
    hyperparameters.forEach(requireWellFormed);
  });

  list.promise('conditions name choices that exist', async () => {
    const { hyperparameters } = await ask();
    const conditions = hyperparameters.flatMap(({ name, condition }) => (condition ? [{ name, condition }] : []));
    if (conditions.length === 0) throw new CheckSkipped('no hyperparameter has a condition');
    for (const { name, condition } of conditions) {
      const { parameter, values } = condition;
      const what = `the condition of ${name}`;
      const other = hyperparameters.find((candidate) => candidate.name === parameter && candidate.name !== name);
      must(other, `${what} names "${parameter}"`, 'another hyperparameter of this service');
      must(other.kind === HyperparameterKind.CHOICE, `${what} names ${parameter}, a number`, 'a choice');
      must(values.length > 0, `${what} has no values`, `some of ${other.choices.join(', ')}`);
      const wrong = values.find((value) => !other.choices.includes(value));
      must(wrong === undefined, `${what} has the value "${wrong}"`, `some of ${other.choices.join(', ')}`);
    }
  });

  list.promise('hyperparameters are advertised in a stable order', async () => {
    const first = (await ask()).hyperparameters.map(({ name }) => name);
    const second = (await again()).hyperparameters.map(({ name }) => name);
    must(first.join() === second.join(), `asked again: ${second.join(', ')}`, `as before: ${first.join(', ')}`);
  });
  return list.checks;
}

function requireOnce(named: readonly { readonly name: string }[], what: string): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    must(name !== '', `one ${what} has no name`, 'a name');
    must(!seen.has(name), `the ${what} ${name} stands twice`, 'each name once');
    seen.add(name);
  }
}

/** As semver.org has it, its suffixes loosely. */
const SEMVER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
