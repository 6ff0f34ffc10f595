import {
  ArmKind,
  type ArmResult,
  type Interval,
  type StudyResult,
} from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { armLabel, findArm, QLOOM_UNSELECTED, readingOrder } from '../result/arms.ts';
import { settingsText } from '../result/settings-text.ts';
import { formatSigned } from '../terminal/format.ts';
import { gridFigure, paragraph, section, type TableRow, table, wideFigure } from './html.ts';
import { plotArms } from './plot-arms.ts';
import { plotDistances } from './plot-distances.ts';
import { plotDraws } from './plot-draws.ts';
import { element, escapeText, type Markup } from './svg.ts';

/** Whether it helped: arms with intervals, the same in pairs draw by draw, and a table of all figures. */
export function armsSection(result: StudyResult): Markup {
  const arms = readingOrder(result.arms);
  const realOnly = findArm(result, 'real-only');
  if (arms.length === 0) return '';
  return section(
    'Did it help?',
    paragraph(
      `Every arm was trained on the same ${result.draws} draws of ${result.labelsUsed} labels, with the same number of QNN ` +
        `steps, and scored on ${result.testCount} test points that nothing else has seen.`,
    ),
    gridFigure(plotArms(arms), 'Mean over draws with 95% intervals; the dashed line is real data only.', 'grid pair'),
    realOnly === undefined
      ? ''
      : wideFigure(
          plotDraws(arms, realOnly),
          'Each small dot is one draw, compared with real data only on that same draw; above it the mean with its 95% ' +
            'interval. An interval that holds 0 shows no measurable difference.',
        ),
    armsTable(arms),
  );
}

/** How near synthetic points are to real ones. */
export function distanceSection(result: StudyResult): Markup {
  const figure = plotDistances(readingOrder(result.arms), result.frechetNull);
  return section(
    'How near is it to real data?',
    wideFigure(
      figure,
      'Fréchet distance of each arm’s synthetic points to the test set, with 95% intervals. The band is the distance of ' +
        'fresh real points, at the same count: nothing can be expected to be nearer.',
    ),
  );
}

function armsTable(arms: readonly ArmResult[]): Markup {
  const rows = arms.map(
    (arm): TableRow => ({
      className: arm.name === 'qloom' ? 'strong' : undefined,
      cells: [
        escapeText(armLabel(arm)),
        ranged(arm.accuracy, (value) => (value * 100).toFixed(1)),
        ranged(arm.accuracyGain?.difference, (value) => formatSigned(value * 100, 1)),
        ranged(arm.loss, (value) => value.toFixed(3)),
        ranged(arm.lossGain?.difference, (value) => formatSigned(value, 3)),
        arm.accuracyGain === undefined ? '' : probability(arm.accuracyGain.pValueHolm),
        seconds(arm),
      ],
    }),
  );
  const headers = ['arm', 'accuracy, %', 'gain, points', 'loss', 'loss removed', 'p (Holm)', 's a draw'];
  return element(
    'details',
    { open: 'open' },
    element('summary', {}, 'All figures'),
    table(headers, rows),
    ...tunedNotes(arms),
  );
}

/** What each rival was tuned to; Qloom's own settings stand with its candidates. */
function tunedNotes(arms: readonly ArmResult[]): Markup[] {
  return arms
    .filter((arm) => arm.kind === ArmKind.RIVAL && arm.name !== QLOOM_UNSELECTED && arm.hyperparameters.length > 0)
    .map((arm) => paragraph(`${armLabel(arm)}: ${settingsText(arm.hyperparameters)}`, 'note'));
}

function ranged(interval: Interval | undefined, format: (value: number) => string): Markup {
  if (interval === undefined) return '–';
  const range = element('span', { class: 'range' }, ` [${format(interval.lower)}, ${format(interval.upper)}]`);
  return format(interval.estimate) + range;
}

function probability(p: number): string {
  return p < 0.001 ? '&lt;0.001' : p.toFixed(3);
}

function seconds(arm: ArmResult): string {
  if (arm.draws.length === 0) return '–';
  return (arm.draws.reduce((sum, draw) => sum + draw.seconds, 0) / arm.draws.length).toFixed(2);
}
