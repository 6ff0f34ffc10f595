import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { CircuitSettings, ExpectationRequest } from '@qloom/contracts/gen/qloom/qnn_sim/v1/qnn_sim.ts';
import { violationsOf } from '@qloom/service-kit/faults/status-details.ts';
import { encodeTensor } from '@qloom/study-rpc/codec/tensors.ts';
import { CheckSkipped, must } from '../check.ts';

const program = (...lines: string[]): CircuitSettings =>
  CircuitSettings.fromPartial({
    qasm: ['OPENQASM 3.0', 'include "stdgates.inc"', ...lines].map((line) => `${line};\n`).join(''),
  });

/** Inputs of {@link PRODUCT}: two rows. */
export const ROWS: readonly (readonly [number, number])[] = [
  [0.3, -0.8],
  [1.1, 0.2],
];
/** Parameters of {@link PRODUCT}, in the order of their declaration: zeta, alpha. */
export const ANGLES: readonly [number, number] = [0.7, -0.4];

/**
 * A product state of three qubits with two inputs and two parameters. The first parameter is used in two gates, and is the last one by
 * the alphabet.
 */
export const PRODUCT = program(
  ...['x0', 'x1', 'zeta', 'alpha'].map((name) => `input float ${name}`),
  ...['qubit[3] q', 'ry(x0) q[0]', 'ry(zeta) q[0]', 'rx(alpha) q[1]', 'ry(x1) q[2]', 'rz(zeta) q[2]'],
);

/** An observable of {@link PRODUCT}: its expectation, and its derivatives by x0, x1, zeta and alpha. */
interface Formula {
  readonly observable: string;
  readonly of: (x0: number, x1: number, zeta: number, alpha: number) => readonly [value: number, ...slopes: number[]];
}

const { cos, sin } = Math;

/**
 * The Bloch vectors are (sin(x0 + ζ), 0, cos(x0 + ζ)) for R_y(x0 + ζ)|0⟩, (0, −sin α, cos α) for R_x(α)|0⟩, and
 * (sin x1 cos ζ, sin x1 sin ζ, cos x1) for R_z(ζ) R_y(x1)|0⟩.
 */
export const FORMULAS: readonly Formula[] = [
  { observable: 'Z0', of: (a, _, z) => [cos(a + z), -sin(a + z), 0, -sin(a + z), 0] },
  { observable: 'X0', of: (a, _, z) => [sin(a + z), cos(a + z), 0, cos(a + z), 0] },
  {
    observable: '0.5*Z1 - 1.2*Y1',
    of: (_, __, ___, t) => [0.5 * cos(t) + 1.2 * sin(t), 0, 0, 0, -0.5 * sin(t) + 1.2 * cos(t)],
  },
  { observable: 'Y2', of: (_, b, z) => [sin(b) * sin(z), 0, cos(b) * sin(z), sin(b) * cos(z), 0] },
  {
    observable: 'X2 Z0',
    of: (a, b, z) => [
      sin(b) * cos(z) * cos(a + z),
      -sin(b) * cos(z) * sin(a + z),
      cos(b) * cos(z) * cos(a + z),
      -sin(b) * (sin(z) * cos(a + z) + cos(z) * sin(a + z)),
      0,
    ],
  },
];

/** Value and derivatives of each formula in each row. */
export const EXPECTED = ROWS.map(([x0, x1]) => FORMULAS.map(({ of }) => of(x0, x1, ...ANGLES)));

/** Expectations of {@link PRODUCT}. */
export function productRequest(changes: Partial<ExpectationRequest> = {}): ExpectationRequest {
  return {
    ...ExpectationRequest.fromPartial({ observables: FORMULAS.map(({ observable }) => observable) }),
    circuit: PRODUCT,
    inputs: encodeTensor(Float64Array.from(ROWS.flat()), [ROWS.length, 2]),
    parameters: encodeTensor(Float64Array.from(ANGLES)),
    ...changes,
  };
}

/** A program of three qubits without inputs and parameters, executed once. */
export function fixedCircuit(
  ...gates: readonly string[]
): Pick<ExpectationRequest, 'circuit' | 'inputs' | 'parameters'> {
  return {
    circuit: program('qubit[3] q', ...gates),
    inputs: encodeTensor(new Float64Array(0), [1, 0]),
    parameters: encodeTensor(new Float64Array(0)),
  };
}

/** R_y(ζ)|0⟩ ⊗ R_y(α)|0⟩, then a controlled NOT: parameters zeta and alpha. */
export const ENTANGLED = program(
  ...['input float zeta', 'input float alpha', 'qubit[2] q', 'ry(zeta) q[0]', 'ry(alpha) q[1]', 'cx q[0], q[1]'],
);

/** Skips the check if the call is not offered, or takes no programs. */
export async function withPrograms<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { code, details = '' } = error as Partial<ServiceError>;
    if (code === status.UNIMPLEMENTED) throw new CheckSkipped(`${what} is not offered (UNIMPLEMENTED)`);
    // "INVALID_ARGUMENT: … or the combination is not supported".
    const refused = code === status.INVALID_ARGUMENT && /qasm\W.*not (offered|supported)/i.test(details);
    if (refused) throw new CheckSkipped(`programs are not offered: ${details}`);
    throw error;
  }
}

/** Skips the check if expectations are exact only: INVALID_ARGUMENT that names the field `shots`. */
export async function withShots<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    const { code, details } = error as Partial<ServiceError>;
    const named = code === status.INVALID_ARGUMENT ? violationsOf(error as ServiceError) : [];
    if (!named.some(({ field }) => field === 'shots')) throw error;
    throw new CheckSkipped(`shots are not offered: ${details}`);
  }
}

/** Float32 engines are allowed: 1e-5 is about a hundred of their roundings. */
const TOLERANCE = 1e-5;

/** Fails unless each number is the expected one, to within the rounding of float32. */
export function requireNear(
  actual: ArrayLike<number>,
  expected: readonly number[],
  nameOf: (index: number) => string,
  within = TOLERANCE,
): void {
  for (const [i, value] of expected.entries()) {
    must(Math.abs(actual[i] - value) <= within, `${nameOf(i)} is ${actual[i]}`, `${value} within ${within}`);
  }
}
