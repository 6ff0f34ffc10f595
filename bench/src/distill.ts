import { scoreSet } from '@qloom/qnn/distillation/compare-sets.ts';
import { distill, randomSubset } from '@qloom/qnn/distillation/distill.ts';
import { DEFAULT_REFINE, type RefineSettings } from '@qloom/qnn/distillation/refine-points.ts';
import type { CompiledCircuit } from '@qloom/qnn/engine/engine.ts';
import { createEngine } from '@qloom/qnn/engine/select-engine.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { createQnnModel } from '@qloom/qnn/model/qnn-model.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { annni, type Cell, hiddenManifold, twoCurves } from './augmentation/cells.ts';
import { type CellAccuracies, pairedGains } from './augmentation/paired-gains.ts';
import type { Bench } from './harness/bench.ts';
import { checkKeys, select } from './harness/only.ts';

/** A cell, and the number of points that replace its labels. */
interface DistilledCell {
  readonly name: string;
  readonly cell: Cell;
  readonly points: number;
}

const distilled = (cell: Cell, points: number): DistilledCell => ({ name: `${cell.name} by ${points}`, cell, points });

const CELLS = [distilled(annni(1000), 96), distilled(hiddenManifold(1, 1000), 120)];
const BEYOND = [
  distilled(annni(1000), 24),
  distilled(hiddenManifold(1, 1000), 30),
  distilled(hiddenManifold(2, 1000), 120),
  distilled(twoCurves(1, 1000), 120),
];

/** Draws that confirm, those before the centres were kept where they are better, and those on which the refinement was chosen: number and first seed. */
const DRAWS = {
  fresh: { count: 16, first: 3000 },
  earlier: { count: 16, first: 2000 },
  development: { count: 8, first: 1000 },
} as const;
type Draws = keyof typeof DRAWS;
/** Points of the test set of each draw. */
const TEST_POINTS = 1000;
/** Trainings of the QNN on each set. */
const SEEDS = [1, 2, 3, 4];

const VARIANTS: Readonly<Record<string, RefineSettings>> = {
  'distilled, 10 steps unrolled': { ...DEFAULT_REFINE, unrolled: 10 },
  'distilled, 80 steps unrolled': { ...DEFAULT_REFINE, unrolled: 80 },
  'distilled, all 200 unrolled': { ...DEFAULT_REFINE, unrolled: 200 },
  'distilled, half the step size': { ...DEFAULT_REFINE, stepSize: DEFAULT_REFINE.stepSize / 2 },
  'distilled, twice the step size': { ...DEFAULT_REFINE, stepSize: 2 * DEFAULT_REFINE.stepSize },
};
const REFERENCE = 'all real points';

const settings = createQnnSettings({ qubits: 4, layers: 3, steps: 200, batchSize: 32 });

/** Measures what a QNN loses that is trained on a distilled set in place of all real points. */
export const distillBench: Bench = {
  description: 'accuracy of a QNN trained on a few distilled points in place of 1,000 real ones',
  options: `cells: ${[...CELLS, ...BEYOND].map(({ name }) => name).join(', ')}; draws: fresh, earlier, development (other refinements too); --full: all cells`,
  parts: (options) => wantedParts(options).map(({ part }) => part),
  async *run(progress, options, wanted) {
    for (const draws of Object.keys(DRAWS) as Draws[]) {
      const parts = wantedParts(options).filter((one) => one.draws === draws && wanted.has(one.part));
      if (parts.length === 0) continue;
      const measured: CellAccuracies[] = [];
      for (const { part, one } of parts) {
        const byArm = await measure(one, draws, (i) => progress(`${part}, draw ${i + 1}`));
        measured.push({ cell: part, byArm });
      }
      yield { parts: parts.map(({ part }) => part), rows: pairedGains('distill', measured, REFERENCE) };
    }
  },
};

function wantedParts({ full, only }: Parameters<Bench['parts']>[0]) {
  checkKeys(only, ['cells', 'draws']);
  const all = full || only.has('cells') ? [...CELLS, ...BEYOND] : CELLS;
  const names = select(
    only,
    'cells',
    all.map(({ name }) => name),
  );
  const draws = only.has('draws') ? select(only, 'draws', Object.keys(DRAWS) as Draws[]) : (['fresh'] as const);
  return draws.flatMap((kind) =>
    all
      .filter(({ name }) => names.includes(name))
      .map((one) => ({ part: `${one.name}, ${kind} draws`, one, draws: kind })),
  );
}

async function measure(
  { cell: { task, labels }, points }: DistilledCell,
  draws: Draws,
  onDraw: (draw: number) => void,
): Promise<Record<string, number[]>> {
  const byArm: Record<string, number[]> = {};
  const { featureNames, classNames } = task.descriptor;
  const { circuit, observables } = createQnnModel(settings, featureNames.length, classNames.length);
  const engine = await createEngine('wasm', { precision: 'float64' });
  const compiled = await engine.compile(circuit, observables);
  const { count, first } = DRAWS[draws];
  for (let i = 0; i < count; i++) {
    onDraw(i);
    const seed = first + i;
    const real = task.draw({ count: labels, seed });
    const test = task.draw({ count: TEST_POINTS, seed, purpose: 'test' });
    const sets = await setsOf(compiled, real, points, seed, draws === 'development' ? VARIANTS : {});
    for (const [arm, trainedOn] of Object.entries(sets)) {
      const { accuracies } = await scoreSet(compiled, settings, { trainedOn, test, seeds: SEEDS });
      (byArm[arm] ??= []).push(accuracies.reduce((sum, value) => sum + value / SEEDS.length, 0));
    }
  }
  engine.dispose();
  return byArm;
}

async function setsOf(
  compiled: CompiledCircuit,
  real: Points,
  points: number,
  seed: number,
  variants: Readonly<Record<string, RefineSettings>>,
): Promise<Record<string, (training: number) => Points>> {
  const { points: refined, centres } = await distill(compiled, settings, {
    real,
    points,
    seed,
    refine: DEFAULT_REFINE,
  });
  const sets: Record<string, (training: number) => Points> = {
    [REFERENCE]: () => real,
    distilled: () => refined,
    'k-means alone': () => centres,
    'random subset': (training) => randomSubset(real, points, `${seed}/${training}`),
  };
  for (const [name, refine] of Object.entries(variants)) {
    const other = await distill(compiled, settings, { real, points, seed, refine });
    sets[name] = () => other.points;
  }
  return sets;
}
