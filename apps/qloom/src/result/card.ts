import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { SyntheticCard } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { labelColumnName } from '@qloom/datasets/csv/write-csv.ts';
import { formatSigned, formatValue } from '../terminal/format.ts';
import { findArm, QLOOM_UNSELECTED } from './arms.ts';
import { plainValue } from './settings-text.ts';

/** Where a card says that its data comes from. */
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

/** The card for people, as Markdown: how the data was made, from what, with which seed, how good it is. */
export function cardToMarkdown(result: StudyResult, source: CardSource): string | undefined {
  const card = result.synthetic;
  if (card === undefined) return undefined;
  const classNames = result.data?.classNames ?? [];
  const counts = card.classCounts
    .map((count, label) => `${classNames[label] ?? `class ${label}`}: ${count}`)
    .join(', ');
  const metrics = new Map((card.fidelity?.metrics ?? []).map(({ name, value }) => [name, value]));
  const constraints = card.fidelity?.constraints ?? [];
  const qloom = findArm(result, result.addsData ? 'qloom' : QLOOM_UNSELECTED);
  const gain = qloom?.accuracyGain?.difference;
  const measured = [
    ...(metrics.has('frechet')
      ? [
          `- Fréchet distance ${formatValue(metrics.get('frechet') ?? 0)}; real against real: ${formatValue(metrics.get('frechet.null') ?? 0)}`,
        ]
      : []),
    ...[...metrics]
      .filter(([name]) => !name.startsWith('frechet'))
      .map(([name, value]) => `- ${name}: ${formatValue(value)}`),
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
    '',
    '## How good it is',
    '',
    ...(gain === undefined
      ? []
      : [
          `- Accuracy of the QNN on test data, against real data alone: ${formatSigned(gain.estimate * 100, 1)} points ` +
            `(95% interval ${formatSigned(gain.lower * 100, 1)} to ${formatSigned(gain.upper * 100, 1)}, ${result.draws} draws)`,
        ]),
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

/** Columns of synthetic.csv: the features, then the label. */
export function columnsOf(result: StudyResult): string[] {
  const features = result.data?.featureNames ?? [];
  return [...features, labelColumnName(features)];
}

function dataText(result: StudyResult): string {
  const source = result.settings?.data?.source;
  if (source?.$case === 'task')
    return `task ${source.value.name}${source.value.settingsJson === '' ? '' : ` ${source.value.settingsJson}`}`;
  return source === undefined ? 'unknown' : `data set ${source.value.sha256.slice(0, 12)}`;
}
