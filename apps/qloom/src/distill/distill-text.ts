import { formatSigned } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import type { DistillArm, DistillOptions, DistillOutcome } from './distill-points.ts';
import type { DistillSource } from './distill-source.ts';

/** What an outcome is of. */
export interface DistillSubject {
  readonly source: DistillSource;
  readonly options: Pick<DistillOptions, 'points' | 'seed' | 'refine' | 'trainings'>;
}

/** The outcome for people. */
export function renderDistilled(
  { source, options }: DistillSubject,
  { arms, refined }: DistillOutcome,
  style: Style,
): string {
  const columns = [
    { title: 'trained on' },
    { title: 'points', align: 'right' as const },
    { title: 'balanced accuracy', align: 'right' as const },
    { title: 'difference to all, points (95%)', align: 'right' as const },
    { title: 'within one point of all' },
  ];
  const rows = arms.map(({ name, points, accuracy, comparison }) => [
    name === 'distilled' ? style.bold(name) : name,
    String(points),
    `${(100 * accuracy).toFixed(1)}%`,
    differenceText(comparison),
    comparison === null ? '' : comparison.nonInferiority.holds ? style.green('yes') : 'not shown',
  ]);
  const of = `${options.points} points in place of ${source.real.count}`;
  return [
    `${style.bold(source.title)}: ${of}, seed ${options.seed}\n\n`,
    renderTable(columns, rows),
    refined || options.refine === null
      ? ''
      : '\n  The centres of k-means are kept: moving them made the loss on the real points larger.\n',
    `\n  ${options.trainings} trainings of ${source.qnn.steps} steps on each set, scored on ${source.test.count} test points. The intervals are over\n`,
    '  trainings and test points: they hold for these real points, not for another draw of them.\n',
  ].join('');
}

function differenceText(comparison: DistillArm['comparison']): string {
  if (comparison === null) return '';
  const { estimate, low, high, level } = comparison.difference;
  const points = (value: number) => formatSigned(100 * value, 1);
  return level === 0 ? points(estimate) : `${points(estimate)} [${points(low)}, ${points(high)}]`;
}

/** The outcome for programs; accuracies are in [0, 1]. */
export function distilledToJson(
  { source, options }: DistillSubject,
  { arms, refined, engine }: DistillOutcome,
): object {
  const { title, real, test, qnn } = source;
  return { title, real: real.count, test: test.count, ...options, qnn, engine, refined, arms };
}
