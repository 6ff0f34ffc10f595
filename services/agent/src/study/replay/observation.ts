import type { NamedValue } from '@qloom/contracts/gen/qloom/tensor/v1/tensor.ts';
import { decodeFiniteValues } from '@qloom/study-rpc/codec/named-values.ts';
import type { Observation } from '../../domain/policy/policy.ts';
import { CONSTRAINTS, type Multipliers, mapConstraints } from '../../domain/reward/constraints.ts';

/** Multipliers by constraint; one that is absent counts as 1. */
export function decodeMultipliers(values: readonly NamedValue[]): Multipliers {
  const named = decodeFiniteValues(values);
  return mapConstraints((name) => named[name] ?? 1);
}

const SCALARS = [
  ['generator.loss', 'generatorLoss'],
  ['discriminator.loss', 'discriminatorLoss'],
  ['qnn.loss', 'qnnLoss'],
  ['qnn.accuracy', 'qnnAccuracy'],
  ['diversity', 'diversity'],
  ['imbalance.classes', 'classImbalance'],
  ['imbalance.groups', 'groupImbalance'],
] as const;

const WEIGHTS = ['utility', ...CONSTRAINTS].map((name) => `weight.${name}`);

/** An observation by name: losses, QNN performance, diversity, imbalance, and the weight of each term of the reward. */
export function encodeObservation(observation: Observation): NamedValue[] {
  return [
    ...SCALARS.map(([name, key]) => ({ name, value: observation[key] })),
    ...WEIGHTS.map((name, i) => ({ name, value: observation.weights[i] ?? 0 })),
  ];
}

/** An observation from its names; what is absent is 0. */
export function decodeObservation(values: readonly NamedValue[]): Observation {
  const named = decodeFiniteValues(values);
  return {
    generatorLoss: named['generator.loss'] ?? 0,
    discriminatorLoss: named['discriminator.loss'] ?? 0,
    qnnLoss: named['qnn.loss'] ?? 0,
    qnnAccuracy: named['qnn.accuracy'] ?? 0,
    diversity: named.diversity ?? 0,
    classImbalance: named['imbalance.classes'] ?? 0,
    groupImbalance: named['imbalance.groups'] ?? 0,
    weights: WEIGHTS.map((name) => named[name] ?? 0),
  };
}
