import type { PretrainingSettings } from '@qloom/contracts/gen/qloom/agent/v1/agent.ts';

/** Default number of steps for which the target must be held. */
const HOLD_STEPS = 10;

/** Maximum number of steps of a training, as simulators limit it. */
const MAX_STEPS = 100_000;

/** Fills in the defaults of the measurement of pre-training; `qnnSteps` is the number of steps of the QNN. */
export function completePretraining(
  given: PretrainingSettings | undefined,
  qnnSteps: number,
  refuse: (field: string, description: string) => void,
): PretrainingSettings | undefined {
  if (given === undefined) return undefined;
  const within = (field: string, value: number, most: number): number => {
    if (value > most) refuse(`pretraining.${field}`, `${value} is above ${most}`);
    return value;
  };
  if (!(given.target > 0 && given.target < 1)) {
    refuse('pretraining.target', `${given.target} is no accuracy above 0 and below 1`);
  }
  const finetuneSteps = within('finetune_steps', given.finetuneSteps || qnnSteps, MAX_STEPS);
  return {
    steps: within('steps', given.steps || qnnSteps, MAX_STEPS),
    finetuneSteps,
    target: given.target,
    holdSteps: within('hold_steps', given.holdSteps || Math.min(HOLD_STEPS, finetuneSteps - 1), finetuneSteps - 1),
  };
}
