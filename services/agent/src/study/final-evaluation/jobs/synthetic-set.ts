import { SyntheticCard } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { writeCsv } from '@qloom/datasets/csv/write-csv.ts';
import { classCounts } from '@qloom/study/points/rows.ts';
import { encodeConfiguration } from '@qloom/study-rpc/codec/hyperparameters.ts';
import type { Recipe } from '../../../domain/evaluation/recipe.ts';
import { putArtifact } from '../../data/points-artifact.ts';
import { assess, type EvaluationContext, synthesize } from './evaluation-context.ts';
import type { FailedJob, SynthesisResult } from './job-results.ts';

/**
 * The synthetic data set for download: from the best candidate, refitted to all labels of the study. Its fidelity is
 * assessed with the labels themselves, because no other real point may be used. Returns a {@link FailedJob} if the
 * candidate's ratio gives no point.
 */
export async function synthesizeDataset(
  context: EvaluationContext,
  recipe: Recipe,
  signal: AbortSignal,
): Promise<SynthesisResult | FailedJob> {
  const { labels, artifacts, data, manifest } = context;
  const made = await synthesize(context, 'synthesis', 30_000, recipe, labels, data.ownSources, signal);
  if (made === null) return { failed: 'the chosen configuration adds no points', reason: 'diverged' };
  const roles = { training: labels, heldOut: labels, synthetic: made.points };
  const fidelity = withoutMemorization(await assess(context, 'synthesis', roles, signal));
  const card: SyntheticCard = {
    rows: made.points.count,
    classCounts: classCounts(made.points),
    hyperparameters: encodeConfiguration(context.space, recipe.hyperparameters),
    fitSeed: made.fitSeed,
    sampleSeed: made.sampleSeed,
    model: await putArtifact(artifacts, made.model, 'application/x-qloom-model'),
    training: manifest.labels,
    fidelity,
    acceptance: made.sample.acceptance,
    earlierEpisodes: recipe.earlier?.map(({ episode }) => episode) ?? [],
  };
  const csv = new TextEncoder().encode(writeCsv(made.points, data.description, data.description));
  return { csv: await putArtifact(artifacts, csv, 'text/csv'), card: SyntheticCard.toJSON(card) };
}

/**
 * Copies are detected by the distances of held-out points to the training points; here the two sets are equal, so that
 * no point is closer.
 */
function withoutMemorization({ constraints, nullDistribution, ...rest }: FidelityReport): FidelityReport {
  const isOther = ({ name }: { readonly name: string }) => !name.startsWith('memorization');
  return { ...rest, constraints: constraints.filter(isOther), nullDistribution: nullDistribution.filter(isOther) };
}
