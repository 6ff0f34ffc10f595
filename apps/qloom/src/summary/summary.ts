import { ArmKind, type ArmResult, type StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { armLabel, findArm, readingOrder } from '../result/arms.ts';
import { addsAnywhere, candidateName, choicesText, portfolioText } from '../result/choices.ts';
import { distanceText } from '../result/distances.ts';
import {
  type Headline,
  headlineOf,
  intervalText,
  oracleText,
  pText,
  recallText,
  testSetText,
  wholePercent,
} from '../result/headline.ts';
import {
  PRETRAINING_COLUMNS,
  pretrainingCells,
  pretrainingLabel,
  pretrainingText,
  pretrainingVerdict,
} from '../result/pretraining.ts';
import { settingsText } from '../result/settings-text.ts';
import { toneOf, verdictOf } from '../result/verdict.ts';
import type { KeptSpan } from '../telemetry/kept-span.ts';
import { formatSeconds, formatSigned } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable, wrap } from '../terminal/table.ts';
import { renderStageTable } from './stage-table.ts';

/** Options of a summary. */
export interface SummaryOptions {
  readonly spans: readonly KeptSpan[];
  /** The run folder, as it is shown. */
  readonly folder: string;
  readonly style: Style;
  readonly columns: number;
}

/** The result of a study for a terminal: verdict, arms in pairs, distances, stages, what was chosen. */
export function renderSummary(result: StudyResult, options: SummaryOptions): string {
  const { style } = options;
  const width = Math.min(Math.max(options.columns, 60), 130);
  const tone = { helped: style.green, undecided: style.yellow, hurt: style.red, 'nothing-added': style.yellow }[
    toneOf(result)
  ];
  const took =
    result.finishedAt && result.createdAt
      ? (result.finishedAt.getTime() - result.createdAt.getTime()) / 1000
      : undefined;
  const blocks = [
    `${style.bold(`Study ${result.study}`)}${took === undefined ? '' : style.dim(`  from its start to its end ${formatSeconds(took)}`)}`,
    tone(wrap(verdictOf(result), width)),
    ...result.warnings.map((warning) => style.yellow(wrap(`Note: ${warning}`, width))),
    armsBlock(result, style, width),
    pretrainingBlock(result, style, width),
    frechetBlock(result, width),
    chosenBlock(result, style, width),
    ...(options.spans.length === 0
      ? []
      : [`${style.bold('Time per stage')}\n${renderStageTable(options.spans, style).trimEnd()}`]),
    filesBlock(result, options),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function armsBlock(result: StudyResult, style: Style, width: number): string {
  const headline = headlineOf(result);
  const what =
    `${result.draws} draws of ${result.labelsUsed} labels, ${result.testCount} test points opened once. ` +
    'In brackets 95% intervals; differences are paired by draw, positive is better than real data only. ' +
    `${oracleText(result)}${testSetText(result)}`;
  const columns = columnsOf(headline).filter((column) => width >= column.fromWidth);
  const rows = readingOrder(result.arms).map((arm) => {
    const label = armLabel(arm);
    return [arm.name === 'qloom' ? style.bold(label) : label, ...columns.map((column) => column.cell(arm))];
  });
  const table = renderTable(
    [{ title: 'arm' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows,
    { header: style.dim },
  );
  return `${style.bold('On test data')}\n${style.dim(wrap(what.trim(), width))}\n${table.trimEnd()}`;
}

interface ArmColumn {
  readonly title: string;
  readonly fromWidth: number;
  readonly cell: (arm: ArmResult) => string;
}

/** Columns of the table of arms; a narrow terminal does without the less important ones. */
function columnsOf(headline: Headline): ArmColumn[] {
  const percent = (value: number): string => (value * 100).toFixed(1);
  const isBalanced = headline.name === 'balanced accuracy';
  const scores: ArmColumn[] = isBalanced
    ? [
        { title: 'balanced acc., %', fromWidth: 0, cell: (arm) => intervalText(arm.balancedAccuracy, percent) },
        { title: 'accuracy, %', fromWidth: 96, cell: (arm) => intervalText(arm.accuracy, percent) },
      ]
    : [{ title: 'accuracy, %', fromWidth: 0, cell: (arm) => intervalText(arm.accuracy, percent) }];
  return [
    ...scores,
    {
      title: 'gain, points',
      fromWidth: 0,
      cell: (arm) => intervalText(headline.gainOf(arm)?.difference, (value) => formatSigned(value * 100, 1)),
    },
    {
      title: 'gap closed, %',
      fromWidth: 90,
      cell: (arm) => intervalText(arm.gapClosed, wholePercent),
    },
    ...(isBalanced
      ? [{ title: 'recall by class, %', fromWidth: 120, cell: recallText }]
      : [
          {
            title: 'loss',
            fromWidth: 112,
            cell: (arm: ArmResult) => intervalText(arm.loss, (value) => value.toFixed(3)),
          },
        ]),
    { title: 'p (Holm)', fromWidth: 80, cell: (arm) => pText(arm, headline) },
  ];
}

function pretrainingBlock({ pretraining }: StudyResult, style: Style, width: number): string {
  if (pretraining === undefined) return '';
  const rows = pretraining.arms.map((arm) => {
    const label = pretrainingLabel(arm);
    return [arm.name === 'pretrained-qloom' ? style.bold(label) : label, ...pretrainingCells(arm, pretraining)];
  });
  const columns = PRETRAINING_COLUMNS.map((title) => ({ title, align: 'right' as const }));
  const table = renderTable([{ title: 'arm' }, ...columns], rows, { header: style.dim }).trimEnd();
  const text = style.dim(wrap(pretrainingText(pretraining), width));
  return `${style.bold('Pre-training')}\n${wrap(pretrainingVerdict(pretraining), width)}\n${text}\n${table}`;
}

function frechetBlock(result: StudyResult, width: number): string {
  const format = (value: number): string => value.toFixed(3);
  // The oracle's points are the fresh true samples, which are named last.
  const isOther = (arm: ArmResult): boolean => arm.kind !== ArmKind.ORACLE || result.frechetNull === undefined;
  const arms = readingOrder(result.arms).filter((arm) => arm.frechet !== undefined && isOther(arm));
  if (arms.length === 0 && result.frechetNull === undefined) return '';
  const each = arms.map((arm) => `${armLabel(arm).replace('+ ', '')} ${intervalText(arm.frechet, format)}`);
  const null_ =
    result.frechetNull === undefined ? [] : [`fresh true samples ${intervalText(result.frechetNull, format)}`];
  return wrap(`${distanceText(result)}: ${[...each, ...null_].join(', ')}.`, width);
}

function chosenBlock(result: StudyResult, style: Style, width: number): string {
  const chosen = result.incumbents.find((incumbent) => incumbent.chosen);
  const utility =
    chosen === undefined
      ? ''
      : `, utility on the outer split ${intervalText(chosen.utility, (value) => formatSigned(value, 3))}`;
  const what =
    chosen === undefined
      ? 'No configuration with synthetic points could be fitted, so nothing was added.'
      : candidateName(chosen) === 'add nothing'
        ? 'The agent chose to add nothing: no candidate was surely better on the outer split.'
        : `The agent chose ${candidateName(chosen)}: ${settingsText(chosen.hyperparameters)}${utility}. ${choicesText(result)}`.trim();
  const portfolio = result.portfolio === undefined ? '' : ` ${portfolioText(result)}`;
  const updates = `${result.policyUpdates} policy ${result.policyUpdates === 1 ? 'update' : 'updates'} before the last proposal`;
  const searched =
    result.episodes.length === 0
      ? 'No search'
      : `${result.episodes.length} episodes (${episodeCounts(result)}), ${updates}`;
  const spent =
    `${searched}, ${count(result.gradientSteps)} QNN gradient steps, ` +
    `${count(result.circuitExecutions)} circuit executions.`;
  const seconds = addsAnywhere(result) ? armSeconds(findArm(result, 'real-only'), findArm(result, 'qloom')) : '';
  return `${style.bold('What was chosen')}\n${wrap(`${what}${portfolio} ${spent}${seconds}`, width)}`;
}

function episodeCounts(result: StudyResult): string {
  const failed = new Map<string, number>();
  for (const { failure } of result.episodes) {
    if (failure === undefined) continue;
    const reason = REASONS[failure.reason] ?? 'failed';
    failed.set(reason, (failed.get(reason) ?? 0) + 1);
  }
  const rewarded = result.episodes.filter((episode) => episode.reward !== undefined).length;
  return [`${rewarded} rewarded`, ...[...failed].map(([reason, times]) => `${times} ${reason}`)].join(', ');
}

const REASONS: Partial<Record<number, string>> = {
  [FailureReason.INVALID]: 'invalid',
  [FailureReason.DIVERGED]: 'diverged',
  [FailureReason.CANCELLED]: 'cancelled',
  [FailureReason.DEADLINE]: 'past the deadline',
  [FailureReason.POISON]: 'poison',
};

function armSeconds(realOnly: ArmResult | undefined, qloom: ArmResult | undefined): string {
  const mean = (arm: ArmResult | undefined): number | undefined =>
    arm === undefined || arm.draws.length === 0
      ? undefined
      : arm.draws.reduce((sum, draw) => sum + draw.seconds, 0) / arm.draws.length;
  const [alone, ours] = [mean(realOnly), mean(qloom)];
  if (alone === undefined || ours === undefined) return '';
  return ` One draw takes ${formatSeconds(alone)} with real data only, ${formatSeconds(ours)} with Qloom's data made and added.`;
}

/** 1234567 → `1.23 million`; below a million with a comma at the thousands. */
function count(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} million`;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function filesBlock(result: StudyResult, { folder, style }: SummaryOptions): string {
  const rows = [
    ['report', `${folder}/report.html`],
    ...(result.synthetic === undefined
      ? []
      : [['synthetic data', `${folder}/synthetic.csv (card: synthetic.card.md)`]]),
    ['everything else', `${folder}/study.json, events.jsonl, spans.jsonl`],
  ];
  return `${style.bold('Files')}\n${renderTable([{ title: '' }, { title: '' }], rows).trimEnd()}`;
}
