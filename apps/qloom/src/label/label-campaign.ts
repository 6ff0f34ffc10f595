import type { AskedPoint, Campaign, CampaignPoint } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { Backend, RunSummary } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { createRandom } from '@qloom/random/random.ts';
import { handedPoints } from '../campaign/ask-points.ts';
import type { CampaignClients } from '../campaign/with-campaign.ts';
import { CommandError } from '../command/errors.ts';
import {
  createExperimentExecutor,
  type ExecutorOptions,
  type ExperimentService,
} from '../experiment/experiment-executor.ts';
import { askBatch, giveBack, hashOf, isBegun, MOST_ANSWERS, tellPoints, tokenOf, whoOf } from './campaign-calls.ts';
import { type LabelCircuit, type MeasuredPoint, measurePoints } from './measure-points.ts';
import { staleLabels } from './stale-labels.ts';

/** What answers a campaign by itself. */
export interface Labelling {
  /** The campaign. */
  readonly id: string;
  readonly clients: Pick<CampaignClients, 'campaigns' | 'signal'>;
  readonly remote: ExperimentService;
  readonly backend: Backend;
  readonly measure: LabelCircuit;
  /** Caps over all runs of the campaign on the backend. */
  readonly budget: ExecutorOptions['budget'];
  /** Whether labels whose calibration is stale are measured again. */
  readonly remeasure: boolean;
  /** Seed of a simulated backend. */
  readonly seed: number;
}

/** Whom a labelling tells. */
export interface LabelHooks extends Pick<ExecutorOptions, 'onJob' | 'onFault'> {
  /** Points are measured with so many shots each. */
  readonly onMeasure: (points: number, shots: number) => void;
  /** Answers were told. */
  readonly onTold: (points: readonly MeasuredPoint[], correction: boolean) => void;
  /** Labels that a change of the calibration may have made wrong. */
  readonly onStale: (count: number) => void;
}

/** Why a labelling ended: all labels are told, they are not worth their price, or the budget of the backend is used. */
type LabelEnd = { readonly why: 'labels' | 'price' | 'budget'; readonly message: string };

/** What a labelling came to. */
export interface LabelOutcome {
  readonly campaign: Campaign;
  readonly end: LabelEnd;
  readonly told: number;
  /** Of those told, labels whose margin is below two standard errors. */
  readonly undecided: number;
  readonly remeasured: number;
  /** What the runs that this call began or continued have taken. */
  readonly cost: number;
  readonly shots: number;
  readonly jobs: number;
}

/**
 * Answers a campaign until its end: asks for a batch, measures it, tells the classes. Tokens and names of runs are functions of the campaign and its
 * state, so that a repetition, after a crash at any point or at the same time, asks for no point twice and pays for no job twice:
 *
 * - a batch that was handed out and not answered is found among the points of the backend, by the token of its request
 * - the runs of a batch are named by that token
 * - answers to points that somebody else has answered in the meantime are left out
 *
 * Throws CommandError where a run is refused for another reason than the budget, and the errors of the agent.
 */
export async function labelCampaign(labelling: Labelling, hooks: LabelHooks): Promise<LabelOutcome> {
  const { id, clients, backend } = labelling;
  const who = whoOf(backend.name);
  const caller = { id, clients, backend: backend.name };
  const spent = { cost: 0, shots: 0, jobs: 0 };
  const sum = { told: 0, undecided: 0, remeasured: 0 };
  const outcomeOf = (campaign: Campaign, end: LabelEnd): LabelOutcome => ({ campaign, end, ...sum, ...spent });
  const measureAs = (token: string, points: readonly AskedPoint[]) =>
    measurePoints(
      labelling.measure,
      points,
      createExperimentExecutor({
        ...{ remote: labelling.remote, backend: backend.name, study: id, prefix: token },
        ...{ budget: labelling.budget, signal: clients.signal, onJob: hooks.onJob, onFault: hooks.onFault },
        onSummary: (_, summary) => add(spent, summary),
      }),
      createRandom(labelling.seed).seedFor(token),
      hooks.onMeasure,
    );
  const tell = async (token: string, points: readonly MeasuredPoint[], correction: boolean) => {
    const { campaign, told } = await tellPoints(caller, token, points, correction);
    sum.told += told.length;
    sum.undecided += told.filter((point) => !point.isDecided).length;
    if (correction) sum.remeasured += told.length;
    hooks.onTold(told, correction);
    return campaign;
  };

  let isChecked = false;
  for (;;) {
    const { campaign, points } = await handedPoints(clients, id);
    const begun = points.find((point) => isBegun(point, who))?.askToken;
    if (begun === undefined && !isChecked) {
      isChecked = true;
      const stale = staleOf(labelling, points, campaign);
      if (!labelling.remeasure && stale.length > 0) hooks.onStale(stale.length);
      if (labelling.remeasure && stale.length > 0) {
        const token = `again-${hashOf(who, ...stale.map(({ asked, answers }) => `${asked?.point} ${answers}`))}`;
        const measured = await measureAs(
          token,
          stale.flatMap(({ asked }) => (asked ? [asked] : [])),
        );
        const after = measured.points.length > 0 ? await tell(token, measured.points, true) : campaign;
        if (measured.exhausted !== undefined) return outcomeOf(after, { why: 'budget', message: measured.exhausted });
        continue;
      }
    }
    if (begun === undefined && campaign.advice?.stop) {
      return outcomeOf(campaign, { why: 'price', message: 'more labels are not worth their price' });
    }
    const token = begun ?? tokenOf(campaign, who);
    const asked = await askBatch(caller, token);
    if (typeof asked === 'string') return outcomeOf(campaign, { why: 'labels', message: asked });
    const measured = await measureAs(token, asked).catch((error) => {
      throw isOther(error)
        ? new CommandError(`${error.message}\n${otherOptions(id, asked, who)}`, { cause: error })
        : error;
    });
    if (measured.points.length === 0) {
      const after = await giveBack(caller, token);
      return outcomeOf(after, { why: 'budget', message: measured.exhausted ?? 'no point was measured' });
    }
    const after = await tell(token, measured.points, false);
    if (measured.exhausted !== undefined) return outcomeOf(after, { why: 'budget', message: measured.exhausted });
  }
}

function staleOf({ backend, measure }: Labelling, points: readonly CampaignPoint[], { settings }: Campaign) {
  const { calibration } = backend;
  if (calibration === undefined) return [];
  return staleLabels(points, whoOf(backend.name), calibration, measure.rule, settings?.classNames ?? []).slice(
    0,
    MOST_ANSWERS,
  );
}

/** Whether a run of the name exists with other circuits, which are the points' and the options'. */
const isOther = (error: unknown): error is Error =>
  error instanceof CommandError && /exists with other settings or circuits/.test(error.message);

const otherOptions = (id: string, asked: readonly AskedPoint[], who: string): string =>
  `These points were begun with another circuit, seed, other observables or shots: give those, or give the points back with qloom tell ${id} --who ${who} --withdraw ${asked.map(({ point }) => point).join(',')}`;

function add(spent: { cost: number; shots: number; jobs: number }, { cost, shots, jobs }: RunSummary): void {
  spent.cost += cost;
  spent.shots += Number(shots);
  spent.jobs += jobs;
}
