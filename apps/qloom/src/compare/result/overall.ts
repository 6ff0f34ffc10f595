import { median } from '@qloom/metrics/percentile.ts';
import { hierarchicalBootstrap, type Selections } from '@qloom/metrics/statistics/bootstrap/hierarchical-bootstrap.ts';
import { performanceProfile } from '@qloom/metrics/statistics/bootstrap/performance-profile.ts';
import { interquartileMean } from '@qloom/metrics/statistics/interquartile-mean.ts';
import type { ArmOfCell, CellResult, OverallGain, Profile } from './compare-result.ts';

/**
 * Gains of an arm by place (group and number of labels): the studies of a place, which differ in their seed, are its
 * selections, each with its draws. `pick` finds the arm of a cell.
 */
function gainsByPlace(cells: readonly CellResult[], pick: (cell: CellResult) => ArmOfCell | undefined): Selections[] {
  const places = new Map<string, number[][]>();
  for (const cell of cells) {
    const gains = pick(cell)?.gains ?? [];
    if (gains.length === 0) continue;
    const place = `${cell.group}/${cell.labels ?? ''}`;
    places.set(place, [...(places.get(place) ?? []), [...gains]]);
  }
  return [...places.values()];
}

/** Qloom's gain over all finished cells; undefined where no cell has Qloom's arm. */
export function overallGain(cells: readonly CellResult[], seed: string): OverallGain | undefined {
  const places = gainsByPlace(cells, ofName('qloom'));
  if (places.length === 0) return undefined;
  const [middle, half] = hierarchicalBootstrap(
    places,
    (values) => [interquartileMean(values.flat()), median(values.flat())],
    { seed: `${seed}/overall` },
  );
  const draws = places.flat(2).length;
  // The error over draws is hardly an estimate where every selection has one.
  const isKnown = draws > places.flat().length;
  const shown = (interval: typeof middle) =>
    isKnown ? interval : { estimate: interval.estimate, low: interval.estimate, high: interval.estimate, level: 0 };
  return { draws, cells: places.flat().length, interquartileMean: shown(middle), median: shown(half) };
}

/** Thresholds of profiles: every half point between the ends of the gains, at most 81. */
function thresholdsOf(places: readonly Selections[]): number[] {
  const gains = places.flat(2);
  const [low, high] = [Math.min(0, ...gains), Math.max(0, ...gains)];
  const step = Math.max(0.005, Math.ceil((high - low) / 80 / 0.005) * 0.005);
  const from = Math.floor(low / step);
  const to = Math.ceil(high / step) + 1;
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** Profiles of Qloom, of the best baseline of each cell, and of the oracle. */
export function profilesOf(cells: readonly CellResult[], seed: string): Profile[] {
  const shown = [
    { arm: 'qloom', label: 'Qloom', role: 'qloom', pick: ofName('qloom') },
    {
      arm: 'best-baseline',
      label: 'best baseline of each cell',
      role: 'baseline',
      pick: (cell: CellResult) => ofName(cell.finished?.bestBaseline ?? '')(cell),
    },
    { arm: 'oracle', label: 'oracle (true samples)', role: 'oracle', pick: ofName('oracle') },
  ] as const;
  const places = shown.map(({ pick }) => gainsByPlace(cells, pick));
  const thresholds = thresholdsOf(places.flat());
  return shown.flatMap(({ arm, label, role }, i) =>
    places[i].length === 0
      ? []
      : [
          {
            arm,
            label,
            role,
            points: performanceProfile(places[i], thresholds, { seed: `${seed}/profile/${arm}`, resamples: 1000 }),
          },
        ],
  );
}

function ofName(name: string): (cell: CellResult) => ArmOfCell | undefined {
  return ({ finished }) => finished?.arms.find((arm) => arm.name === name);
}
