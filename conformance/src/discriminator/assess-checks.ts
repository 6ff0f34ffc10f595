import { status } from '@grpc/grpc-js';
import type {
  AssessRequest,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { LabelledPoints } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { columns, inMessages, moved, oneClass, relabelled, rowsOf, waysToSplit } from '../shared/changed-points.ts';
import type { Instances } from '../shared/instances.ts';
import { requireNamedValues } from '../shared/received.ts';
import { mustBeOffered, mustRefuse } from '../shared/refusals.ts';
import { repeatedCallChecks } from '../shared/repeated-call.ts';
import { describedData, FEATURES, smallPoints } from '../shared/small-points.ts';
import { streamRefusals } from '../shared/stream-refusals.ts';
import type { SuiteOptions } from '../suite.ts';

type AssessPart = NonNullable<AssessRequest['part']>;

/** The reward's constraint terms, as slots.proto lists them. */
const CONSTRAINTS = ['diversity', 'imbalance', 'fidelity', 'memorization'];
const SOURCE = 'discriminator/v1/discriminator.proto: DiscriminatorService.Assess';
const FOLD = 4;

/** What an assessment of the checks may change. */
interface AssessChanges {
  readonly fold?: number;
  readonly seed?: number;
  readonly training?: readonly LabelledPoints[];
  readonly heldOut?: readonly LabelledPoints[];
  /** No messages: nothing is added. */
  readonly synthetic?: readonly LabelledPoints[];
}

/** Points of each role; their numbers differ, and do not divide by the number of features. */
const POINTS = { training: smallPoints(35), heldOut: smallPoints(32, 200), synthetic: smallPoints(26, 400) };
type Role = keyof typeof POINTS;
const ROLES: readonly Role[] = ['training', 'heldOut', 'synthetic'];
const whole = (points: Points) => inMessages(points, [points.count]);
/** Points far from every real one. */
const FAR = moved(POINTS.synthetic, 0, POINTS.synthetic.count, 50);

/** Synthetic points that are worse than others of the same clouds by one constraint. */
const WORSE: readonly { readonly constraint: string; readonly what: string; readonly points: Points }[] = [
  { constraint: 'fidelity', what: 'points far from every real one', points: FAR },
  { constraint: 'diversity', what: 'one point again and again', points: repeated(POINTS.synthetic) },
  {
    constraint: 'imbalance',
    what: 'points of a single class',
    points: { ...POINTS.synthetic, y: new Int32Array(POINTS.synthetic.count) },
  },
  {
    constraint: 'memorization',
    what: 'copies of training points',
    points: rowsOf(POINTS.training, 0, POINTS.synthetic.count),
  },
];

/** Points that occur in studies. */
const DATA_SETS: readonly (AssessChanges & { readonly what: string })[] = [
  {
    what: 'of which held-out ones lack a class',
    heldOut: whole(relabelled(POINTS.heldOut, (label) => Math.min(label, 1))),
  },
  {
    what: 'of which synthetic ones lack a class',
    synthetic: whole(relabelled(POINTS.synthetic, (label) => Math.max(label, 1))),
  },
  { what: 'of which two are synthetic', synthetic: whole(rowsOf(POINTS.synthetic, 0, 2)) },
  {
    what: 'of which all have a feature in common',
    ...each((points) => columns(points, (value, j) => (j === 1 ? 2.5 : value))),
  },
  { what: 'of a single class', ...each(oneClass) },
];

/** Points of one class whose columns lie apart, and the same with each column in the place of the next. */
const APART = each((points) => oneClass(columns(points, (value, j) => value + [0, 30, -30][j])));
const EXCHANGED = {
  ...APART,
  synthetic: whole(oneClass(columns(POINTS.synthetic, (value, j) => value + [30, -30, 0][j]))),
};
const APART_FAR = {
  ...APART,
  synthetic: whole(oneClass(columns(POINTS.synthetic, (value, j) => value + [1000, 1030, 970][j]))),
};

/** Checks of Assess. */
export function assessChecks(
  instances: Instances<typeof DiscriminatorServiceService>,
  { deadlineMs }: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const list = listChecks(`${SOURCE}; slots.proto: FidelityReport`);
  const call = (parts: readonly (AssessPart | undefined)[], at = instances.first) =>
    at.assess(
      parts.map((part) => ({ part })),
      { deadlineMs },
    );
  const assess = async (changes: AssessChanges = {}, at = instances.first): Promise<FidelityReport> => {
    const { report } = await mustBeOffered(call(partsOf(changes), at), 'Assess');
    must(report !== undefined, 'the report is absent', 'a report');
    return report;
  };
  const assessed = sharedAnswer('a report', () => assess());

  list.promise('a report has its fold, the number of synthetic points, every constraint and its null', async () => {
    const report = await assessed();
    const { count } = POINTS.synthetic;
    must(report.syntheticCount === count, `synthetic_count is ${report.syntheticCount}`, String(count));
    requireReport(report);
  });

  list.promise('without synthetic points there is a report of "nothing added"', async () => {
    await assessed();
    const report = await assess({ synthetic: [] });
    must(report.syntheticCount === 0, `synthetic_count is ${report.syntheticCount}`, '0');
    requireReport(report);
  });

  for (const { what, ...changes } of DATA_SETS) {
    list.promise(`points ${what} are assessed`, async () => {
      await assessed();
      requireReport(await assess(changes));
    });
  }

  for (const { constraint, what, points } of WORSE) {
    list.promise(`${what} have a lower ${constraint} than other points of the same clouds`, async () => {
      const good = constraintOf((await assessed()).constraints, constraint);
      const bad = constraintOf((await assess({ synthetic: whole(points) })).constraints, constraint);
      must(bad < good, `${constraint} is ${bad} for ${what} and ${good} for others`, 'lower, for higher is better');
    });
  }

  list.promise('points whose columns are exchanged have as low a fidelity as points that lie far away', async () => {
    await assessed();
    const fidelity = async (changes: AssessChanges) => constraintOf((await assess(changes)).constraints, 'fidelity');
    const [good, exchanged, far] = [await fidelity(APART), await fidelity(EXCHANGED), await fidelity(APART_FAR)];
    const what = `fidelity is ${exchanged} for exchanged columns, ${good} for right ones and ${far} for far points`;
    must(exchanged < (good + far) / 2, what, 'near that of far points: tensors are row-major');
  });

  const third = (role: Role, rows: number) => {
    const counts = waysToSplit(POINTS[role].count)[0].counts;
    const from = rows === 0 ? 0 : POINTS[role].count - counts[2];
    const points = moved(POINTS[role], from, from + counts[0]);
    return {
      what: `the points of the ${rows === 0 ? 'first' : 'last'} message of ${FIELD[role]}`,
      from: { [role]: inMessages(POINTS[role], counts) },
      change: { [role]: inMessages(points, counts) },
    };
  };
  const repeats = repeatedCallChecks<AssessChanges>({
    name: 'an assessment',
    answer: 'report',
    source: SOURCE,
    unchanged: {},
    async ask(changes, instance) {
      await assessed();
      const at = instance === 'first' ? instances.first : instances.second();
      const { constraints, metrics, nullDistribution } = await assess(changes, at);
      return JSON.stringify([constraints, metrics, nullDistribution]);
    },
    same: [
      { what: 'its fold', change: { fold: 9 } },
      ...ROLES.flatMap((role) =>
        waysToSplit(POINTS[role].count).map(({ what, counts }) => ({
          what: `the split of ${FIELD[role]} points into ${what}`,
          change: { [role]: inMessages(POINTS[role], counts) },
        })),
      ),
    ],
    different: ROLES.flatMap((role) => [third(role, 0), third(role, 1)]),
    others: [{ synthetic: [] }, { seed: 4_000_000_007, synthetic: whole(FAR) }, APART],
    mistakes: () => mustRefuse(call([]), status.INVALID_ARGUMENT),
    repetitions: 10,
  });

  const streams = streamRefusals<AssessPart>({
    name: 'an assessment',
    source: SOURCE,
    order: {
      settings: { once: true },
      training: { points: true, limit: 'real_points' },
      heldOut: { points: true, limit: 'real_points' },
      synthetic: { optional: true, points: true },
    },
    capabilities,
    async parts() {
      await assessed();
      return partsOf({});
    },
    ask: (parts) => call(parts),
  });
  return [...list.checks, ...repeats, ...streams];
}

const FIELD: Readonly<Record<Role, string>> = { training: 'training', heldOut: 'held_out', synthetic: 'synthetic' };

function partsOf({ fold = FOLD, seed = 21, ...changes }: AssessChanges): AssessPart[] {
  const points = ROLES.flatMap(($case) =>
    (changes[$case] ?? whole(POINTS[$case])).map((value): AssessPart => ({ $case, value })),
  );
  const { classes } = (changes.training ?? whole(POINTS.training))[0];
  const data = describedData({ features: FEATURES, classes });
  return [{ $case: 'settings', value: { fold, seed, data } }, ...points];
}

/** The same change of the points of every role. */
function each(change: (points: Points) => Points): Required<Pick<AssessChanges, Role>> {
  const changed = (role: Role) => whole(change(POINTS[role]));
  return { training: changed('training'), heldOut: changed('heldOut'), synthetic: changed('synthetic') };
}

function repeated({ x, ...points }: Points): Points {
  return { ...points, x: x.map((_, i) => x[i % points.features]) };
}

function requireReport({ fold, constraints, metrics, nullDistribution }: FidelityReport): void {
  must(fold === FOLD, `fold is ${fold}`, `${FOLD}, as in the settings`);
  requireNamedValues(constraints, 'constraints');
  requireNamedValues(metrics, 'metrics');
  const nulls = requireNamedValues(nullDistribution, 'null_distribution');
  for (const name of CONSTRAINTS) {
    constraintOf(constraints, name);
    for (const part of ['sigma', 'tau']) {
      const value = nulls.get(`${name}.${part}`);
      must(value !== undefined, `null_distribution lacks ${name}.${part}`, 'the null of each constraint');
      must(Number.isFinite(value), `${name}.${part} is ${value}`, 'finite');
    }
    must(nulls.get(`${name}.sigma`)! >= 0, `${name}.sigma is below 0`, 'a standard deviation');
  }
}

function constraintOf(values: FidelityReport['constraints'], name: string): number {
  const found = values.find((value) => value.name === name);
  must(found !== undefined, `constraints lack ${name}`, CONSTRAINTS.join(', '));
  return found.value;
}
