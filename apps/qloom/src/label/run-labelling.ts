import { Campaign } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { ExperimentServiceService } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { handedPoints } from '../campaign/ask-points.ts';
import { campaignText } from '../campaign/campaign-text.ts';
import type { CampaignClients } from '../campaign/with-campaign.ts';
import { UsageError } from '../command/errors.ts';
import { count, stateText } from '../experiment/cost-text.ts';
import { onlineBackend } from '../experiment/open-experiment.ts';
import type { StatusLine } from '../terminal/status-line.ts';
import { isBegun, whoOf } from './campaign-calls.ts';
import { labelCampaign } from './label-campaign.ts';
import { outcomeText, quoteText, toldText } from './label-text.ts';
import { quoteLabels } from './quote-labels.ts';
import { fitLabelCircuit, readLabelCircuit } from './read-label-circuit.ts';

/** Options of `qloom label`. */
export interface LabelOptions {
  readonly backend: string;
  readonly circuit: string;
  readonly observable: readonly string[];
  readonly shots: number;
  readonly mostShots: number;
  readonly budget?: number;
  readonly budgetShots?: number;
  readonly remeasure?: boolean;
  readonly seed: number;
  readonly json?: boolean;
}

/** Shows the quote and, with a budget, labels. Writes the outcome to `out` and progress to `line`. Throws what {@link labelCampaign} throws. */
export async function runLabelling(
  id: string,
  options: LabelOptions,
  clients: CampaignClients,
  line: StatusLine,
  out: (text: string) => void,
): Promise<void> {
  const { signal } = clients;
  const shots = { first: options.shots, most: options.mostShots };
  if (shots.most < shots.first) {
    throw new UsageError(`--most-shots: ${shots.most} is below --shots ${shots.first}; right would be at least that`);
  }
  const circuit = readLabelCircuit(options.circuit);
  const remote = connect(ExperimentServiceService, clients.experiment);
  try {
    const { campaign: opened, points } = await handedPoints(clients, id);
    const backend = await onlineBackend(remote, options.backend, signal);
    const measure = fitLabelCircuit(circuit, options.observable, shots, opened, backend);
    const begun = points.filter((point) => isBegun(point, whoOf(backend.name))).length;
    const quote = await quoteLabels(opened, begun, measure, { remote, backend, signal });
    line.note(quoteText(quote, backend.name, shots));
    if (options.budget === undefined && options.budgetShots === undefined) {
      line.note('nothing was run: give --budget or --budget-shots');
      return;
    }
    const names = opened.settings?.classNames ?? [];
    const outcome = await labelCampaign(
      {
        ...{ id, clients, remote, backend, measure, seed: options.seed, remeasure: options.remeasure === true },
        budget: {
          cost: options.budget,
          shots: options.budgetShots === undefined ? undefined : BigInt(options.budgetShots),
        },
      },
      {
        onMeasure: (points, each) => line.note(`${backend.name}: ${count(points, 'point')}, ${each} shots each`),
        onJob: (run, { job, state, reason }) =>
          line.show(`${run}: job ${job + 1} ${stateText(state)}${reason === '' ? '' : `: ${reason}`}`),
        onFault: (run, reason) => line.show(`${run}: ${reason}; trying again`),
        onTold: (points, correction) => line.note(toldText(points, names, correction)),
        onStale: (labels) =>
          line.note(
            `${count(labels, 'label')} may be others under the present calibration of ${backend.name}: --remeasure measures again`,
          ),
      },
    );
    line.end();
    const { campaign: after, end, ...sums } = outcome;
    if (options.json) out(`${JSON.stringify({ ...sums, end, campaign: Campaign.toJSON(after) }, null, 2)}\n`);
    else out(`${outcomeText(outcome, backend)}${campaignText(after)}`);
  } finally {
    line.end();
    remote.close();
  }
}
