import type { ArmResult, Interval, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { FailureReason } from '@qloom/contracts/gen/qloom/episode/v1/slots.ts';
import { armLabel, findArm, readingOrder } from '../result/arms.ts';
import { settingsText } from '../result/settings-text.ts';
import { toneOf, verdictOf } from '../result/verdict.ts';
import type { KeptSpan } from '../telemetry/kept-span.ts';
import { formatSeconds, formatSigned } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable, wrap } from '../terminal/table.ts';
import { renderStageTable } from './stage-table.ts';

/** What a summary is rendered with. */
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
  const what =
    `${result.draws} draws of ${result.labelsUsed} labels, ${result.testCount} test points opened once. ` +
    'In brackets 95% intervals; differences are paired by draw, positive is better than real data only.';
  const columns = ARM_COLUMNS.filter((column) => width >= column.fromWidth);
  const rows = readingOrder(result.arms).map((arm) => {
    const label = armLabel(arm);
    return [arm.name === 'qloom' ? style.bold(label) : label, ...columns.map((column) => column.cell(arm))];
  });
  const table = renderTable(
    [{ title: 'arm' }, ...columns.map(({ title }) => ({ title, align: 'right' as const }))],
    rows,
    { header: style.dim },
  );
  return `${style.bold('On test data')}\n${style.dim(wrap(what, width))}\n${table.trimEnd()}`;
}

/** Columns of the table of arms; a narrow terminal does without the less important ones. */
const ARM_COLUMNS: readonly { title: string; fromWidth: number; cell: (arm: ArmResult) => string }[] = [
  { title: 'accuracy, %', fromWidth: 0, cell: (arm) => interval(arm.accuracy, (value) => (value * 100).toFixed(1)) },
  {
    title: 'gain, points',
    fromWidth: 0,
    cell: (arm) => interval(arm.accuracyGain?.difference, (value) => formatSigned(value * 100, 1)),
  },
  { title: 'loss', fromWidth: 96, cell: (arm) => interval(arm.loss, (value) => value.toFixed(3)) },
  {
    title: 'loss removed',
    fromWidth: 124,
    cell: (arm) => interval(arm.lossGain?.difference, (value) => formatSigned(value, 3)),
  },
  {
    title: 'p (Holm)',
    fromWidth: 80,
    cell: (arm) => (arm.accuracyGain === undefined ? '' : pValue(arm.accuracyGain.pValueHolm)),
  },
];

function interval(value: Interval | undefined, format: (value: number) => string): string {
  if (value === undefined) return '–';
  return `${format(value.estimate)} [${format(value.lower)}, ${format(value.upper)}]`;
}

function pValue(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function frechetBlock(result: StudyResult, width: number): string {
  const format = (value: number): string => value.toFixed(3);
  const arms = readingOrder(result.arms).filter(
    (arm): arm is ArmResult & { frechet: Interval } => arm.frechet !== undefined,
  );
  if (arms.length === 0 && result.frechetNull === undefined) return '';
  const each = arms.map((arm) => `${armLabel(arm).replace('+ ', '')} ${interval(arm.frechet, format)}`);
  const null_ = result.frechetNull === undefined ? [] : [`real against real ${interval(result.frechetNull, format)}`];
  return wrap(
    `Fréchet distance to the test set (nearer is better; real against real is what perfect looks like): ${[...each, ...null_].join(', ')}.`,
    width,
  );
}

function chosenBlock(result: StudyResult, style: Style, width: number): string {
  const chosen = result.incumbents.find((incumbent) => incumbent.chosen);
  const utility =
    chosen === undefined
      ? ''
      : `, utility on the outer split ${interval(chosen.utility, (value) => formatSigned(value, 3))}`;
  const what =
    chosen?.episode === undefined
      ? 'The agent chose to add nothing: no candidate was surely better on the outer split.'
      : `The agent chose episode ${chosen.episode}: ${settingsText(chosen.hyperparameters)}${utility}.`;
  const spent =
    `${result.episodes.length} episodes (${episodeCounts(result)}), ${result.policyUpdates} policy ${result.policyUpdates === 1 ? 'update' : 'updates'} before the last proposal, ` +
    `${count(result.gradientSteps)} QNN gradient steps, ${count(result.circuitExecutions)} circuit executions.`;
  const seconds = result.addsData ? armSeconds(findArm(result, 'real-only'), findArm(result, 'qloom')) : '';
  return `${style.bold('What was chosen')}\n${wrap(`${what} ${spent}${seconds}`, width)}`;
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
