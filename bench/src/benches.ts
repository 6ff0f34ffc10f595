import { acquireBench } from './acquire/acquire.ts';
import { alternativeBench } from './choice/alternative.ts';
import { choiceBench } from './choice/choice.ts';
import { ratiosBench } from './choice/ratios.ts';
import { compiledBench } from './compiled.ts';
import { benchCost } from './cost.ts';
import { benchCritique } from './critique.ts';
import { deviceStepsBench } from './device-steps.ts';
import { distillBench } from './distill.ts';
import { benchExperiment } from './experiment.ts';
import { type Bench, wholeBench } from './harness/bench.ts';
import { benchMemory } from './memory.ts';
import { mitigationBench } from './mitigation.ts';
import { benchOverhead } from './overhead/overhead.ts';
import { policiesBench } from './policies.ts';
import { populationBench } from './population/population.ts';
import { qnnBench } from './qnn.ts';
import { qnnTrainingBench } from './qnn-training.ts';
import { scaleBench } from './scale/scale.ts';
import { benchTranspile } from './transpile/transpile.ts';
import { twoCurvesBench } from './two-curves.ts';
import { utilityCriticBench } from './utility-critic.ts';

/** Every benchmark, by name. */
export const benches: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ['acquire', acquireBench],
  ['alternative', alternativeBench],
  ['choice', choiceBench],
  ['compiled', compiledBench],
  ['cost', wholeBench('time of Fit, Sample, Assess and Evaluate, and peak memory, at 100 to 10,000 labels', benchCost)],
  ['critique', wholeBench('cost of one Critique exchange, the critic itself apart', benchCritique)],
  ['device-steps', deviceStepsBench],
  ['distill', distillBench],
  ['experiment', wholeBench('what the experiment service adds to the simulation of a circuit', benchExperiment)],
  ['memory', wholeBench('resident memory of the services over a fit of 2,000 steps', benchMemory)],
  ['mitigation', mitigationBench],
  ['overhead', wholeBench('what transport, log and tracing add to an episode', benchOverhead)],
  ['policies', policiesBench],
  ['population', populationBench],
  ['qnn', qnnBench],
  ['qnn-training', qnnTrainingBench],
  ['ratios', ratiosBench],
  ['scale', scaleBench],
  ['transpile', wholeBench("two-qubit gates of translated circuits beside Qiskit's level 3", benchTranspile)],
  ['two-curves', twoCurvesBench],
  ['utility-critic', utilityCriticBench],
]);
