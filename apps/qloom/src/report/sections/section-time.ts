import type { StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import type { KeptSpan } from '../../telemetry/kept-span.ts';
import { stageTimes } from '../../telemetry/stage-times.ts';
import { spansOfEpisode } from '../../telemetry/waterfall.ts';
import { formatSeconds } from '../../terminal/format.ts';
import { section, type TableRow, table, wideFigure } from '../html.ts';
import { plotWaterfall } from '../plots/plot-waterfall.ts';
import { escapeText, type Markup } from '../plots/svg.ts';

/** Times: percentiles of every stage, and the waterfall of a typical episode. */
export function timeSection(result: StudyResult, spans: readonly KeptSpan[]): Markup {
  const times = stageTimes(spans);
  if (times.length === 0) return '';
  const time = (seconds: number | undefined): string =>
    seconds === undefined || Number.isNaN(seconds) ? '' : escapeText(formatSeconds(seconds));
  const rows = times.map(
    (row): TableRow => ({
      cells: [
        row.step ? `<span class="note">· ${row.stage}</span>` : row.stage,
        String(row.count),
        time(row.p50),
        time(row.p95),
        time(row.p99),
        time(row.total),
        time(row.wait?.p50),
        time(row.wait?.p95),
        row.retries === 0 ? '' : String(row.retries),
      ],
    }),
  );
  const episode = typicalEpisode(result);
  const waterfall = episode === undefined ? undefined : plotWaterfall(spansOfEpisode(spans, episode), episode);
  return section(
    'Where the time went',
    table(['stage', 'count', 'p50', 'p95', 'p99', 'total', 'wait p50', 'wait p95', 'retries'], rows),
    wideFigure(
      waterfall,
      `Episode ${episode}, of median duration, from its proposal to its reward. Pale bars are steps inside a stage.`,
    ),
  );
}

/** The rewarded episode of median duration. */
function typicalEpisode(result: StudyResult): number | undefined {
  const rewarded = result.episodes
    .filter((episode) => episode.reward !== undefined)
    .sort((a, b) => a.seconds - b.seconds);
  return rewarded[Math.floor(rewarded.length / 2)]?.episode;
}
