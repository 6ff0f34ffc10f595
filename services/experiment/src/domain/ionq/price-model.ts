import type { Estimate, Price } from '../backend/backend.ts';

/** The parts of `/jobs/estimate` that are read. */
export interface EstimateDocument {
  readonly estimated_unit: string;
  readonly rate_card: {
    readonly rates: readonly {
      readonly unit: string;
      readonly unit_cost?: number;
      readonly cost_1q_gate?: number;
      readonly cost_2q_gate?: number;
      readonly job_cost_minimum?: number;
    }[];
  };
  /** Unit: milliseconds. */
  readonly estimated_execution_time: number;
  readonly estimated_quantum_compute_time_us?: number;
  /** Unit: milliseconds. */
  readonly current_predicted_queue_time: number;
}

/** The size of one circuit of a job. */
export interface CircuitSize {
  readonly shots: number;
  readonly oneQubitGates: number;
  readonly twoQubitGates: number;
}

/** What the minimum of a price applies to; `unknown` where the vendor has not said. */
export type MinimumPer = 'job' | 'circuit' | 'unknown';

/** What jobs cost and how long they take, as the vendor's estimates say. */
export interface PriceModel {
  readonly price: Price;
  /** Expected wait of a new job. Unit: seconds. */
  readonly waitSeconds: number;
  cost(circuits: readonly CircuitSize[]): Estimate;
  seconds(circuits: readonly CircuitSize[]): Estimate;
}

/**
 * Circuits whose estimates determine time = t₀ + shots · (t_s + n₁·t₁ + n₂·t₂), and one more, by which the formula is checked. Estimates
 * cost nothing.
 */
const PROBES: readonly CircuitSize[] = [
  { shots: 1000, oneQubitGates: 0, twoQubitGates: 0 },
  { shots: 3000, oneQubitGates: 0, twoQubitGates: 0 },
  { shots: 1000, oneQubitGates: 200, twoQubitGates: 0 },
  { shots: 1000, oneQubitGates: 0, twoQubitGates: 200 },
  { shots: 2000, oneQubitGates: 120, twoQubitGates: 60 },
];

/** Share of a time by which an actual one may differ at least. */
const LEAST_ERROR = 0.1;

/** Asks for the estimates and makes a model of them. `ask` resolves to the estimate of one circuit. */
export async function readPriceModel(
  ask: (size: CircuitSize) => Promise<EstimateDocument>,
  minimumPer: MinimumPer,
): Promise<PriceModel> {
  const answers: EstimateDocument[] = [];
  // One after the other: requests are limited by rate.
  for (const probe of PROBES) answers.push(await ask(probe));
  const [first] = answers;
  const unit = /^credit/i.test(first.estimated_unit) ? 'credits' : 'USD';
  const time = fitted(answers.map(({ estimated_execution_time: ms }) => ms / 1000));
  const seconds = (circuits: readonly CircuitSize[]) => sumOf(circuits, time);
  const waitSeconds = first.current_predicted_queue_time / 1000;
  const [rate] = first.rate_card.rates;
  const base = { unit, perJob: 0, perExecution: 0, perShot: 0, perSecond: 0 } as const;
  if (rate?.unit === 'compute_second') {
    const { unit_cost: perSecond = 0 } = rate;
    const compute = fitted(answers.map((one) => (one.estimated_quantum_compute_time_us ?? 0) / 1e6));
    const cost = (circuits: readonly CircuitSize[]) => scaled(sumOf(circuits, compute), perSecond);
    return { price: { ...base, perSecond }, waitSeconds, cost, seconds };
  }
  if (rate?.unit !== 'gates')
    throw new Error(`IonQ: estimates have rates by ${rate?.unit}; gates or compute_second are right`);
  return { price: base, waitSeconds, cost: gateCost(rate, minimumPer), seconds };
}

/** A price by gate and shot, with a minimum. */
function gateCost(
  {
    cost_1q_gate: one = 0,
    cost_2q_gate: two = 0,
    job_cost_minimum: minimum = 0,
  }: EstimateDocument['rate_card']['rates'][number],
  minimumPer: MinimumPer,
): PriceModel['cost'] {
  return (circuits) => {
    const costs = circuits.map((size) => size.shots * (size.oneQubitGates * one + size.twoQubitGates * two));
    const perJob = Math.max(
      minimum,
      costs.reduce((sum, cost) => sum + cost, 0),
    );
    const perCircuit = costs.reduce((sum, cost) => sum + Math.max(minimum, cost), 0);
    const low = minimumPer === 'circuit' ? perCircuit : perJob;
    return { expected: low, low, high: minimumPer === 'job' ? perJob : perCircuit };
  };
}

type Formula = (size: CircuitSize) => Estimate;

/** The formula through the values of the first four probes; the band is as wide as the fifth is off, and at least a tenth. */
function fitted([base, moreShots, moreOne, moreTwo, check]: readonly number[]): Formula {
  const [{ shots }, { shots: other }, { oneQubitGates }, { twoQubitGates }] = [
    PROBES[0],
    PROBES[1],
    PROBES[2],
    PROBES[3],
  ];
  const perShot = (moreShots - base) / (other - shots);
  const fixed = base - shots * perShot;
  const perOne = (moreOne - base) / (shots * oneQubitGates);
  const perTwo = (moreTwo - base) / (shots * twoQubitGates);
  const at = (size: CircuitSize) =>
    Math.max(0, fixed + size.shots * (perShot + size.oneQubitGates * perOne + size.twoQubitGates * perTwo));
  const error = Math.max(LEAST_ERROR, check > 0 ? Math.abs(at(PROBES[4]) - check) / check : 0);
  return (size) => {
    const expected = at(size);
    return { expected, low: Math.max(0, 1 - error) * expected, high: (1 + error) * expected };
  };
}

function sumOf(circuits: readonly CircuitSize[], formula: Formula): Estimate {
  const parts = circuits.map(formula);
  const total = (key: keyof Estimate) => parts.reduce((sum, part) => sum + part[key], 0);
  return { expected: total('expected'), low: total('low'), high: total('high') };
}

const scaled = ({ expected, low, high }: Estimate, factor: number): Estimate => ({
  expected: factor * expected,
  low: factor * low,
  high: factor * high,
});
