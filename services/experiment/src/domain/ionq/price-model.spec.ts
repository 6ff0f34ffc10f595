import { estimateDocument, type IonqDevice, jobCost } from '@qloom/testing/ionq/emulated-device.ts';
import { type EstimateDocument, type MinimumPer, readPriceModel } from './price-model.ts';

const GATES: IonqDevice['pricing'] = { unit: 'gates', oneQubit: 0.0002, twoQubit: 0.001, minimum: 3 };
const deviceOf = (pricing: IonqDevice['pricing']): IonqDevice => ({ name: 'qpu.emulated-1', qubits: 4, pricing });

/** The model of an emulated device's estimates, changed by `change`. */
const modelOf = (
  pricing: IonqDevice['pricing'],
  minimumPer: MinimumPer = 'unknown',
  change: (document: EstimateDocument, shots: number) => EstimateDocument = (document) => document,
) =>
  readPriceModel(async ({ shots, oneQubitGates, twoQubitGates }) => {
    const query = new URLSearchParams({
      shots: String(shots),
      '1q_gates': String(oneQubitGates),
      '2q_gates': String(twoQubitGates),
    });
    return change(estimateDocument(deviceOf(pricing), query, 0, 90_000) as EstimateDocument, shots);
  }, minimumPer);

const SMALL = { shots: 100, oneQubitGates: 3, twoQubitGates: 2 };
const LARGE = { shots: 2000, oneQubitGates: 40, twoQubitGates: 20 };

describe('prices of IonQ', () => {
  it('are by gate and shot with a minimum, of the job or of each circuit, and the upper end has what is not known', async () => {
    const { cost, price, waitSeconds } = await modelOf(GATES);
    expect([price.unit, waitSeconds]).toEqual(['USD', 90]);
    // 2,000 · (40 · 0.0002 + 20 · 0.001) = 56; 100 · (3 · 0.0002 + 2 · 0.001) = 0.26.
    expect(cost([LARGE]).expected).toBeCloseTo(56, 9);
    expect(cost([SMALL, SMALL])).toEqual({ expected: 3, low: 3, high: 6 });
    expect((await modelOf(GATES, 'job')).cost([SMALL, SMALL]).high).toBe(3);
    expect((await modelOf(GATES, 'circuit')).cost([SMALL, SMALL]).low).toBe(6);
    expect(cost([LARGE, SMALL]).high).toBeCloseTo(59, 9);
  });

  it('are by time as the estimates of other circuits say', async () => {
    const pricing = { unit: 'compute_second', perSecond: 5 } as const;
    const { cost, price, seconds } = await modelOf(pricing);
    expect(price).toMatchObject({ unit: 'USD', perSecond: 5 });
    for (const size of [SMALL, LARGE]) {
      const exact = jobCost(deviceOf(pricing), [size], size.shots);
      // Times are whole microseconds in the estimates.
      expect(Math.abs(cost([size]).expected - exact)).toBeLessThan(1e-3 * exact);
      expect(cost([size]).high).toBeCloseTo(1.1 * cost([size]).expected, 9);
    }
    expect(seconds([LARGE]).expected).toBeGreaterThan(cost([LARGE]).expected / 5);
  });

  it('have a band as wide as the formula is off', async () => {
    const pricing = { unit: 'compute_second', perSecond: 5 } as const;
    const bent = await modelOf(pricing, 'unknown', (document, shots) =>
      shots === 2000
        ? { ...document, estimated_quantum_compute_time_us: 2 * Number(document.estimated_quantum_compute_time_us) }
        : document,
    );
    const { expected, high } = bent.cost([SMALL]);
    expect(high / expected).toBeCloseTo(1.5, 3);
  });

  it('are in credits where the account is, and refused by an unknown rate', async () => {
    const inCredits = await modelOf(GATES, 'unknown', (document) => ({ ...document, estimated_unit: 'credit' }));
    expect(inCredits.price.unit).toBe('credits');
    await expect(
      modelOf(GATES, 'unknown', (document) => ({ ...document, rate_card: { rates: [{ unit: 'moons' }] } })),
    ).rejects.toThrow('rates by moons; gates or compute_second are right');
  });
});
