import { type CampaignPoint, PointState } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { section, table } from '../../report/html.ts';
import { escapeText, type Markup } from '../../report/plots/svg.ts';

/** Who told the labels, and with which instrument. */
export function sourcesSection(points: readonly CampaignPoint[], classNames: readonly string[]): Markup {
  const labelled = points.filter(({ state }) => state === PointState.LABELLED);
  const sources = new Map<string, CampaignPoint[]>();
  for (const point of labelled) {
    const source = JSON.stringify([point.teller, point.provenance?.backend ?? '']);
    sources.set(source, [...(sources.get(source) ?? []), point]);
  }
  const rows = [...sources].sort(([a], [b]) => (a < b ? -1 : 1));
  return section(
    'Who labelled, and with what',
    labelled.length === 0
      ? ''
      : table(
          ['told by', 'backend', 'labels', ...classNames, 'shots', 'corrected', 'last'],
          rows.map(([source, told]) => {
            const [teller, backend] = JSON.parse(source) as [string, string];
            const of = (name: string) => told.filter(({ label }) => label === name).length;
            const shots = told.reduce((sum, { provenance }) => sum + (provenance?.shots ?? 0), 0);
            const last = Math.max(...told.map(({ tellTime }) => tellTime?.getTime() ?? 0));
            const cells = [
              escapeText(teller),
              escapeText(backend || '–'),
              String(told.length),
              ...classNames.map((name) => String(of(name))),
              shots === 0 ? '–' : String(shots),
              String(told.filter(({ answers }) => answers > 1).length),
              new Date(last).toISOString().slice(0, 16).replace('T', ' '),
            ];
            return { cells };
          }),
        ),
  );
}
