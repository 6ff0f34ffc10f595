import { createRandom } from '@qloom/random/random.ts';
import fc from 'fast-check';
import type { Candidates } from '../candidates.ts';
import type { Committee } from '../committee.ts';

/** 1 to 40 candidates of 1 to 4 features, some labelled and some pending points; few levels make copies frequent. */
export const anyCandidates: fc.Arbitrary<Candidates> = fc
  .record({
    count: fc.integer({ min: 1, max: 40 }),
    features: fc.integer({ min: 1, max: 4 }),
    labelled: fc.integer({ min: 0, max: 6 }),
    pending: fc.integer({ min: 0, max: 4 }),
    levels: fc.constantFrom(2, 5, Number.POSITIVE_INFINITY),
    hasCosts: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ count, features, labelled, pending, levels, hasCosts, seed }) => {
    const random = createRandom(`candidates/${seed}`);
    const value = () => (levels === Number.POSITIVE_INFINITY ? random.normal() : random.integer(levels));
    const rows = (n: number) => Float64Array.from({ length: n * features }, value);
    return {
      count,
      features,
      values: rows(count),
      labelled: rows(labelled),
      pending: rows(pending),
      ...(hasCosts ? { costs: Float64Array.from({ length: count }, () => 0.1 + random.uniform()) } : {}),
    };
  });

/** A committee of 1 to 5 members and 2 to 5 classes for any number of candidates; some probabilities are 0 and 1. */
export const anyCommittee: fc.Arbitrary<(candidates: number) => Committee> = fc
  .record({
    members: fc.integer({ min: 1, max: 5 }),
    classes: fc.integer({ min: 2, max: 5 }),
    sharpness: fc.constantFrom(0, 1, 10, 1000),
    seed: fc.integer(),
  })
  .map(({ members, classes, sharpness, seed }) => (candidates) => {
    const random = createRandom(`committee/${seed}`);
    const probabilities = new Float64Array(members * candidates * classes);
    for (let at = 0; at < probabilities.length; at += classes) {
      const logits = Array.from({ length: classes }, () => sharpness * random.normal());
      const top = Math.max(...logits);
      const weights = logits.map((logit) => Math.exp(logit - top));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, c) => {
        probabilities[at + c] = weight / total;
      });
    }
    return { members, candidates, classes, probabilities };
  });
