import { status } from '@grpc/grpc-js';
import {
  type Hyperparameter,
  HyperparameterKind,
  type HyperparameterSetting,
} from '@qloom/contracts/gen/qloom/episode/v1/hyperparameter.ts';
import { type Check, CheckSkipped, listChecks, must, sharedAnswer } from '../check.ts';
import { isActive } from '../shared/hyperparameter-ranges.ts';
import { mustRefuse } from '../shared/refusals.ts';
import { type ChangeRow, repeatedCallChecks } from '../shared/repeated-call.ts';
import { askToTheEnd } from '../shared/stream-refusals.ts';
import type { FitPart } from './fit-call.ts';
import type { FitChanges, FitContext } from './fit-context.ts';
import { sample, sampleParts } from './sample-call.ts';
import { withMethod } from './source-checks.ts';

const SOURCE = 'generator/v1/generator.proto: FitRequest.initial_model, Method.continues';

/** A fit that continues, and from what: a first fit, a fit that continued from that, or nothing. */
interface Continued extends FitChanges {
  readonly from: 'once' | 'twice' | 'nothing';
}

/** Checks of fits that continue from a model. */
export function continueChecks(context: FitContext): readonly Check[] {
  const { generator, options } = context;
  const list = listChecks(SOURCE);
  /** Settings of a method that continues. */
  const continuing = sharedAnswer('the methods', async () => {
    const { methods } = await generator.getCapabilities({});
    const names = methods.filter(({ continues }) => continues).map(({ name }) => name);
    if (names.length === 0) throw new CheckSkipped('no method continues from a model; none need');
    const { hyperparameters } = await context.settings();
    const given = hyperparameters.find(({ name }) => name === 'method')?.value?.value?.value;
    const advertised = (await context.space()).find(({ name }) => name === 'method')?.defaultValue?.value?.value;
    const chosen = String(given ?? advertised);
    return names.includes(chosen) ? { hyperparameters } : withMethod(context, names[0]);
  });
  const once = sharedAnswer('a fit to continue from', async () => (await context.fit(await continuing())).model);
  const twice = sharedAnswer('a fit that continues', async () => {
    return (await context.fit({ ...(await continuing()), initialModel: await once() })).model;
  });
  const initial = async (from: Continued['from']) =>
    from === 'nothing' ? {} : { initialModel: await (from === 'once' ? once() : twice()) };
  const refused = async (changes: FitChanges) =>
    mustRefuse(context.fit({ ...(await continuing()), ...changes }), status.INVALID_ARGUMENT);

  const { study } = options;
  const identity = { study, episode: 0, fold: 50, attempt: 1 };
  const same: ChangeRow<Continued>[] = [
    { what: 'its attempt', change: { from: 'once', identity: { ...identity, attempt: 3 } } },
    { what: 'its episode', change: { from: 'once', identity: { ...identity, episode: 8 } } },
    { what: 'how often checkpoints are sent', change: { from: 'once', checkpointEverySteps: 3 } },
  ];
  const different: ChangeRow<Continued>[] = [
    { what: 'there being a model to continue from', change: { from: 'nothing' } },
    { what: 'the model that it continues from', change: { from: 'twice' } },
  ];
  const repeats = repeatedCallChecks<Continued>({
    name: 'a fit that continues from a model',
    answer: 'model',
    source: SOURCE,
    unchanged: { from: 'once' },
    async ask({ from, ...changes }, instance) {
      const at = instance === 'first' ? generator : context.instances.second();
      const { model } = await context.fit({ ...(await continuing()), ...(await initial(from)), ...changes }, at);
      return Buffer.from(model).toString('base64');
    },
    same,
    different,
    others: [
      { from: 'twice', identity: { ...identity, episode: 9 } },
      { from: 'nothing', identity: { ...identity, episode: 10 } },
    ],
    mistakes: () => refused({ initialModel: Buffer.from('no model') }),
  });

  list.promise('a model that continues another one is sampled like any other', async () => {
    const model = await twice();
    const { points } = await sample(generator, sampleParts({ classCounts: [3, 3, 3] }, model), options.deadlineMs);
    must(points.count === 9, `${points.count} points were sampled`, 'the 9 that were asked for');
  });

  list.promise('a fit that continues from a model and from a checkpoint gives the same model', async () => {
    const continued = { ...(await continuing()), initialModel: await once() };
    const { model, checkpoints } = await context.fit(continued);
    if (checkpoints.length === 0) throw new CheckSkipped('the service sends no resumable checkpoints; it need not');
    const resumed = await context.fit({ ...continued, resume: checkpoints[0].bytes });
    must(Buffer.compare(model, resumed.model) === 0, 'resumed, the model is another one', 'the same bytes');
    const started = context.fit({ ...(await continuing()), resume: checkpoints[0].bytes });
    await mustRefuse(started, status.FAILED_PRECONDITION);
  });

  list.refusal('an initial model that is none is INVALID_ARGUMENT', () =>
    refused({ initialModel: Buffer.from('no model') }),
  );

  list.refusal(
    'an initial model with another value of a hyperparameter that it fixes is INVALID_ARGUMENT',
    async () => {
      const { hyperparameters } = await continuing();
      const other = otherValue(await context.space(), hyperparameters);
      if (other === undefined) throw new CheckSkipped('no hyperparameter but the method is fixed by a model');
      const rest = hyperparameters.filter(({ name }) => name !== other.name);
      await refused({ hyperparameters: [...rest, other], initialModel: await once() });
    },
  );

  list.refusal('an initial model before the training points is INVALID_ARGUMENT', async () => {
    const parts = await context.parts({ ...(await continuing()), initialModel: await once() });
    const isModel = ({ $case }: FitPart) => $case === 'initialModel';
    const [settings, ...rest] = parts.filter((part) => !isModel(part));
    const call = generator.fit({ deadlineMs: options.deadlineMs });
    await mustRefuse(askToTheEnd(call, [settings, ...parts.filter(isModel), ...rest]), status.INVALID_ARGUMENT);
  });

  list.refusal('an initial model for a method that does not continue is INVALID_ARGUMENT', async () => {
    const { methods } = await generator.getCapabilities({});
    const initialModel = await once();
    const other = methods.find(({ continues, needs }) => !continues && needs.length === 0);
    if (other === undefined) throw new CheckSkipped('every method continues, or needs points beyond the labels');
    await refused({ ...(await withMethod(context, other.name)), initialModel });
  });
  return [...repeats, ...list.checks];
}

/** Another value of an active hyperparameter that is fixed by a model. */
function otherValue(
  space: readonly Hyperparameter[],
  settings: readonly HyperparameterSetting[],
): HyperparameterSetting | undefined {
  const values = new Map(settings.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
  for (const parameter of space) {
    const { name, kind, choices, minimum, maximum, defaultValue } = parameter;
    if (!parameter.fixedByModel || name === 'method' || !isActive(parameter, space, values)) continue;
    const given = (values.get(name) ?? defaultValue)?.value?.value;
    const isChoice = kind === HyperparameterKind.CHOICE;
    const other = (isChoice ? choices : [minimum, maximum]).find((value) => value !== given);
    if (other === undefined) continue;
    if (typeof other === 'string') return { name, value: { value: { $case: 'choice', value: other } } };
    const $case = kind === HyperparameterKind.INTEGER ? 'integer' : 'real';
    return { name, value: { value: { $case, value: other } } };
  }
  return undefined;
}
