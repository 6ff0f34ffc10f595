import { STAGE_NAMES } from '@qloom/study/stages.ts';
import { SPAN_NAMES } from '@qloom/telemetry/schema.ts';
import type { KeptSpan } from '../../telemetry/kept-span.ts';
import { type WaterfallRow, waterfallRows } from '../../telemetry/waterfall.ts';
import { formatSeconds } from '../../terminal/format.ts';
import { axisX, type PlotArea } from './axes.ts';
import { linearScale } from './scale.ts';
import { drawing, element, label, type Markup } from './svg.ts';

const ROW = 20;
const WIDTH = 760;
const LABELS = 150;
const MOST_ROWS = 30;

/** The waterfall of one episode: its stages and the steps inside them, without the calls between. */
export function plotWaterfall(spans: readonly KeptSpan[], episode: number): Markup | undefined {
  const names: readonly string[] = SPAN_NAMES;
  const rows = waterfallRows(spans)
    .filter((row) => names.includes(row.span.name))
    .slice(0, MOST_ROWS);
  if (rows.length === 0) return undefined;
  const first = Math.min(...rows.map((row) => row.offsetMs));
  const total = Math.max(...rows.map((row) => row.offsetMs + row.durationMs)) - first;
  const area: PlotArea = { left: LABELS, right: WIDTH - 84, top: 4, bottom: 8 + rows.length * ROW };
  const x = linearScale([0, Math.max(total, 1e-3) / 1000], [area.left, area.right], { ticks: 6 });
  const drawn = rows.map((row, i) => drawRow(row, 6 + i * ROW, (ms) => x((ms - first) / 1000)));
  const text = rows
    .map((row) => `${row.span.name} of ${row.span.service}: ${formatSeconds(row.durationMs / 1000)}`)
    .join('; ');
  return drawing(
    WIDTH,
    area.bottom + 42,
    { id: 'plot-waterfall', title: `Waterfall of episode ${episode}`, description: text },
    axisX(x, area, { title: 'seconds since the proposal' }),
    ...drawn,
  );
}

function drawRow(row: WaterfallRow, top: number, x: (ms: number) => number): Markup {
  const stages: readonly string[] = STAGE_NAMES;
  const stage = stages.includes(row.span.name);
  const left = x(row.offsetMs);
  const right = x(row.offsetMs + row.durationMs);
  const y = top + ROW / 2 + 4;
  return element(
    'g',
    {},
    label(LABELS - 12, y, stage ? row.span.name : `· ${row.span.name}`, {
      class: `tick ${stage ? 'strong' : ''}`,
      'text-anchor': 'end',
    }),
    element('rect', {
      x: left,
      y: top + (stage ? 4 : 6),
      width: Math.max(1.5, right - left),
      height: stage ? ROW - 8 : ROW - 12,
      rx: 2,
      class: `span ${stage ? 'stage' : 'step'} ${row.span.status === 'error' ? 'error' : ''}`,
    }),
    label(right + 6, y, formatSeconds(row.durationMs / 1000), { class: 'tick' }),
  );
}
