import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { LabelledRows } from '../data/labelled-rows.ts';
import { toneOf, verdictOf } from '../result/verdict.ts';
import type { KeptSpan } from '../telemetry/kept-span.ts';
import { definitions, paragraph, section } from './html.ts';
import { htmlPage } from './html-page.ts';
import { element, escapeText, type Markup } from './plots/svg.ts';
import { armsSection, distanceSection } from './sections/section-arms.ts';
import { dataSection } from './sections/section-data.ts';
import { pretrainingSection } from './sections/section-pretraining.ts';
import { searchSection } from './sections/section-search.ts';
import { timeSection } from './sections/section-time.ts';

/** Inputs of a report. */
export interface ReportInput {
  readonly result: StudyResult;
  readonly spans: readonly KeptSpan[];
  /** The real points that the kept generator was fitted on. */
  readonly real?: LabelledRows;
  readonly synthetic?: LabelledRows;
  /** The study file of the run. */
  readonly studyText: string;
  /** Name of the study file. */
  readonly studyFile: string;
  /** Versions of the programs that ran it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The report: one HTML document without external resources. */
export function renderReport(input: ReportInput): string {
  const { result } = input;
  const body = [
    heading(result),
    armsSection(result),
    searchSection(result),
    dataSection(result, input.real, input.synthetic),
    pretrainingSection(result),
    distanceSection(result),
    timeSection(result, input.spans),
    reproduceSection(input),
  ];
  return htmlPage({ title: result.study, body, version: input.versions['qloom'] ?? '' });
}

function heading(result: StudyResult): Markup {
  const source = result.settings?.data?.source;
  const data = source?.$case === 'task' ? `task ${source.value.name}` : 'a data set of its own';
  const day = result.finishedAt?.toISOString().slice(0, 10) ?? '';
  const qnn = result.settings?.qnn;
  const facts = [
    data,
    `${result.labelsUsed} labels`,
    `${result.data?.featureNames.length ?? 0} features`,
    `${result.data?.classNames.length ?? 0} classes`,
    ...(qnn === undefined ? [] : [`QNN of ${qnn.qubits} qubits, ${qnn.layers} layers`]),
    `seed ${result.settings?.seed ?? 0}`,
    ...(day === '' ? [] : [day]),
  ];
  return element(
    'header',
    {},
    element('h1', {}, escapeText(result.study)),
    paragraph(facts.join(' · ')),
    element('p', { class: `verdict ${toneOf(result)}` }, escapeText(verdictOf(result))),
    ...result.warnings.map((warning) => paragraph(warning, 'warning')),
  );
}

function reproduceSection({ result, studyText, studyFile, versions }: ReportInput): Markup {
  const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
  return section(
    'Make it again',
    paragraph(
      'The same study file and seed give the same study, bit for bit, with one worker or four, disturbed or not.',
    ),
    element('pre', {}, `${escapeText(`qloom run ${studyFile}`)}`),
    element(
      'details',
      {},
      element('summary', {}, 'The study file'),
      element('pre', {}, escapeText(studyText.trimEnd())),
    ),
    definitions([
      [
        'versions',
        Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ],
      [
        'spent',
        `${count(result.gradientSteps)} QNN gradient steps, ${count(result.circuitExecutions)} circuit executions`,
      ],
      ['labels', `${result.labelsUsed} in all: every label used to fit, gate, reward or select counts`],
    ]),
  );
}
