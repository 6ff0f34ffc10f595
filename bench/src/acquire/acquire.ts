import { bcaInterval } from '@qloom/metrics/statistics/bootstrap/bca-interval.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { openQnn, type Qnn } from '../augmentation/qnn-arms.ts';
import type { Bench } from '../harness/bench.ts';
import { checkKeys, select } from '../harness/only.ts';
import { lessIsBetter, type Row } from '../harness/row.ts';
import { type AcquireArm, COMPARISONS, type Comparison, campaignOf } from './arms.ts';
import { type CampaignDraw, runCampaign } from './campaign.ts';
import { type AcquireCell, CELLS, OTHER_CELLS } from './cells.ts';
import { labelsToTarget } from './labels-to-target.ts';

/**
 * Draws that confirm, those that confirm the policy `agent`, those that did so before, and those on which acquisition, batch and targets were
 * chosen: number and first seed.
 */
const DRAWS = {
  fresh: { count: 40, first: 6000 },
  policy: { count: 20, first: 7000 },
  earlier: { count: 24, first: 5000 },
  development: { count: 16, first: 0 },
} as const;
const KINDS = Object.keys(DRAWS) as (keyof typeof DRAWS)[];
/** Points of each pool, as they fall, and of each test set, in equal parts per class. */
const [POOL_POINTS, TEST_POINTS] = [600, 1000];

const ARM_NAMES = [...new Set(COMPARISONS.map(({ ours }) => ours.name))];
const NAMES = [...CELLS, ...OTHER_CELLS].map(({ name }) => name);

/** Measures how many labels a QNN needs when they are chosen, beside labels at random. */
export const acquireBench: Bench = {
  description: 'labels until a QNN has a target accuracy, chosen by acquisition functions, beside random ones',
  options: `cells: ${NAMES.join(', ')}; draws: ${KINDS.join(', ')}; arms: ${ARM_NAMES.map((name) => `"${name}"`).join(', ')}; --full: all cells`,
  parts: (options) => wantedParts(options).map(({ part }) => part),
  async *run(progress, options, wanted) {
    for (const { part, cell, draws, comparisons } of wantedParts(options).filter((one) => wanted.has(one.part))) {
      yield { parts: [part], rows: await measure(part, cell, draws, comparisons, progress) };
    }
  },
};

function wantedParts({ full, only }: Parameters<Bench['parts']>[0]) {
  checkKeys(only, ['cells', 'draws', 'arms']);
  const all = full || only.has('cells') ? [...CELLS, ...OTHER_CELLS] : CELLS;
  const cells = select(
    only,
    'cells',
    all.map(({ name }) => name),
  );
  const draws = only.has('draws') ? select(only, 'draws', KINDS) : (['fresh'] as const);
  const names = select(only, 'arms', ARM_NAMES);
  const comparisons = COMPARISONS.filter(({ ours }) => names.includes(ours.name));
  return draws.flatMap((kind) =>
    all
      .filter(({ name }) => cells.includes(name))
      .map((cell) => ({ part: `${cell.name}, ${kind} draws`, cell, draws: kind, comparisons })),
  );
}

/** Labels that each campaign of an arm needed, in the order of the draws. */
interface ArmLabels {
  readonly labels: readonly number[];
  /** Campaigns that did not reach the target, which count with the budget. */
  readonly missed: number;
}

async function measure(
  part: string,
  cell: AcquireCell,
  kind: keyof typeof DRAWS,
  comparisons: readonly Comparison[],
  progress: (message: string) => void,
): Promise<Row[]> {
  const { count, first } = DRAWS[kind];
  const draws = Array.from({ length: count }, (_, i) => drawOf(cell, first + i));
  const qnn = await openQnn(draws[0].test);
  const byArm = new Map<string, ArmLabels>();
  for (const arm of new Set(comparisons.flatMap(({ ours, theirs }) => [theirs, ours]))) {
    progress(`${part}, ${arm.name}`);
    byArm.set(arm.name, await labelsOf(qnn, cell, arm, draws));
  }
  return comparisons.map((comparison) => rowOf(part, cell, comparison, byArm));
}

function drawOf({ task }: AcquireCell, seed: number): CampaignDraw {
  const pool = task.draw({ count: POOL_POINTS, seed, purpose: 'unlabelled', classCounts: 'as they fall' });
  return { seed, pool, test: task.draw({ count: TEST_POINTS, seed, purpose: 'test' }) };
}

async function labelsOf(
  qnn: Qnn,
  cell: AcquireCell,
  arm: AcquireArm,
  draws: readonly CampaignDraw[],
): Promise<ArmLabels> {
  const labels: number[] = [];
  let missed = 0;
  for (const draw of draws) {
    const outcome = await labelsToTarget(runCampaign(qnn, draw, campaignOf(arm, cell)), cell.target, cell.budget);
    labels.push(outcome.labels);
    if (!outcome.isReached) missed++;
  }
  return { labels, missed };
}

/** The ratio of the mean numbers of labels, with its bootstrap interval over paired draws. */
function rowOf(
  part: string,
  cell: AcquireCell,
  { ours: arm, theirs: peerArm }: Comparison,
  byArm: ReadonlyMap<string, ArmLabels>,
): Row {
  const [name, peer] = [arm.name, peerArm.name];
  const [ours, theirs] = [byArm.get(name)!, byArm.get(peer)!];
  const meanAt = (values: readonly number[], draws: ArrayLike<number>) => meanOf(Array.from(draws, (i) => values[i]));
  const { low, high } = bcaInterval(
    ours.labels.length,
    (draws) => meanAt(theirs.labels, draws) / meanAt(ours.labels, draws),
    { seed: part },
  );
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  return lessIsBetter({
    bench: 'acquire',
    case: part,
    metric: `labels to ${100 * cell.target}%, ${name}`,
    value: meanOf(ours.labels),
    unit: 'labels',
    peer,
    peerValue: meanOf(theirs.labels),
    note: `[${low.toFixed(2)}, ${high.toFixed(2)}] over ${ours.labels.length} draws; median ${median(ours.labels)}, ${peer} ${median(theirs.labels)}; not reached by ${ours.missed}, ${peer} ${theirs.missed}`,
  });
}
