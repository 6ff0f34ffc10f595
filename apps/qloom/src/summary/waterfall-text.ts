import type { WaterfallRow } from '../telemetry/waterfall.ts';
import { formatSeconds } from '../terminal/format.ts';
import type { Style } from '../terminal/style.ts';
import { visibleWidth } from '../terminal/table.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** The waterfall of one episode: a line for each span with its service, its time, and a bar of its duration. */
export function renderWaterfall(rows: readonly WaterfallRow[], style: Style, columns: number): string {
  const totalMs = Math.max(...rows.map((row) => row.offsetMs + row.durationMs), 1e-9);
  const names = rows.map((row) => `${'  '.repeat(row.depth)}${shortName(row.span.name)}`);
  const nameWidth = Math.min(46, Math.max(...names.map(visibleWidth)));
  const serviceWidth = Math.max(...rows.map((row) => shortService(row.span.service).length));
  const barWidth = Math.max(20, Math.min(columns, 140) - nameWidth - serviceWidth - 16);
  const lines = rows.map((row, i) => {
    const name = clip(names[i], nameWidth).padEnd(nameWidth);
    const service = shortService(row.span.service).padEnd(serviceWidth);
    const time = formatSeconds(row.durationMs / 1000).padStart(11);
    const failed = row.span.status === 'error';
    const drawn = bar(row.offsetMs / totalMs, row.durationMs / totalMs, barWidth);
    const colour = failed
      ? style.red
      : row.span.kind === 'internal' || row.span.kind === 'consumer'
        ? style.cyan
        : style.dim;
    return `${name}  ${style.dim(service)} ${time}  ${colour(drawn)}${failed ? style.red(` ${row.span.statusMessage ?? 'error'}`) : ''}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

/** A bar from `start` of length `share` (fractions of the whole) on `width` columns, at least a sliver. */
export function bar(start: number, share: number, width: number): string {
  const from = Math.min(width - 1, Math.floor(start * width));
  const length = Math.max(0, Math.min(width - from, share * width));
  const whole = Math.floor(length);
  const rest = EIGHTHS[Math.round((length - whole) * 8) % 8];
  const drawn = `${'█'.repeat(whole)}${rest}`;
  return `${' '.repeat(from)}${drawn === '' ? '▏' : drawn}`;
}

/** `qloom.generator.v1.GeneratorService/Sample` → `GeneratorService/Sample`. */
function shortName(name: string): string {
  return name.replace(/^(?:[a-z_]+\.)+v\d+\./, '');
}

function shortService(service: string): string {
  return service.replace(/^qloom\./, '');
}

function clip(text: string, width: number): string {
  return visibleWidth(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
}
