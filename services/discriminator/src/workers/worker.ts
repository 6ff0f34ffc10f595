import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import type { ConstraintNull } from '@qloom/metrics/constraints/constraint-null.ts';
import { type Assessment, assess, nullOf } from '../domain/assess/assess.ts';
import { type AssessmentReply, type AssessmentRequest, toMessage } from './messages.ts';

/** A thread that assesses, one sample after the other. */
if (!parentPort) throw new Error('worker.ts runs as the thread of an assessor, not on its own');
const port = parentPort;

/** The null depends only on the real points and the seed, and every episode of a study has the same folds. */
const nulls = new Map<string, ConstraintNull>();
const NULLS_KEPT = 64;

function cachedNull(assessment: Assessment): ConstraintNull {
  const { training, heldOut, seed } = assessment;
  const hash = createHash('sha256').update(`${seed}/${training.count}/${training.features}/${training.classes}`);
  for (const { x, y } of [training, heldOut]) hash.update(x).update(y);
  const key = hash.digest('hex');
  const known = nulls.get(key) ?? nullOf(assessment);
  nulls.delete(key);
  nulls.set(key, known);
  if (nulls.size > NULLS_KEPT) nulls.delete(nulls.keys().next().value as string);
  return known;
}

port.on('message', ({ id, assessment }: AssessmentRequest) => {
  const reply = (message: AssessmentReply) => port.postMessage(message);
  try {
    reply({ id, fidelity: assess(assessment, cachedNull) });
  } catch (error) {
    reply({ id, error: toMessage(error) });
  }
});
