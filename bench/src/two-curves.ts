import { accuracyOf } from '@qloom/metrics/classifiers/classifier.ts';
import { fitTeacher } from '@qloom/metrics/classifiers/classifier-table.ts';
import type { QnnSettings } from '@qloom/qnn/model/qnn-settings.ts';
import { createRandom } from '@qloom/random/random.ts';
import { type Cell, labelsOf, testOf, twoCurves } from './augmentation/cells.ts';
import { curveArms } from './augmentation/curve-arms.ts';
import { type CellAccuracies, pairedGains } from './augmentation/paired-gains.ts';
import { accuracies, openQnn } from './augmentation/qnn-arms.ts';
import type { Bench } from './harness/bench.ts';
import { checkKeys, select } from './harness/only.ts';

const CELLS = [40, 80, 320].flatMap((labels) => [1, 2, 3].map((world) => twoCurves(world, labels)));
/** QNNs: that of the studies, and one that is deeper and trained five times as long. */
const QNNS: Readonly<Record<string, Partial<QnnSettings>>> = { default: {}, strong: { layers: 6, steps: 1000 } };
/** Draws of the labels in each cell. */
const DRAWS = { quick: 8, full: 16 };
const REFERENCE = 'real alone';

/** Measures what helps a QNN on two curves that lie close together, and what would if it could be had. */
export const twoCurvesBench: Bench = {
  description: 'gain of a QNN on two curves from constructions on their manifold, and from what no generator has',
  options: `cells: ${CELLS.map(({ name }) => name).join(', ')}; qnns: ${Object.keys(QNNS).join(', ')}; --full: ${DRAWS.full} draws and the strong QNN`,
  parts: (options) => wantedParts(options).map(({ part }) => part),
  async *run(progress, options, wanted) {
    const parts = wantedParts(options).filter(({ part }) => wanted.has(part));
    const measured: CellAccuracies[] = [];
    for (const { part, cell, qnn } of parts) {
      const draws = options.full ? DRAWS.full : DRAWS.quick;
      const byArm = await measure(cell, QNNS[qnn], draws, (i) => progress(`${part}, draw ${i + 1}`));
      measured.push({ cell: part, byArm });
    }
    yield { parts: parts.map(({ part }) => part), rows: pairedGains('two-curves', measured, REFERENCE) };
  },
};

function wantedParts({ full, only }: Parameters<Bench['parts']>[0]) {
  checkKeys(only, ['cells', 'qnns']);
  const names = select(
    only,
    'cells',
    CELLS.map(({ name }) => name),
  );
  const qnns = full || only.has('qnns') ? select(only, 'qnns', Object.keys(QNNS)) : ['default'];
  return qnns.flatMap((qnn) =>
    CELLS.filter(({ name }) => names.includes(name)).map((cell) => ({ part: `${cell.name}, ${qnn} QNN`, qnn, cell })),
  );
}

async function measure(
  cell: Cell,
  settings: Partial<QnnSettings>,
  draws: number,
  onDraw: (draw: number) => void,
): Promise<Record<string, number[]>> {
  const byArm: Record<string, number[]> = {};
  const test = testOf(cell);
  const qnn = await openQnn(test, settings);
  for (let i = 0; i < draws; i++) {
    onDraw(i);
    const real = labelsOf(cell, i);
    const random = createRandom(`two-curves/${cell.name}/${i}`);
    const arms = { [REFERENCE]: undefined, ...curveArms(cell.task, real, random.fork('arms')) };
    const got = await accuracies(qnn, real, arms, test);
    got['the teacher itself'] = accuracyOf(fitTeacher(real, random.seedFor('teacher')), test);
    for (const [arm, value] of Object.entries(got)) (byArm[arm] ??= []).push(value);
  }
  return byArm;
}
