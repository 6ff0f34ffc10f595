import { type ArmResult, type StudyResult, SyntheticCard } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { labelColumnName } from '@qloom/datasets/csv/write-csv.ts';
import { FEWEST_DRAWS } from '@qloom/metrics/statistics/claim.ts';
import { formatSigned, formatValue } from '../terminal/format.ts';
import { findArm, QLOOM_UNSELECTED } from './arms.ts';
import { distanceText } from './distances.ts';
import { headlineOf, intervalText, recallText } from './headline.ts';
import { plainValue } from './settings-text.ts';

/** Provenance of the data on a card. */
export interface CardSource {
  /** Version of Qloom. */
  readonly version: string;
  /** Command that makes the data again. */
  readonly command: string;
}

/** The card as JSON; undefined where no synthetic data was kept. */
export function cardToJson(result: StudyResult, source: CardSource): unknown {
  if (result.synthetic === undefined) return undefined;
  return {
    format: 'qloom-card/1',
    study: result.study,
    file: 'synthetic.csv',
    columns: columnsOf(result),
    classNames: result.data?.classNames ?? [],
    ...(SyntheticCard.toJSON(result.synthetic) as object),
    madeFrom: { labels: result.labelsUsed, data: result.settings?.data },
    studySeed: result.settings?.seed,
    verdict: result.verdict,
    warnings: result.warnings,
    madeBy: `qloom ${source.version}`,
    again: source.command,
  };
}

/** The card as Markdown: how the data was made, from which data, with which seed, and its quality. */
export function cardToMarkdown(result: StudyResult, source: CardSource): string | undefined {
  const card = result.synthetic;
  if (card === undefined) return undefined;
  const classNames = result.data?.classNames ?? [];
  const counts = card.classCounts
    .map((count, label) => `${classNames[label] ?? `class ${label}`}: ${count}`)
    .join(', ');
  const metrics = new Map((card.fidelity?.metrics ?? []).map(({ name, value }) => [name, value]));
  const constraints = card.fidelity?.constraints ?? [];
  const qloom = findArm(result, QLOOM_UNSELECTED) ?? findArm(result, 'qloom');
  const measured = [
    ...[...metrics].map(([name, value]) => `- ${METRIC_NAMES[name] ?? name}: ${formatValue(value)}`),
    ...constraints.map(({ name, value }) => `- ${name} (constraint of the reward): ${formatValue(value)}`),
  ];
  return `${[
    `# Synthetic data of the study "${result.study}"`,
    '',
    `**${result.verdict}**`,
    '',
    '| | |',
    '| --- | --- |',
    `| File | synthetic.csv, ${card.rows} rows, columns ${columnsOf(result).join(', ')} |`,
    `| Rows of each class | ${counts} |`,
    `| Made from | ${result.labelsUsed} labelled real points (${dataText(result)}) |`,
    `| Real points it was fitted on | training.csv, sha256 ${card.training?.sha256 ?? '–'} |`,
    `| Model | sha256 ${card.model?.sha256 ?? '–'} |`,
    `| Seeds | study ${result.settings?.seed ?? 0}, fit ${card.fitSeed}, sampling ${card.sampleSeed} |`,
    `| Gate | ${(card.acceptance * 100).toFixed(0)}% of drawn points passed |`,
    `| Made by | qloom ${source.version}, ${result.finishedAt?.toISOString() ?? ''} |`,
    '',
    ...(result.warnings.length === 0 ? [] : ['## Warnings', '', ...result.warnings.map((text) => `- ${text}`), '']),
    '## How it was made',
    '',
    ...card.hyperparameters.map((setting) => `- ${setting.name}: ${formatValue(plainValue(setting) ?? '–')}`),
    ...earlierFits(card),
    '',
    '## How good it is',
    '',
    'On the test set, which this file was not made from. Each draw fits its own model with the configuration above:',
    '',
    ...onTestData(result, qloom),
    '',
    'This file beside the labelled real points that its model was fitted on (training.csv), for no others may be seen. Distances ' +
      'are therefore not those to the test set:',
    '',
    ...measured,
    '',
    '## Make it again',
    '',
    '```',
    source.command,
    '```',
    '',
    'These points are synthetic: use them to train, never to test.',
  ].join('\n')}\n`;
}

/** Display names of metrics of a fidelity report whose names are not clear by themselves. */
const METRIC_NAMES: Readonly<Record<string, string>> = {
  frechet: 'Fréchet distance to training.csv',
  'frechet.null': 'Fréchet distance of random halves of training.csv to each other (of fewer points, and so larger)',
};

/** Gain, scores and distance of the arm with these settings. */
function onTestData(result: StudyResult, arm: ArmResult | undefined): string[] {
  if (arm === undefined) return ['- nothing was measured'];
  const headline = headlineOf(result);
  const gain = headline.gainOf(arm)?.difference;
  const percent = (value: number): string => (100 * value).toFixed(1);
  const few = arm.draws.length < FEWEST_DRAWS ? '; too few draws to claim anything' : '';
  return [
    ...(gain === undefined
      ? []
      : [
          `- ${headline.name} of the QNN over real data alone, points: ` +
            `${intervalText(gain, (value) => formatSigned(value * 100, 1))} (95% interval, ${arm.draws.length} draws${few})`,
        ]),
    `- accuracy, %: ${intervalText(arm.accuracy, percent)}`,
    ...(arm.balancedAccuracy === undefined
      ? []
      : [`- balanced accuracy, %: ${intervalText(arm.balancedAccuracy, percent)}`]),
    ...(arm.classRecalls.length === 0 ? [] : [`- recall by class, %: ${recallText(arm)}`]),
    ...(arm.frechet === undefined
      ? []
      : [`- ${distanceText(result)}: ${intervalText(arm.frechet, (value) => value.toFixed(3))}`]),
  ];
}

/** The fits before the last one, whose models it continued from. */
function earlierFits({ earlierEpisodes }: SyntheticCard): string[] {
  if (earlierEpisodes.length === 0) return [];
  const episodes = earlierEpisodes.join(', ');
  return [`- trained before with the configurations of these episodes of study.json, one after the other: ${episodes}`];
}

/** Columns of synthetic.csv: the features, then the label, which takes another name where a feature has that one. */
export function columnsOf(result: StudyResult): string[] {
  const features = result.data?.featureNames ?? [];
  return [...features, labelColumnName(features)];
}

function dataText(result: StudyResult): string {
  const { unlabelled, simulator } = result.settings?.data ?? {};
  const beyond = [...(unlabelled ? ['points without labels'] : []), ...(simulator ? ['points of a simulator'] : [])];
  return [sourceText(result), ...beyond].join(', ');
}

function sourceText(result: StudyResult): string {
  const source = result.settings?.data?.source;
  if (source?.$case === 'task')
    return `task ${source.value.name}${source.value.settingsJson === '' ? '' : ` ${source.value.settingsJson}`}`;
  return source === undefined ? 'unknown' : `data set ${source.value.sha256.slice(0, 12)}`;
}
