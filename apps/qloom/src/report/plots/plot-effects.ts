import type { HyperparameterEffect, StudyResult } from '@qloom/contracts/gen/qloom/agent/v1/result.ts';
import { plainValue } from '../../result/settings-text.ts';
import { formatSigned } from '../../terminal/format.ts';
import { axisX, axisY, type PlotArea } from './axes.ts';
import { utilityDomain } from './plot-search.ts';
import { extent, linearScale, logScale, type Scale } from './scale.ts';
import { drawing, element, label, line, type Markup } from './svg.ts';

const WIDTH = 280;
const HEIGHT = 200;
const AREA: PlotArea = { left: 44, right: WIDTH - 10, top: 30, bottom: HEIGHT - 26 };

/** One episode's value of a hyperparameter and its utility. */
interface Trial {
  readonly value: number | string;
  readonly utility: number;
}

/** Small plots of utility against each hyperparameter that varied, the most important first, at most `limit`. */
export function plotEffects(result: StudyResult, limit = 9): Markup[] {
  const utilities = result.episodes.flatMap(({ reward }) => (reward === undefined ? [] : [reward.utility]));
  const domain = utilityDomain(utilities);
  return effectsOf(result)
    .map((effect) => ({ effect, trials: trialsOf(result, effect.name) }))
    .filter(({ trials }) => new Set(trials.map((trial) => trial.value)).size > 1)
    .slice(0, limit)
    .map(({ effect, trials }, index) => plotOne(effect, trials, domain, index));
}

/** Effects by falling importance. */
function effectsOf(result: StudyResult): HyperparameterEffect[] {
  return [...result.effects].sort((a, b) => b.importance - a.importance || a.name.localeCompare(b.name));
}

function trialsOf(result: StudyResult, name: string): Trial[] {
  return result.episodes.flatMap(({ reward, hyperparameters }) => {
    const setting = hyperparameters.find((candidate) => candidate.name === name);
    const value = setting === undefined ? undefined : plainValue(setting);
    return reward === undefined || value === undefined ? [] : [{ value, utility: reward.utility }];
  });
}

function plotOne(
  effect: HyperparameterEffect,
  trials: readonly Trial[],
  domain: readonly [number, number],
  index: number,
): Markup {
  const y = linearScale(domain, [AREA.bottom, AREA.top], { ticks: 4 });
  const correlation = effect.rankCorrelation;
  const numeric = trials.every((trial) => typeof trial.value === 'number');
  const facts = [
    `${Math.round(effect.importance * 100)}%`,
    ...(numeric && correlation !== undefined ? [`ρ ${formatSigned(correlation.estimate, 2)}`] : []),
  ].join(' · ');
  const description =
    `${trials.length} episodes; importance ${Math.round(effect.importance * 100)}%` +
    (numeric && correlation !== undefined
      ? `, rank correlation ${formatSigned(correlation.estimate, 2)} (${formatSigned(correlation.lower, 2)} to ${formatSigned(correlation.upper, 2)})`
      : '');
  return drawing(
    WIDTH,
    HEIGHT,
    { id: `plot-effect-${index}`, title: `Utility against ${effect.name}`, description },
    label(AREA.left, 15, effect.name, { class: 'panel-title' }),
    label(AREA.right, 15, facts, { class: 'tick', 'text-anchor': 'end' }),
    axisY(y, AREA),
    line(AREA.left, y(0), AREA.right, y(0), 'zero'),
    numeric ? drawNumbers(trials, y) : drawChoices(trials, y),
  );
}

function drawNumbers(trials: readonly Trial[], y: Scale): Markup {
  const values = trials.map((trial) => trial.value as number);
  const positive = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  const zeros = values.some((value) => value === 0);
  const logarithmic = positive.length > 1 && high / low > 8;
  const left = zeros && logarithmic ? AREA.left + 26 : AREA.left + 6;
  const right = AREA.right - 6;
  const x = logarithmic
    ? logScale([low, high], [left, right])
    : linearScale(extent(values, 0.02), [left, right], { ticks: 4 });
  // On a logarithmic axis 0 has its own place at the left.
  const place = (value: number): number => (logarithmic && value === 0 ? AREA.left + 8 : x(value));
  return element(
    'g',
    {},
    axisX(x, AREA, { grid: false }),
    zeros && logarithmic ? label(AREA.left + 8, AREA.bottom + 16, '0', { class: 'tick', 'text-anchor': 'middle' }) : '',
    ...trials.map((trial) => dot(place(trial.value as number), trial.utility, y)),
  );
}

function drawChoices(trials: readonly Trial[], y: Scale): Markup {
  const choices = [...new Set(trials.map((trial) => String(trial.value)))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const step = (AREA.right - AREA.left) / choices.length;
  const seen = new Map<string, number>();
  const dots = trials.map((trial) => {
    const choice = String(trial.value);
    const nth = seen.get(choice) ?? 0;
    seen.set(choice, nth + 1);
    // Spread evenly over the middle of the column: the position has no meaning, it only separates dots.
    const spread = (((nth * 7) % 11) / 10 - 0.5) * step * 0.5;
    return dot(AREA.left + (choices.indexOf(choice) + 0.5) * step + spread, trial.utility, y);
  });
  const names = choices.map((choice, i) =>
    label(AREA.left + (i + 0.5) * step, AREA.bottom + 16, choice, { class: 'tick', 'text-anchor': 'middle' }),
  );
  return element('g', {}, line(AREA.left, AREA.bottom, AREA.right, AREA.bottom, 'axis'), ...names, ...dots);
}

function dot(x: number, utility: number, y: Scale): Markup {
  const clamped = Math.max(y.domain[0], utility);
  return element('circle', { cx: x, cy: y(clamped), r: 3.2, class: 'trial' });
}
