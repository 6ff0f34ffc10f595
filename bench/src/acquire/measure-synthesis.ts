import type { SynthesisGain } from '@qloom/acquisition/policies/policy.ts';
import { synthesisGain, synthesisParts } from '@qloom/agent/domain/campaign/synthesis-parts.ts';
import type { Standardizer } from '@qloom/datasets/preprocessing/standardizer.ts';
import type { Random } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { concatenateRows, selectRows } from '@qloom/study/points/rows.ts';
import type { Qnn } from '../augmentation/qnn-arms.ts';
import { predictClasses } from './train-committee.ts';

/** How the points of a cross-validation are made, and scaled. */
interface CrossValidation {
  readonly scaling: Standardizer;
  readonly synthesize: (real: Points, seed: number) => Promise<Points | null>;
  readonly random: Random;
}

/** What points of the labels change, in the cross-validation of the agent; null where the labels cannot be divided. */
export async function measureSynthesis(
  qnn: Qnn,
  labels: Points,
  { scaling, synthesize, random }: CrossValidation,
): Promise<SynthesisGain | null> {
  const parts = synthesisParts(labels, random);
  if (parts.length === 0) return null;
  const real = parts.map(({ training, heldOut, seed }) => ({
    training: selectRows(labels, training),
    heldOut: selectRows(labels, heldOut),
    seed,
  }));
  const augmented: typeof real = [];
  for (const part of real) {
    const added = await synthesize(part.training, part.seed);
    augmented.push(added === null ? part : { ...part, training: concatenateRows([part.training, added]) });
  }
  const predicted = await predictClasses(qnn, scaling, [...real, ...augmented]);
  return synthesisGain(labels, parts, {
    real: predicted.slice(0, parts.length),
    augmented: predicted.slice(parts.length),
  });
}
