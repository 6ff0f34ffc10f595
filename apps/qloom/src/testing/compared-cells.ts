import { ArmKind, type ArmResult, Score, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { meanOf } from '@qloom/metrics/statistics/interval.ts';
import { freshDrawsTest } from '@qloom/metrics/statistics/mean-test.ts';
import { pairedTestSetError } from '@qloom/metrics/statistics/test-set-error.ts';
import { createRandom, type Random } from '@qloom/random/random.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import type { ComparedCell, ComparedCells } from '../compare/compared-cells.ts';
import { makeStudyResult } from './study-result.ts';

/** A made-up cell: mean accuracies of its arms. */
export interface CellSpec {
  readonly group: string;
  readonly labels: number;
  readonly seed?: number;
  readonly draws?: number;
  readonly testCount?: number;
  readonly realOnly: number;
  /** Gain of each arm, by name. */
  readonly gains: Readonly<Record<string, number>>;
  /** Share of the draws on which Qloom adds points. Default 1. */
  readonly adds?: number;
  /** Episodes of a search. Default 0. */
  readonly episodes?: number;
  readonly configuration?: Readonly<Record<string, number | string>>;
}

/** Kinds of the arms that a made-up cell may have. */
const KINDS: Readonly<Record<string, ArmKind>> = {
  'real-only': ArmKind.REAL_ONLY,
  qloom: ArmKind.QLOOM,
  oracle: ArmKind.ORACLE,
  svc: ArmKind.CLASSICAL,
  teacher: ArmKind.CLASSICAL,
};

/** Two tasks, with and without help, as a compare of eight cells gives them. */
export const USUAL_CELLS: readonly CellSpec[] = [
  {
    group: 'hidden-manifold',
    labels: 20,
    realOnly: 0.64,
    gains: { noise: 0.03, gaussian: 0.09, qloom: 0.125, oracle: 0.19, teacher: 0.11 },
  },
  {
    group: 'hidden-manifold',
    labels: 40,
    realOnly: 0.71,
    gains: { noise: 0.02, gaussian: 0.065, qloom: 0.1, oracle: 0.145, teacher: 0.09 },
  },
  {
    group: 'hidden-manifold',
    labels: 80,
    realOnly: 0.78,
    gains: { noise: 0.01, gaussian: 0.025, qloom: 0.035, oracle: 0.095, teacher: 0.04 },
  },
  {
    group: 'hidden-manifold',
    labels: 320,
    realOnly: 0.87,
    gains: { noise: -0.004, gaussian: -0.012, qloom: 0, oracle: 0.004, teacher: -0.01 },
    adds: 0,
  },
  {
    group: 'annni',
    labels: 18,
    realOnly: 0.925,
    gains: { noise: 0.01, gaussian: 0.014, qloom: 0.022, oracle: 0.031, teacher: 0.02 },
  },
  {
    group: 'annni',
    labels: 40,
    realOnly: 0.943,
    gains: { noise: 0.004, gaussian: 0.008, qloom: 0.013, oracle: 0.018, teacher: 0.012 },
    adds: 0.8,
  },
  {
    group: 'two-curves',
    labels: 40,
    realOnly: 0.594,
    gains: { noise: -0.02, gaussian: -0.12, qloom: -0.002, oracle: 0.178, teacher: 0.3 },
    adds: 0.1,
  },
  {
    group: 'two-curves',
    labels: 80,
    realOnly: 0.68,
    gains: { noise: -0.01, gaussian: -0.1, qloom: 0, oracle: 0.1, teacher: 0.27 },
    adds: 0,
  },
];

/** A made-up compare, always the same: for tests and for work on its page. */
export function makeComparedCells(specs: readonly CellSpec[] = USUAL_CELLS): ComparedCells {
  return { name: 'where-it-helps', seed: 1, cells: specs.map(makeComparedCell) };
}

/** One made-up cell with its result. */
export function makeComparedCell(spec: CellSpec): ComparedCell {
  const { group, labels, seed = 1 } = spec;
  const name = `${group}-n${labels}${seed === 1 ? '' : `-s${seed}`}`;
  return {
    cell: {
      id: `where-it-helps-${name}`,
      name,
      group,
      task: group,
      labels,
      seed,
      study: { data: { task: group, labels } },
    },
    state: 'finished',
    result: makeCellResult(spec, name),
  };
}

function makeCellResult(spec: CellSpec, name: string): StudyResult {
  const { group, labels, draws = 20, testCount = 500, adds = 1, episodes = 0, configuration } = spec;
  const random = createRandom(`compared-cells/${name}`);
  const base = makeStudyResult({ episodes });
  const rightOf = simulate(spec, random.fork('points'), draws, testCount, adds);
  const names = ['real-only', ...Object.keys(spec.gains)];
  const reference = rightOf('real-only');
  const added = Math.round(adds * draws);
  const hyperparameters = Object.entries(
    configuration ?? { method: 'prior', synthRatio: 8, 'gate.posterior': 0.5 },
  ).map(([setting, value]) => ({
    name: setting,
    value: {
      value: typeof value === 'number' ? ({ $case: 'real', value } as const) : ({ $case: 'choice', value } as const),
    },
  }));
  const arms = names.map((arm): ArmResult => {
    const kind = KINDS[arm] ?? ArmKind.RIVAL;
    const right = rightOf(arm);
    const scores = right.map((row) => meanOf(row));
    const shares = Float32Array.from({ length: testCount }, (_, i) => meanOf(right.map((row) => row[i])));
    const z = Float64Array.from({ length: testCount }, (_, i) =>
      meanOf(right.map((row, d) => row[i] - reference[d][i])),
    );
    const test = freshDrawsTest(
      scores.map((score, d) => score - meanOf(reference[d])),
      pairedTestSetError([z]),
    );
    const alone = freshDrawsTest(scores, null);
    const own = kind === ArmKind.QLOOM || kind === ArmKind.RIVAL;
    return {
      name: arm,
      kind,
      hyperparameters: arm === 'real-only' || !own ? [] : hyperparameters,
      draws: scores.map((accuracy, draw) => ({
        draw,
        accuracy,
        balancedAccuracy: accuracy,
        loss: kind === ArmKind.CLASSICAL ? undefined : 2 * (1 - accuracy),
        syntheticCount:
          arm === 'oracle' || kind === ArmKind.RIVAL || (arm === 'qloom' && draw < added) ? 8 * labels : 0,
        seconds: arm === 'qloom' ? 2.4 : 0.31,
        auc: Math.min(1, accuracy + 0.06),
        logLoss: 1.4 * (1 - accuracy),
      })),
      accuracy: wire(alone),
      balancedAccuracy: wire(alone),
      auc: { estimate: alone.estimate + 0.06, lower: alone.low + 0.06, upper: alone.high + 0.06, level: 0.95 },
      logLoss: {
        estimate: 1.4 * (1 - alone.estimate),
        lower: 1.4 * (1 - alone.high),
        upper: 1.4 * (1 - alone.low),
        level: 0.95,
      },
      accuracyGain:
        arm === 'real-only' ? undefined : { difference: wire(test), pValue: test.pValue, pValueHolm: test.pValue },
      classRecalls: [],
      rightShares: encodeTensor(shares),
      curves: kind === ArmKind.CLASSICAL ? [] : curvesOf(arm, random.fork(arm)),
    };
  });
  return StudyResult.fromPartial({
    ...base,
    study: `where-it-helps-${name}`,
    settings: {
      ...base.settings,
      episodes,
      data: {
        source: { $case: 'task', value: { name: group, settingsJson: '{}' } },
        labelBudget: labels,
        testSize: testCount,
      },
    },
    arms,
    draws,
    labelsUsed: labels,
    testCount,
    oracleRatio: 'oracle' in spec.gains ? 8 : 0,
    testClassCounts: [testCount / 2, testCount / 2],
    headline: Score.ACCURACY,
    addsData: added > 0,
    verdict: '',
    incumbents: [
      {
        episode: undefined,
        utility: { estimate: 0.1, lower: -0.1, upper: 0.3, level: 0.95 },
        hyperparameters,
        chosen: true,
      },
    ],
    choices: Array.from({ length: draws }, (_, draw) => ({ draw, adds: draw < added })),
  });
}

function wire({ estimate, low, high, level }: { estimate: number; low: number; high: number; level: number }) {
  return { estimate, lower: low, upper: high, level };
}

/** Right answers of an arm, draws × test points; Qloom's are those of real data only where it adds nothing. */
function simulate(spec: CellSpec, random: Random, draws: number, testCount: number, adds: number) {
  const settled = Array.from({ length: testCount }, () => (random.uniform() < 0.75 ? random.uniform() : null));
  const luck = Array.from({ length: draws }, () => 0.025 * random.normal());
  const known = new Map<string, number[][]>();
  const rightOf = (arm: string): number[][] => {
    const before = known.get(arm);
    if (before !== undefined) return before;
    const gain = arm === 'real-only' ? 0 : (spec.gains[arm] ?? 0);
    const own = random.fork(arm);
    const rows = luck.map((shift, draw) => {
      if (arm === 'qloom' && draw >= Math.round(adds * draws)) return rightOf('real-only')[draw];
      // The more is gained, the less luck is left.
      const rate = spec.realOnly + gain + shift * (1 - Math.min(0.8, Math.max(0, 4 * gain))) + 0.008 * own.normal();
      return settled.map((u) => ((u ?? own.uniform()) < rate ? 1 : 0));
    });
    known.set(arm, rows);
    return rows;
  };
  return rightOf;
}

function curvesOf(arm: string, random: Random): ArmResult['curves'] {
  const progress = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);
  const floor = arm === 'real-only' ? 0.12 : 0.3;
  const curve = (name: string, from: number, to: number, rate: number) => ({
    name,
    progress,
    values: progress.map((done) => to + (from - to) * Math.exp(-rate * done) + 0.008 * random.normal()),
  });
  const fit = [
    curve('generator.adversarial', 0.9, 0.7, 3),
    curve('critic.loss', 1.4, 1.3, 4),
    curve('generator.reconstruction', 1.1, 0.2, 6),
  ];
  return [curve('qnn', 0.69, floor, 5), ...(arm === 'qloom' ? fit : [])];
}
