import type { SynthesisGain } from '@qloom/acquisition/policies/policy.ts';
import { QnnArm, type QnnSettings } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import type { Random } from '@qloom/random/random.ts';
import { DomainError } from '@qloom/service-kit/faults/errors.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { selectRows } from '@qloom/study/points/rows.ts';
import { evaluateUtility } from '@qloom/study-rpc/clients/qnn-simulator-client.ts';
import { synthesisGain, synthesisParts } from '../../domain/campaign/synthesis-parts.ts';
import { LONG_CALL_MS, type Peers } from '../peers.ts';
import { decodeUtility } from '../replay/measurement.ts';
import type { Synthesize } from './synthesize-points.ts';

/** What is cross-validated. */
export interface SynthesisValidation {
  /** Labelled points in standardized features. */
  readonly labels: Points;
  readonly synthesize: Synthesize;
  readonly qnn: QnnSettings;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/**
 * What the points of a method change for the QNN, in repeated cross-validation inside the labels: in each fold they are made of its
 * training labels alone. Null where the labels cannot be divided. Rejects with the errors of the peers, and with DomainError
 * `unsupported` for a simulator that reports no predictions.
 */
export async function crossValidateSynthesis(
  { qnnSim }: Pick<Peers, 'qnnSim'>,
  { labels, synthesize, qnn, random, signal }: SynthesisValidation,
): Promise<SynthesisGain | null> {
  const parts = synthesisParts(labels, random);
  if (parts.length === 0) return null;
  const predictions = { real: [] as Int32Array[], augmented: [] as Int32Array[] };
  for (const [index, { training: rows, heldOut: rest, seed }] of parts.entries()) {
    const training = selectRows(labels, rows);
    const { points: synthetic } = await synthesize(training, random.fork(`part ${index}`));
    const arms = synthetic === null ? [QnnArm.REAL_ONLY] : [QnnArm.REAL_ONLY, QnnArm.AUGMENTED];
    const report = await evaluateUtility(qnnSim, {
      settings: { fold: 0, qnn, seeds: [seed], arms, probabilities: false },
      training,
      synthetic,
      heldOut: selectRows(labels, rest),
      signal,
      deadlineMs: LONG_CALL_MS,
    });
    const { runs } = decodeUtility(report);
    const real = runs.find(({ arm }) => arm === 'real-only')?.predictions;
    const augmented = synthetic === null ? real : runs.find(({ arm }) => arm === 'augmented')?.predictions;
    if (real == null || augmented == null) {
      throw new DomainError('unsupported', 'the QNN simulator reports no predictions; right would be one that does');
    }
    predictions.real.push(real);
    predictions.augmented.push(augmented);
  }
  return synthesisGain(labels, parts, predictions);
}
