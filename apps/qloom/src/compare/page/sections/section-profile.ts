import type { Interval } from '@qloom/metrics/statistics/interval.ts';
import { paragraph, wideFigure } from '../../../report/html.ts';
import type { Markup } from '../../../report/plots/svg.ts';
import { formatSigned } from '../../../terminal/format.ts';
import type { CompareResult } from '../../result/compare-result.ts';
import { markerKey } from '../plots/markers.ts';
import { plotProfile } from '../plots/plot-profile.ts';

/** All draws of all cells: performance profiles, the interquartile mean and the median of the gain. */
export function profileSection({ profiles, overall }: CompareResult): Markup {
  const figure = plotProfile(profiles);
  if (figure === undefined) return '';
  const points = ({ estimate, low, high, level }: Interval): string =>
    level === 0
      ? formatSigned(100 * estimate, 1)
      : `${formatSigned(100 * estimate, 1)} [${formatSigned(100 * low, 1)}, ${formatSigned(100 * high, 1)}]`;
  const summary =
    overall === undefined
      ? ''
      : paragraph(
          `Over ${overall.draws} draws of ${overall.cells} ${overall.cells === 1 ? 'cell' : 'cells'} Qloom gains ${points(overall.interquartileMean)} points ` +
            `in the interquartile mean and ${points(overall.median)} in the median.`,
        );
  return (
    summary +
    markerKey(profiles.map(({ role, label }) => [role, label] as const)) +
    wideFigure(
      figure,
      'For each gain τ the share of draws, of all cells with equal weight, that gain at least τ over real data only on the same ' +
        'draw (Agarwal et al., 2021). A curve further right is better; left of 0 it shows how often a draw loses. Bands: pointwise 95%, resampled within ' +
        'each cell over selections and draws.',
    )
  );
}
