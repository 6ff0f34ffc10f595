import { type Angle, evaluateAngle } from '@qloom/quantum/gates/angle.ts';
import type { Precision } from '../engine.ts';
import type { Program } from './compile.ts';
import { LEAST_COSINE } from './kernels/angles.ts';
import { sharedPart } from './lowering/angle-plan.ts';
import { createPhaseTable } from './lowering/shared-phases.ts';
import type { PlannedLink } from './lowering/structure.ts';

type Numbers = Float32Array | Float64Array;

/** Writes the data that depend on parameters, `parameters` from `at` on. */
type Write = (parameters: Float64Array, at: number) => void;

interface Setter {
  readonly trainable: boolean;
  readonly write: Write;
}

/**
 * Writes the data of a program's angles except inputs: coefficients of rotations, weights of inputs, tables of phases.
 * Data that do not depend on parameters are written once by this call; the rest by the returned function. `numbers` and
 * `doubles` are the memory.
 */
export function createParameterWriter(program: Program, numbers: Numbers, doubles: Float64Array): Write {
  const setters = [
    ...slotSetters(program, numbers),
    ...weightSetters(program, numbers, doubles),
    ...program.structure.layers.flatMap(({ link }, l) =>
      link.phases === 'shared' ? [phaseSetter(program, link, l, numbers)] : [],
    ),
  ];
  const none = new Float64Array(program.structure.circuit.parameters.length);
  for (const { write } of setters) write(none, 0);
  const moving = setters.filter((setter) => setter.trainable);
  return (parameters, at) => {
    for (const { write } of moving) write(parameters, at);
  };
}

/** An angle without inputs as a fast function of the parameters. */
function compileShared(angle: Angle): { trainable: boolean; value: (parameters: Float64Array, at: number) => number } {
  const { constant, terms } = sharedPart(angle);
  const [first, ...more] = terms;
  if (!first) return { trainable: false, value: () => constant };
  if (more.length > 0) {
    const whole = { constant, terms };
    const count = Math.max(...terms.map((term) => term.parameter as number)) + 1;
    return { trainable: true, value: (p, at) => evaluateAngle(whole, p.subarray(at, at + count), []) };
  }
  const { coefficient } = first;
  const parameter = first.parameter as number;
  return { trainable: true, value: (p, at) => constant + coefficient * p[at + parameter] };
}

/**
 * Coefficients of slots without inputs, and the shared part of those with inputs; one setter for those without
 * parameters, and one for the others. The rounding error of cosines is carried over from slot to slot: a gate that
 * occurs a hundred times would otherwise change the norm a hundred times by the same amount.
 */
function slotSetters({ structure, shape, memory, angles }: Program, numbers: Numbers): Setter[] {
  const { lanes, numberBytes } = shape;
  const shared = memory.shared / numberBytes;
  const coefficients = memory.coefficients / numberBytes;
  const slots = structure.slots.map(({ angle, form }, slot) => {
    const part = angles.partOf[slot] === null ? form : 'shared';
    const to = part === 'shared' ? shared + 2 * slot : coefficients + 2 * slot * lanes;
    return { ...compileShared(angle), part, to };
  });
  return [false, true].map((trainable) => {
    const some = slots.filter((slot) => slot.trainable === trainable);
    return {
      trainable,
      write(parameters, at) {
        const tangentOf = createTangents(shape.precision);
        for (const { value, part, to } of some) {
          const half = value(parameters, at) / 2;
          const [cosine, sine] = [Math.cos(half), Math.sin(half)];
          if (part === 'shared') {
            numbers[to] = cosine;
            numbers[to + 1] = sine;
            continue;
          }
          const [first, second] = part === 'sine' ? [cosine, sine] : tangentOf(cosine, sine);
          for (let lane = 0; lane < lanes; lane++) {
            numbers[to + lane] = first;
            numbers[to + lanes + lane] = second;
          }
        }
      },
    };
  });
}

/** (tangent, cosine) of consecutive angles, rounded such that the norm after all of them is correct. */
function createTangents(precision: Precision): (cosine: number, sine: number) => [number, number] {
  const single = precision === 'float32';
  const least = LEAST_COSINE[precision];
  const rounded = (value: number) => (single ? Math.fround(value) : value);
  let drift = 0;
  return (cosine, sine) => {
    const kept = Math.abs(cosine) < least ? (cosine < 0 ? -least : least) : cosine;
    const tangent = rounded(sine / kept);
    const exact = Math.sign(kept) / Math.sqrt(1 + tangent * tangent);
    const factor = rounded(exact * (1 - drift));
    drift += factor / exact - 1;
    return [tangent, factor];
  };
}

function weightSetters({ shape, memory, angles }: Program, numbers: Numbers, doubles: Float64Array): Setter[] {
  return angles.weights.map(({ coefficient, parameter }, i) => ({
    trainable: parameter !== null,
    write(parameters, at) {
      const weight = parameter === null ? coefficient : coefficient * parameters[at + parameter];
      doubles[memory.halfWeights / 8 + i] = weight / 2;
      numbers[memory.weights / shape.numberBytes + i] = weight;
    },
  }));
}

function phaseSetter({ memory, shape }: Program, link: PlannedLink, l: number, numbers: Numbers): Setter {
  const to = memory.layers[l].link.phases / shape.numberBytes;
  const strings = [...link.before, ...link.after].map(({ angle }) => compileShared(angle));
  const values = new Float64Array(strings.length);
  const table = createPhaseTable(link, shape.qubits);
  return {
    trainable: strings.some((string) => string.trainable),
    write(parameters, at) {
      for (let i = 0; i < strings.length; i++) values[i] = strings[i].value(parameters, at);
      const { re, im } = table(values);
      numbers.set(re, to);
      numbers.set(im, to + re.length);
    },
  };
}
