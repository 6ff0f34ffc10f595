import { type Check, listChecks, must } from '../check.ts';
import { BATCH, type Critic } from './critique-call.ts';
import type { CritiqueContext } from './critique-context.ts';

/**
 * Steps of the central difference, in units of the points (whose clouds are .8 wide). A loss is computed in float32: its
 * rounding (1e-7) over 2h stays below 1e-4; its curvature over the smaller step below that, too.
 */
const STEP_SIZES = [0.02, 0.005];
/**
 * Allowed error, as a part of the gradient's length. Piecewise linear layers have a kink every so often: within h of
 * one, a difference is off by a few percent. A wrong sign, a missing weight or a sum instead of the mean is off by half
 * or more.
 */
const TOLERANCE = 0.05;
const ROUNDING = 1e-3;
/** The first is not 1, and they differ, so that an ignored weight is detected. */
const WEIGHTS = [2, 0.5, 1.5];

/**
 * The gradient against central differences of the weighted losses. Every value comes from a separate critic with the
 * same seed and the same steps, so that it is the same function: within one stream the critic may draw other real
 * points, or another augmentation, at every step.
 */
export function gradientChecks({ objectives, withCritic }: CritiqueContext, source: string): readonly Check[] {
  const list = listChecks(`${source}; CritiqueStepResult.gradient`);
  const weights = async () => (await objectives()).map((name, i) => ({ name, value: WEIGHTS[i % WEIGHTS.length] }));
  const judged = async <T>(use: (critic: Critic) => Promise<T>): Promise<T> => {
    const changes = { objectiveWeights: await weights() };
    return await withCritic(async (critic) => {
      for (let index = 0; index < WARM_UP; index++) await critic.step(index);
      return await use(critic);
    }, changes);
  };
  const loss = async (x: Float32Array): Promise<number> => {
    const { losses } = await judged((critic) => critic.step(WARM_UP, { update: false, wantGradient: false }, x));
    return (await weights()).reduce((sum, { name, value }) => sum + value * (losses.get(name) ?? Number.NaN), 0);
  };

  list.promise('the gradient is that of the weighted objectives, by central differences', async () => {
    const { gradient } = await judged((critic) => critic.step(WARM_UP, { update: false }));
    must(gradient !== undefined, 'the gradient is absent though it was wanted', 'float32, [batch, features]');
    const length = Math.hypot(...gradient);
    must(length > 0, 'the gradient is 0 everywhere', 'that of the objectives');
    for (const [what, direction] of directions(gradient)) {
      const expected = direction.reduce((sum, value, i) => sum + value * gradient[i], 0);
      const slopes: number[] = [];
      for (const h of STEP_SIZES) {
        slopes.push(((await loss(shifted(direction, h))) - (await loss(shifted(direction, -h)))) / (2 * h));
      }
      const close = slopes.some((slope) => Math.abs(slope - expected) <= TOLERANCE * length + ROUNDING);
      must(
        close,
        `along ${what} the gradient says ${expected}, the losses say ${slopes.join(' and ')}`,
        `the same within ${TOLERANCE} of its length, ${length}`,
      );
    }
  });
  return list.checks;
}

const WARM_UP = 3;

/** The gradient's direction, which tests its length, and two directions that involve every number of a batch. */
function directions(gradient: Float32Array): [string, Float32Array][] {
  const unit = (values: Float32Array) => values.map((value) => value / Math.hypot(...values));
  return [
    ['itself', unit(gradient)],
    ['alternating signs', unit(gradient.map((_, i) => (i % 2 === 0 ? 1 : -1)))],
    ['the first point', unit(gradient.map((value, i) => (i < BATCH.features ? value || 1 : 0)))],
  ];
}

function shifted(direction: Float32Array, h: number): Float32Array {
  return BATCH.x.map((value, i) => value + h * direction[i]);
}
