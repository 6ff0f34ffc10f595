import fc from 'fast-check';
import { ACQUISITIONS, type AcquisitionName } from '../functions/acquisition-table.ts';
import type { AcquisitionPolicy, RoundEvidence } from './policy.ts';
import { ACQUISITION_POLICIES } from './policy-table.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const price = fc.double({ min: 0, max: 100, noNaN: true });
const anyEvidence: fc.Arbitrary<RoundEvidence> = fc.record({
  hasMethod: fc.boolean(),
  synthesis: fc.option(fc.record({ real: share, augmented: share, standardError: share })),
  labelGain: fc.oneof(share, fc.constant(Number.POSITIVE_INFINITY)),
  prices: fc.option(
    fc.record({ labels: price, synthesis: price, point: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
  ),
});
const rows = Object.entries(ACQUISITION_POLICIES) as [string, AcquisitionPolicy][];

describe('every policy', () => {
  it('chooses by a function of the table, the same for the same evidence', () => {
    fc.assert(
      fc.property(fc.constantFrom(...rows), anyEvidence, ([, policy], evidence) => {
        const decision = policy.decide(evidence);
        expect(Object.keys(ACQUISITIONS)).toContain(decision.acquisition);
        expect(policy.decide({ ...evidence })).toEqual(decision);
      }),
    );
  });

  it('is there for every acquisition function, and chooses by it', () => {
    const named = Object.keys(ACQUISITIONS) as AcquisitionName[];
    fc.assert(
      fc.property(fc.constantFrom(...named), anyEvidence, (name, evidence) => {
        const policy = ACQUISITION_POLICIES[name];
        expect(policy.decide(evidence)).toEqual({ acquisition: name, addsPoints: true });
        expect(policy.isCrossValidated).toBe(false);
      }),
    );
  });
});

describe('the policy agent', () => {
  const { decide } = ACQUISITION_POLICIES.agent;
  const isAdded = (evidence: RoundEvidence) => decide(evidence).addsPoints;

  it('asks for uncertain points with synthetic points, and for distant ones without', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { addsPoints, acquisition } = decide(evidence);
        expect(acquisition).toBe(addsPoints ? 'entropy' : 'core-set');
        if (!evidence.hasMethod) expect(addsPoints).toBe(false);
      }),
    );
  });

  it('adds points that cost nothing until they are surely worse', () => {
    const synthesis = (gain: number) => ({ real: 0.5, augmented: 0.5 + gain, standardError: 0.125 });
    const free = { hasMethod: true, labelGain: Number.POSITIVE_INFINITY, prices: null };
    expect(isAdded({ ...free, synthesis: null })).toBe(true);
    expect(isAdded({ ...free, synthesis: synthesis(-0.125) })).toBe(true);
    expect(isAdded({ ...free, synthesis: synthesis(-0.1875) })).toBe(false);
  });

  it('adds them the sooner the more they gain, and the later the more they cost', () => {
    const known = anyEvidence.filter(({ synthesis, prices }) => synthesis !== null && prices !== null);
    fc.assert(
      fc.property(known, share, price, (evidence, more, dearer) => {
        const synthesis = evidence.synthesis!;
        const prices = evidence.prices!;
        const better = { ...evidence, synthesis: { ...synthesis, augmented: synthesis.augmented + more } };
        if (isAdded(evidence)) expect(isAdded(better)).toBe(true);
        const worse = { ...evidence, prices: { ...prices, synthesis: prices.synthesis + dearer } };
        if (!isAdded(evidence)) expect(isAdded(worse)).toBe(false);
      }),
    );
  });

  it('prefers labels that gain more for their price', () => {
    const synthesis = { real: 0.5, augmented: 0.6, standardError: 0.01 };
    const prices = { labels: 4, synthesis: 2, point: 1 };
    const evidence = { hasMethod: true, synthesis, prices };
    // Ten points for 2, beside labels that gain 15 points or 25 points for 4.
    expect(isAdded({ ...evidence, labelGain: 0.15 })).toBe(true);
    expect(isAdded({ ...evidence, labelGain: 0.25 })).toBe(false);
  });
});
