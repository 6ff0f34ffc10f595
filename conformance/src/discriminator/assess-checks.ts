import type {
  AssessRequest,
  DiscriminatorServiceService,
} from '@qloom/contracts/gen/qloom/discriminator/v1/discriminator.ts';
import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Remote } from '@qloom/service-kit/client/clients.ts';
import { type Check, listChecks, must, sharedAnswer } from '../check.ts';
import type { CapabilitiesAnswer } from '../shared/capabilities-checks.ts';
import { requireNamedValues } from '../shared/received.ts';
import { mustBeOffered } from '../shared/refusals.ts';
import { pointsMessage, SMALL_DATA, smallPoints } from '../shared/small-points.ts';
import { streamRefusals } from '../shared/stream-refusals.ts';
import type { SuiteOptions } from '../suite.ts';

type AssessPart = NonNullable<AssessRequest['part']>;

/** The reward's constraint terms, as slots.proto lists them. */
const CONSTRAINTS = ['diversity', 'imbalance', 'fidelity', 'memorization'];
const SOURCE = 'discriminator/v1/discriminator.proto: DiscriminatorService.Assess';
const FOLD = 4;

const SETTINGS: AssessPart = { $case: 'settings', value: { fold: FOLD, seed: 21, data: SMALL_DATA } };
const TRAINING: AssessPart = { $case: 'training', value: pointsMessage(smallPoints(36)) };
const HELD_OUT: AssessPart = { $case: 'heldOut', value: pointsMessage(smallPoints(30, 200)) };
/** Other points of the same clouds, which are ideal synthetic points. */
const GOOD = smallPoints(30, 400);
/** Points far from every real one. */
const FAR = { ...GOOD, x: GOOD.x.map((value) => value + 50) };
const synthetic = (points: typeof GOOD): AssessPart => ({ $case: 'synthetic', value: pointsMessage(points) });

/** Checks of Assess. */
export function assessChecks(
  discriminator: Remote<typeof DiscriminatorServiceService>,
  { deadlineMs }: SuiteOptions,
  capabilities: CapabilitiesAnswer,
): readonly Check[] {
  const list = listChecks(`${SOURCE}; slots.proto: FidelityReport`);
  const call = (...parts: (AssessPart | undefined)[]) =>
    discriminator.assess(
      parts.map((part) => ({ part })),
      { deadlineMs },
    );
  const assess = async (...parts: AssessPart[]): Promise<FidelityReport> => {
    const { report } = await mustBeOffered(call(...parts), 'Assess');
    must(report !== undefined, 'the report is absent', 'a report');
    return report;
  };
  const assessed = sharedAnswer('a report', () => assess(SETTINGS, TRAINING, HELD_OUT, synthetic(GOOD)));

  list.promise('a report has its fold, the number of synthetic points, every constraint and its null', async () => {
    const report = await assessed();
    must(report.syntheticCount === GOOD.count, `synthetic_count is ${report.syntheticCount}`, String(GOOD.count));
    requireReport(report);
  });

  list.promise('without synthetic points there is a report of "nothing added"', async () => {
    const report = await assess(SETTINGS, TRAINING, HELD_OUT);
    must(report.syntheticCount === 0, `synthetic_count is ${report.syntheticCount}`, '0');
    requireReport(report);
  });

  list.promise('the same settings and points give the same report', async () => {
    const again = await assess(SETTINGS, TRAINING, HELD_OUT, synthetic(GOOD));
    const text = ({ constraints, metrics, nullDistribution }: FidelityReport) =>
      JSON.stringify([constraints, metrics, nullDistribution]);
    const [one, other] = [text(await assessed()), text(again)];
    must(one === other, `asked again: ${other}`, `as before: ${one}`);
  });

  list.promise('points far from every real one have a lower fidelity than points of the same clouds', async () => {
    const far = await assess(SETTINGS, TRAINING, HELD_OUT, synthetic(FAR));
    const [good, bad] = [await assessed(), far].map(({ constraints }) => constraintOf(constraints, 'fidelity'));
    must(bad < good, `fidelity is ${bad} for far points and ${good} for near ones`, 'lower for far points');
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
      return [SETTINGS, TRAINING, HELD_OUT, synthetic(GOOD)];
    },
    ask: (parts) => call(...parts),
  });
  return [...list.checks, ...streams];
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
