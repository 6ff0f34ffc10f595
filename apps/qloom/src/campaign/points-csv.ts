import { type AskedPoint, type CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';

/** Columns of an answer that say how its label was found. */
const PROVENANCE_COLUMNS = ['measured_at', 'backend', 'job', 'shots'] as const;

/** Columns of a label that only a program tells. */
const MEASURED_COLUMNS = ['calibration', 'margin', 'margin_error'] as const;

/** Columns of labelled points besides their id, features and label. */
const FOUND_COLUMNS = ['told_by', 'told_at', ...PROVENANCE_COLUMNS, ...MEASURED_COLUMNS] as const;

/** Columns that no feature may be named after. */
export const RESERVED_COLUMNS: readonly string[] = ['point', 'label', ...FOUND_COLUMNS];

/** Points to label as CSV: id, features, and empty columns to fill in. */
export function askedCsv(featureNames: readonly string[], points: readonly AskedPoint[]): string {
  const header = ['point', ...featureNames, 'label', ...PROVENANCE_COLUMNS];
  const empty = ['label', ...PROVENANCE_COLUMNS].map(() => '');
  return csv([header, ...points.map(({ point, features }) => [point, ...features.map(String), ...empty])]);
}

/** Labelled points as CSV: id, features, label, and how it was found. */
export function labelledCsv(featureNames: readonly string[], points: readonly CampaignPoint[]): string {
  const header = ['point', ...featureNames, 'label', ...FOUND_COLUMNS];
  const rows = points
    .filter(({ state }) => state === PointState.LABELLED)
    .map(({ asked, label, teller, tellTime, provenance }) => [
      asked?.point ?? '',
      ...(asked?.features ?? []).map(String),
      label,
      teller,
      tellTime?.toISOString() ?? '',
      provenance?.measuredAt?.toISOString() ?? '',
      provenance?.backend ?? '',
      provenance?.job ?? '',
      provenance?.shots ? String(provenance.shots) : '',
      provenance?.calibration ?? '',
      String(provenance?.margin ?? ''),
      String(provenance?.marginError ?? ''),
    ]);
  return csv([header, ...rows]);
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** Quotes a text where it needs quotes. */
const cell = (text: string): string => (/[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
