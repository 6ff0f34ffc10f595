import { status } from '@grpc/grpc-js';
import { type Method, Need } from '@qloom/contracts/gen/qloom/generator/v1/generator.ts';
import { encodeUnlabelled } from '@qloom/study-rpc/codec/unlabelled-points.ts';
import { type Check, CheckSkipped, listChecks, must } from '../check.ts';
import { moved } from '../shared/changed-points.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { pointsMessage, smallPoints } from '../shared/small-points.ts';
import { askToTheEnd } from '../shared/stream-refusals.ts';
import type { FitPart } from './fit-call.ts';
import type { FitContext } from './fit-context.ts';

const SOURCE = 'generator/v1/generator.proto: FitRequest, Method';

const [UNLABELLED] = encodeUnlabelled(smallPoints(24, 300));
/** Clouds like those of the training points, some way off, so that a method has something to align. */
const SOURCE_POINTS = moved(smallPoints(24, 300), 0, 24, 1);
/** The parts of sources, in the order of the contract. */
export const SOURCES: readonly FitPart[] = [
  { $case: 'unlabelled', value: UNLABELLED },
  { $case: 'source', value: pointsMessage(SOURCE_POINTS) },
];
const NAMES: Readonly<Record<number, string>> = { [Need.UNLABELLED]: 'unlabelled', [Need.SOURCE]: 'source' };

/** Checks of the methods that a generator describes, and of the points beyond the labels that they need. */
export function sourceChecks(context: FitContext): readonly Check[] {
  const list = listChecks(SOURCE);
  const { generator, options } = context;
  const described = async (): Promise<readonly Method[]> => {
    const { methods } = await generator.getCapabilities({});
    if (methods.length === 0) throw new CheckSkipped('the service describes no methods; it need not');
    return methods;
  };
  const ask = async (sources: readonly FitPart[], method?: string): Promise<unknown> => {
    const [settings, ...rest] = await context.parts(method === undefined ? {} : await withMethod(context, method));
    return askToTheEnd(generator.fit({ deadlineMs: options.deadlineMs }), [settings, ...rest, ...sources]);
  };

  list.promise('every method that is described is a value of the hyperparameter method, once', async () => {
    const names = (await described()).map(({ name }) => name);
    const choices = (await context.space()).find(({ name }) => name === 'method')?.choices ?? [];
    must(
      names.length === choices.length && choices.every((choice) => names.includes(choice)),
      `${names.join(', ')} are described, and ${choices.join(', ')} offered`,
      'the same names',
    );
  });

  list.promise('the ratio of a method that is described is a positive number', async () => {
    for (const { name, ratio } of await described()) {
      const isPositive = ratio === undefined || (ratio > 0 && Number.isFinite(ratio));
      must(isPositive, `${name} has the ratio ${ratio}`, 'a number above 0, or none');
    }
  });

  list.promise('points that a method does not need are read and not used', async () => {
    await described();
    await ask(SOURCES);
  });

  list.refusal('source points before unlabelled ones are INVALID_ARGUMENT', async () => {
    await described();
    await mustRefuse(ask(SOURCES.toReversed()), status.INVALID_ARGUMENT);
  });

  list.refusal('a method that needs points is INVALID_ARGUMENT without them, and takes them', async () => {
    const needing = (await described()).flatMap(({ name, needs }) => {
      const known = needs.every((need) => need in NAMES);
      return known && needs.length > 0 ? [{ name, needs: needs.map((need) => NAMES[need]) }] : [];
    });
    if (needing.length === 0) throw new CheckSkipped('no method needs unlabelled or source points');
    for (const { name, needs } of needing) {
      await mustRefuse(ask([], name), status.INVALID_ARGUMENT);
      await ask(
        SOURCES.filter(({ $case }) => needs.includes($case)),
        name,
      );
    }
  });
  return list.checks;
}

/** Settings of a fit with this method. */
export async function withMethod(context: FitContext, method: string) {
  const { hyperparameters } = await context.settings();
  const others = hyperparameters.filter(({ name }) => name !== 'method');
  return {
    hyperparameters: [...others, { name: 'method', value: { value: { $case: 'choice', value: method } as const } }],
  };
}
