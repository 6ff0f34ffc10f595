import { type Angle, evaluateAngle } from '@qloom/quantum/gates/angle.ts';
import { GATES } from '@qloom/quantum/gates/gates.ts';
import type { ValueSource } from './gate-form.ts';
import type { GateOp, GateProgram, Scope } from './gate-program.ts';

/** Writes one row of a scope's table of values, from `offset` on; computed in float64 and rounded when stored. */
export type WriteRow = (
  parameters: ArrayLike<number>,
  inputs: ArrayLike<number>,
  out: Float32Array,
  offset: number,
) => void;

/** The sine and cosine of `frequency · angle`, and their positions in a row. */
interface Sinusoid {
  readonly angle: Angle;
  readonly frequency: number;
  readonly cosines: number[];
  readonly sines: number[];
}

/** A number of a gate's matrices that is not a sinusoid. */
interface Component {
  readonly op: GateOp;
  readonly source: ValueSource & { readonly kind: 'component' };
  readonly at: number;
}

/**
 * Prepares {@link WriteRow}. Every sine and cosine is computed once per row, even if several gates use it: a circuit
 * that encodes its inputs in each of its layers has few distinct angles per execution.
 */
export function createRowWriter({ ops }: GateProgram, scope: Scope): WriteRow {
  const sinusoids = new Map<string, Sinusoid>();
  const components: Component[] = [];
  for (const op of ops) {
    if (op.scope !== scope) continue;
    op.form.values.forEach((source, v) => {
      const at = op.valueOffset + v;
      if (source.kind === 'component') {
        components.push({ op, source, at });
        return;
      }
      const { frequency } = source;
      const [angle] = op.angles;
      const key = JSON.stringify([frequency, angle]);
      const one = sinusoids.get(key) ?? { angle, frequency, cosines: [], sines: [] };
      sinusoids.set(key, one);
      (source.kind === 'cos' ? one.cosines : one.sines).push(at);
    });
  }
  const distinct = [...sinusoids.values()];
  return (parameters, inputs, out, offset) => {
    for (const { angle, frequency, cosines, sines } of distinct) {
      const phase = frequency * evaluateAngle(angle, parameters, inputs);
      const [cosine, sine] = [Math.cos(phase), Math.sin(phase)];
      for (let i = 0; i < cosines.length; i++) out[offset + cosines[i]] = cosine;
      for (let i = 0; i < sines.length; i++) out[offset + sines[i]] = sine;
    }
    for (const { op, source, at } of components) {
      const angles = op.angles.map((angle) => evaluateAngle(angle, parameters, inputs));
      const { derivative, index } = source;
      const definition = GATES[op.gate];
      const matrix = derivative === null ? definition.matrix(angles) : definition.derivative(angles, derivative);
      out[offset + at] = matrix.values[index];
    }
  };
}
