import { readFile } from 'node:fs/promises';
import type { Campaign, CampaignPoint } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { readCsv } from '@qloom/datasets/csv/read-csv.ts';
import { decodeText } from '@qloom/datasets/csv/reading/decode-text.ts';
import { createQnnSettings } from '@qloom/qnn/model/create-qnn-settings.ts';
import { settingsFromFields } from '@qloom/qnn/model/qnn-fields.ts';
import { DatasetError } from '@qloom/study/points/dataset-error.ts';
import type { SourcePoints } from '@qloom/study/points/points.ts';
import { UsageError } from '../command/errors.ts';
import { systemErrorText } from '../command/system-error.ts';
import { qloomVersion } from '../run/versions.ts';
import { writeWhole } from '../run-folder/write-file.ts';
import { type LabelCurves, labelCurves } from './curves/label-curves.ts';
import { inFeaturesOf, labelHistory } from './curves/label-history.ts';
import { withQnnPredictor } from './curves/qnn-predictor.ts';
import { renderCampaignPage } from './page/campaign-page.ts';

/** How the page of a campaign is made. */
export interface CampaignPageOptions {
  /** File of the page. */
  readonly page: string;
  /** CSV with the features of the campaign and a column `label`. */
  readonly test?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, of: number) => void;
}

/**
 * Trains QNNs on the labels of a campaign, and writes its page. Null where the labels cannot be measured. Throws `UsageError` where a file is
 * wrong.
 */
export async function writeCampaignPage(
  campaign: Campaign,
  points: readonly CampaignPoint[],
  { page, test, signal, onProgress }: CampaignPageOptions,
): Promise<LabelCurves | null> {
  const testPoints = test === undefined ? undefined : await readTest(test, campaign);
  const curves = await measure(campaign, points, testPoints, { signal, onProgress });
  writeWhole(page, renderCampaignPage({ campaign, points, curves, version: qloomVersion() }));
  return curves;
}

async function measure(
  campaign: Campaign,
  points: readonly CampaignPoint[],
  testPoints: SourcePoints | undefined,
  { signal, onProgress }: Pick<CampaignPageOptions, 'signal' | 'onProgress'>,
): Promise<LabelCurves | null> {
  const { settings } = campaign;
  const history = labelHistory(campaign, points);
  if (history === null || settings?.qnn === undefined) return null;
  const { seed } = settings;
  const qnn = createQnnSettings(settingsFromFields(settings.qnn));
  const test = testPoints && inFeaturesOf(history, testPoints);
  const options = { qnn, seed, signal, nowMs: () => performance.now() };
  return withQnnPredictor(history.points, options, (predict) =>
    labelCurves({ history, test, seed, predict, onProgress }),
  );
}

async function readTest(path: string, { featureNames, settings }: Campaign): Promise<SourcePoints> {
  try {
    const text = decodeText(await readFile(path)).text;
    return readCsv(text, { features: featureNames, label: 'label', classNames: settings?.classNames ?? [] }).points;
  } catch (error) {
    if (error instanceof DatasetError) {
      const line = error.line === undefined ? '' : `:${error.line}`;
      throw new UsageError(`--test: ${path}${line}: ${error.message}`, { cause: error });
    }
    const problem = systemErrorText(error);
    if (problem === undefined) throw error;
    throw new UsageError(`--test: ${problem}`, { cause: error });
  }
}
