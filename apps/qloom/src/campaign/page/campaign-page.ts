import { type Campaign, type CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import type { LabelledRows } from '../../data/labelled-rows.ts';
import { definitions, gridFigure, paragraph, section } from '../../report/html.ts';
import { htmlPage } from '../../report/html-page.ts';
import { plotScatter } from '../../report/plots/plot-scatter.ts';
import { element, escapeText, type Markup } from '../../report/plots/svg.ts';
import { classKey } from '../../report/sections/section-data.ts';
import { campaignText } from '../campaign-text.ts';
import type { LabelCurves } from '../curves/label-curves.ts';
import { curvesSection } from './section-curves.ts';
import { sourcesSection } from './section-sources.ts';

/** Inputs of the page of a campaign. */
export interface CampaignPageInput {
  readonly campaign: Campaign;
  readonly points: readonly CampaignPoint[];
  /** Null where they cannot be measured. */
  readonly curves: LabelCurves | null;
  /** Version of Qloom. */
  readonly version: string;
}

/** The page of a campaign: one HTML document without external resources. */
export function renderCampaignPage({ campaign, points, curves, version }: CampaignPageInput): string {
  const classNames = campaign.settings?.classNames ?? [];
  const body = [
    heading(campaign),
    curvesSection(curves),
    pointsSection(campaign, points),
    sourcesSection(points, classNames),
    settingsSection(campaign),
  ];
  const styles = [new URL('../../compare/page/compare.css', import.meta.url)];
  return htmlPage({ title: campaign.id, styles, body, version });
}

function heading(campaign: Campaign): Markup {
  const [first, ...rest] = campaignText(campaign).trimEnd().split('\n');
  return element(
    'header',
    {},
    element('h1', {}, escapeText(campaign.id)),
    element('p', { class: 'verdict' }, escapeText(first)),
    ...rest.map((text) => paragraph(text)),
  );
}

function pointsSection({ settings, featureNames }: Campaign, points: readonly CampaignPoint[]): Markup {
  const labelled = points.filter(({ state }) => state === PointState.LABELLED);
  const rowsOf = (kept: readonly CampaignPoint[]): LabelledRows => ({
    featureNames,
    x: kept.map(({ asked }) => asked?.features ?? []),
    classes: kept.map(({ label }) => label),
  });
  const isRandom = ({ asked }: CampaignPoint) => asked?.chosenBy === 'random';
  const classNames = settings?.classNames ?? [];
  const plots =
    labelled.length === 0 || featureNames.length < 2
      ? []
      : plotScatter(
          { rows: rowsOf(labelled.filter((point) => !isRandom(point))), name: 'chosen' },
          { rows: rowsOf(labelled.filter(isRandom)), name: 'random' },
          classNames,
        );
  return section('The labelled points', gridFigure(plots, classKey(classNames, 'chosen', 'at random')));
}

function settingsSection({ settings, poolSize, createTime }: Campaign): Markup {
  if (settings === undefined) return '';
  const { qnn } = settings;
  return section(
    'How it was made',
    definitions([
      ['pool', `${poolSize} points`],
      [
        'policy',
        `${settings.acquisition}, ${Math.round(100 * (settings.randomShare ?? 0))}% at random, ${settings.batch} points an ask`,
      ],
      [
        'QNN',
        qnn === undefined ? '–' : `${qnn.qubits} qubits, ${qnn.layers} layers of ${qnn.ansatz}, ${qnn.steps} steps`,
      ],
      ['seed', String(settings.seed)],
      ['since', createTime?.toISOString().slice(0, 16).replace('T', ' ') ?? '–'],
    ]),
  );
}
