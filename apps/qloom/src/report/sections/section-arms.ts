import { ArmKind, type ArmResult, Score, type StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';
import { armLabel, findArm, QLOOM_UNSELECTED, readingOrder } from '../../result/arms.ts';
import { distanceText } from '../../result/distances.ts';
import {
  type Headline,
  headlineOf,
  majorityBaseline,
  oracleText,
  pText,
  recallText,
  testSetText,
  wholePercent,
} from '../../result/headline.ts';
import { settingsText } from '../../result/settings-text.ts';
import { formatSigned } from '../../terminal/format.ts';
import { gridFigure, paragraph, rangedText, section, type TableRow, table, wideFigure } from '../html.ts';
import { plotArms } from '../plots/plot-arms.ts';
import { plotDistances } from '../plots/plot-distances.ts';
import { plotDraws } from '../plots/plot-draws.ts';
import { element, escapeText, type Markup } from '../plots/svg.ts';

/** Whether it helped: arms with intervals, the same in pairs draw by draw, and a table of all figures. */
export function armsSection(result: StudyResult): Markup {
  const arms = readingOrder(result.arms);
  const realOnly = findArm(result, 'real-only');
  const headline = headlineOf(result);
  if (arms.length === 0) return '';
  return section(
    'Did it help?',
    paragraph(
      `Every arm was trained on the same ${result.draws} draws of ${result.labelsUsed} labels, with the same number of QNN ` +
        `steps and of rows a step, and scored on ${result.testCount} test points that nothing else has seen. ` +
        `${oracleText(result)}${testSetText(result)}`.trimEnd(),
    ),
    gridFigure(
      plotArms(arms, headline),
      `Mean over draws with 95% intervals${scopes(result, headline)}; the dashed line is real data only.`,
      'grid pair',
    ),
    realOnly === undefined
      ? ''
      : wideFigure(
          plotDraws(arms, realOnly, headline),
          `Each small dot is one draw, compared in ${headline.name} with real data only on that same draw; above it the mean ` +
            'with its 95% interval. An interval that holds 0 shows no measurable ' +
            `difference${arms.some((arm) => arm.draws.length < FEWEST_DRAWS) ? `, and fewer than ${FEWEST_DRAWS} draws show none at all` : ''}.`,
        ),
    armsTable(result, arms, headline),
  );
}

/**
 * Sources of variation that intervals include; empty for results of versions without a headline, whose intervals
 * included draws alone.
 */
function scopes({ headline }: StudyResult, { name }: Headline): string {
  if (headline === Score.UNSPECIFIED) return '';
  return `, those of ${name} for other draws and other test points, those of the loss for other draws`;
}

/** How near synthetic points are to real ones. */
export function distanceSection(result: StudyResult): Markup {
  const figure = plotDistances(readingOrder(result.arms), result.frechetNull);
  return section(
    'How near is it to real data?',
    wideFigure(
      figure,
      `${distanceText(result)}, with 95% intervals over draws.` +
        (result.frechetNull === undefined
          ? ''
          : ' The band is where as many fresh true samples lie: of points inside it or nearer, this distance sees no difference ' +
            'from true ones. It compares means and covariances of a few points, so that points spread evenly around many labels can ' +
            'come nearer than fresh ones.'),
    ),
  );
}

function armsTable(result: StudyResult, arms: readonly ArmResult[], headline: Headline): Markup {
  const headers = [
    'arm',
    'accuracy, %',
    'balanced accuracy, %',
    'recall by class, %',
    headline.name === 'accuracy' ? 'gain, points' : 'balanced gain, points',
    'p (Holm)',
    'gap closed, %',
    'AUC',
    'log loss',
    'loss',
    'loss removed',
    's a draw',
  ];
  const percent = (value: number): string => (value * 100).toFixed(1);
  const rows = arms.map(
    (arm): TableRow => ({
      className: arm.name === 'qloom' ? 'strong' : undefined,
      cells: [
        escapeText(armLabel(arm)),
        rangedText(arm.accuracy, percent),
        rangedText(arm.balancedAccuracy, percent),
        recallText(arm),
        rangedText(headline.gainOf(arm)?.difference, (value) => formatSigned(value * 100, 1)),
        escapeText(pText(arm, headline)),
        rangedText(arm.gapClosed, wholePercent),
        rangedText(arm.auc, (value) => value.toFixed(3)),
        rangedText(arm.logLoss, (value) => value.toFixed(3)),
        rangedText(arm.loss, (value) => value.toFixed(3)),
        rangedText(arm.lossGain?.difference, (value) => formatSigned(value, 3)),
        seconds(arm),
      ],
    }),
  );
  const baseline = majorityBaseline(result);
  if (baseline !== undefined) {
    const { className, accuracy, balancedAccuracy } = baseline;
    const label = escapeText(`"${className}" always`);
    rows.push({
      cells: [label, percent(accuracy), percent(balancedAccuracy), ...new Array<string>(headers.length - 3).fill('')],
    });
  }
  return element(
    'details',
    { open: 'open' },
    element('summary', {}, 'All figures'),
    table(headers, rows),
    ...tunedNotes(arms),
  );
}

/** Tuned settings of each baseline; Qloom's own settings are shown with its candidates. */
function tunedNotes(arms: readonly ArmResult[]): Markup[] {
  return arms
    .filter((arm) => arm.kind === ArmKind.RIVAL && arm.name !== QLOOM_UNSELECTED && arm.hyperparameters.length > 0)
    .map((arm) => paragraph(`${armLabel(arm)}: ${settingsText(arm.hyperparameters)}`, 'note'));
}

function seconds(arm: ArmResult): string {
  if (arm.draws.length === 0) return '–';
  return (arm.draws.reduce((sum, draw) => sum + draw.seconds, 0) / arm.draws.length).toFixed(2);
}
