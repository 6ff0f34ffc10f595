import type { EpisodeOutcome, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { quantile } from '../../telemetry/percentile.ts';
import { formatSigned } from '../../terminal/format.ts';
import { axisX, axisY, type PlotArea } from './axes.ts';
import { linearScale, type Scale } from './scale.ts';
import { drawing, element, label, line, type Markup } from './svg.ts';

const WIDTH = 760;
const HEIGHT = 344;
const AREA: PlotArea = { left: 62, right: WIDTH - 16, top: 14, bottom: HEIGHT - 98 };

/**
 * The learning curve: utility of each episode with its standard error, hollow where it came from the Sobol sequence;
 * the best so far as a line; batches apart; failed episodes as crosses below.
 */
export function plotSearch(result: StudyResult): Markup {
  const { episodes } = result;
  const utilities = episodes.flatMap((episode) => (episode.reward === undefined ? [] : [episode.reward.utility]));
  const x = linearScale([-0.8, Math.max(episodes.length, 1) - 0.2], [AREA.left, AREA.right], { ticks: 8 });
  const y = linearScale(utilityDomain(utilities), [AREA.bottom, AREA.top], { ticks: 5 });
  const chosen = result.incumbents.find((incumbent) => incumbent.chosen)?.episode;
  const failed = episodes.filter((episode) => episode.failure !== undefined);
  return drawing(
    WIDTH,
    HEIGHT,
    { id: 'plot-search', title: 'Utility of each episode', description: describe(episodes, chosen) },
    batchBands(episodes, x),
    axisX(
      x,
      { ...AREA, bottom: AREA.bottom + (failed.length > 0 ? 22 : 0) },
      { title: 'episode', grid: false, format: (value) => String(value) },
    ),
    axisY(y, AREA, { title: 'utility U' }),
    y.domain[0] < 0 && y.domain[1] > 0 ? line(AREA.left, y(0), AREA.right, y(0), 'zero') : '',
    bestSoFar(episodes, x, y),
    ...episodes.map((episode) => drawEpisode(episode, x, y, episode.episode === chosen)),
    legend(failed.length > 0, chosen !== undefined),
  );
}

/** From the lower quartile less three interquartile ranges: one outlier must not flatten all others. */
export function utilityDomain(utilities: readonly number[]): readonly [number, number] {
  if (utilities.length === 0) return [-1, 1];
  const sorted = [...utilities].sort((a, b) => a - b);
  const [q1, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  const low = Math.max(sorted[0], q1 - 3 * (q3 - q1));
  const high = sorted[sorted.length - 1];
  const room = Math.max(0.02, (high - low) * 0.08);
  return [Math.min(low, 0) - room, Math.max(high, 0) + room];
}

function batchBands(episodes: readonly EpisodeOutcome[], x: Scale): Markup {
  const bands: Markup[] = [];
  for (let from = 0; from < episodes.length; ) {
    let to = from;
    while (to < episodes.length && episodes[to].batch === episodes[from].batch) to++;
    if (episodes[from].batch % 2 === 1) {
      const left = x(from - 0.5);
      bands.push(
        element('rect', {
          x: left,
          y: AREA.top,
          width: x(to - 0.5) - left,
          height: AREA.bottom - AREA.top,
          class: 'band',
        }),
      );
    }
    from = to;
  }
  return element('g', {}, ...bands);
}

function bestSoFar(episodes: readonly EpisodeOutcome[], x: Scale, y: Scale): Markup {
  let best = Number.NEGATIVE_INFINITY;
  let path = '';
  for (const { episode, reward } of episodes) {
    const before = best;
    if (reward !== undefined) best = Math.max(best, reward.utility);
    if (best === Number.NEGATIVE_INFINITY) continue;
    const at = x(episode).toFixed(1);
    path += path === '' ? `M${at} ${y(best).toFixed(1)}` : `H${at}`;
    if (best !== before && path !== '') path += `V${y(best).toFixed(1)}`;
  }
  return path === '' ? '' : element('path', { d: path, class: 'best' });
}

function drawEpisode(
  { episode, origin, reward, failure, continueFrom }: EpisodeOutcome,
  x: Scale,
  y: Scale,
  chosen: boolean,
): Markup {
  const at = x(episode);
  if (reward === undefined) return failure === undefined ? '' : cross(at, AREA.bottom + 12);
  const [low, high] = y.domain;
  const clipped = reward.utility < low;
  const height = y(Math.max(low, reward.utility));
  const continued = continueFrom === undefined ? '' : `, continues episode ${continueFrom}`;
  const name = element('title', {}, `episode ${episode}, ${origin}${continued}: U ${formatSigned(reward.utility, 3)}`);
  if (clipped) {
    return element('path', { d: `M${at - 4.5} ${height - 8}h9l-4.5 7z`, class: `episode ${origin}` }, name);
  }
  const error = reward.utilityStandardError;
  const clamp = (value: number): number => y(Math.min(high, Math.max(low, value)));
  return element(
    'g',
    {},
    line(at, clamp(reward.utility - error), at, clamp(reward.utility + error), 'error'),
    chosen ? element('circle', { cx: at, cy: height, r: 8.5, class: 'chosen' }) : '',
    element('circle', { cx: at, cy: height, r: 4, class: `episode ${origin === 'sobol' ? 'sobol' : 'policy'}` }, name),
  );
}

function cross(x: number, y: number): Markup {
  return element('path', { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: 'failed' });
}

function legend(hasFailed: boolean, hasChosen: boolean): Markup {
  const y = HEIGHT - 10;
  const items: { draw: (x: number) => Markup; text: string }[] = [
    { draw: (x) => element('circle', { cx: x, cy: y - 4, r: 4, class: 'episode sobol' }), text: 'Sobol' },
    { draw: (x) => element('circle', { cx: x, cy: y - 4, r: 4, class: 'episode policy' }), text: 'policy' },
    { draw: (x) => line(x - 8, y - 4, x + 8, y - 4, 'best'), text: 'best so far' },
    ...(hasChosen
      ? [{ draw: (x: number) => element('circle', { cx: x, cy: y - 4, r: 7, class: 'chosen' }), text: 'chosen' }]
      : []),
    ...(hasFailed ? [{ draw: (x: number) => cross(x, y - 4), text: 'failed' }] : []),
  ];
  let x = AREA.left + 8;
  const drawn = items.map(({ draw, text }) => {
    const item = draw(x) + label(x + 13, y, text, { class: 'legend' });
    x += 34 + text.length * 6.6;
    return item;
  });
  return element('g', {}, ...drawn);
}

function describe(episodes: readonly EpisodeOutcome[], chosen: number | undefined): string {
  const best = episodes.reduce<EpisodeOutcome | undefined>(
    (top, episode) => ((episode.reward?.utility ?? -Infinity) > (top?.reward?.utility ?? -Infinity) ? episode : top),
    undefined,
  );
  const failed = episodes.filter((episode) => episode.failure !== undefined).length;
  const top =
    best?.reward === undefined
      ? ''
      : ` The best is episode ${best.episode} with ${formatSigned(best.reward.utility, 3)}.`;
  const kept = chosen === undefined ? ' None was chosen.' : ` Episode ${chosen} was chosen.`;
  return `${episodes.length} episodes, ${failed} failed.${top}${kept}`;
}
