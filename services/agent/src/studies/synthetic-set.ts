import { SyntheticCard } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { DataDescription, FidelityReport } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Points } from '@qloom/datasets/points.ts';
import { classCounts } from '@qloom/datasets/rows.ts';
import type { Hyperparameters } from '../domain/space/parameter.ts';
import { encodePoint } from '../events/hyperparameters.ts';
import { putArtifact } from '../events/points-artifact.ts';
import { assess, type EvaluationContext, synthesize } from './evaluation-context.ts';
import type { SynthesisResult } from './unit-results.ts';

/**
 * The synthetic data set that people take away: the best candidate, refitted on all labels of the study. Its fidelity is
 * judged against the labels themselves, for no other real point may be seen.
 */
export async function synthesizeDataset(
  context: EvaluationContext,
  point: Hyperparameters,
  signal: AbortSignal,
): Promise<SynthesisResult> {
  const { labels, artifacts, data, manifest } = context;
  const made = await synthesize(context, 'synthesis', 30_000, point, labels, signal);
  if (made === null) throw new Error('synthesis: the chosen setting adds nothing');
  const roles = { training: labels, heldOut: labels, synthetic: made.points };
  const fidelity = withoutMemorization(await assess(context, 'synthesis', roles, signal));
  const card: SyntheticCard = {
    rows: made.points.count,
    classCounts: classCounts(made.points),
    hyperparameters: encodePoint(context.space, point),
    fitSeed: made.fitSeed,
    sampleSeed: made.sampleSeed,
    model: await putArtifact(artifacts, made.model, 'application/x-qloom-model'),
    training: manifest.labels,
    fidelity,
    acceptance: made.sample.acceptance,
  };
  const csv = new TextEncoder().encode(toCsv(made.points, data.description));
  return { csv: await putArtifact(artifacts, csv, 'text/csv'), card: SyntheticCard.toJSON(card) };
}

/** Copies are found by how near held-out points lie to the training points; here both are the same, and nothing is nearer. */
function withoutMemorization({ constraints, nullDistribution, ...rest }: FidelityReport): FidelityReport {
  const isOther = ({ name }: { readonly name: string }) => !name.startsWith('memorization');
  return { ...rest, constraints: constraints.filter(isOther), nullDistribution: nullDistribution.filter(isOther) };
}

/** Points as CSV: a header, one row a point, the class by name in the last column. */
export function toCsv({ count, features, x, y }: Points, { featureNames, classNames }: DataDescription): string {
  const names = Array.from({ length: features }, (_, j) => featureNames[j] ?? `x${j}`);
  const label = names.includes('label') ? 'class_label' : 'label';
  const lines = [[...names, label].map(quote).join(',')];
  for (let row = 0; row < count; row++) {
    const values = Array.from(x.subarray(row * features, (row + 1) * features), (value) => String(value));
    lines.push([...values, quote(classNames[y[row]] ?? String(y[row]))].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** RFC 4180. */
function quote(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
