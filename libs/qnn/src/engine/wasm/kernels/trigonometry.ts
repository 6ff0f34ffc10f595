import type { Shape } from '../lowering/shape.ts';
import { type RawFunction, signed, unsigned } from '../printing/print-wasm.ts';

// Instructions, by their names in the specification.
const get = (local: number) => [0x20, ...unsigned(local)];
const set = (local: number) => [0x21, ...unsigned(local)];
const i32 = (value: number) => [0x41, ...signed(value)];
const I32_ADD = 0x6a;
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
const load = (offset: number) => [...simd(0x00), 3, ...unsigned(offset)];
const loadSplat64 = () => [...simd(0x0a), 3, 0];
const store = (offset: number) => [...simd(0x0b), 3, ...unsigned(offset)];
const storeHalf = (offset: number) => [...simd(0x5b), 2, ...unsigned(offset), 0];
const f64 = (value: number) => [...simd(0x0c), ...new Uint8Array(new Float64Array(2).fill(value).buffer)];
const ADD = simd(0xf0);
const SUB = simd(0xf1);
const MUL = simd(0xf2);
const NEAREST = simd(0x94);
const DEMOTE = simd(0x5e);
const TO_I32 = simd(0xfc);
const TO_I64 = simd(0xc7);
const I64_ADD = simd(0xce);
const I64_SHL = simd(0xcb);
const I64_SHR_S = simd(0xcc);
const AND = simd(0x4e);
const XOR = simd(0x51);
const SELECT = simd(0x52);

/** Loop over [first, end) by `step`, where the bounds are parameters 0 and 1; at least one iteration. */
const loop = (step: number, body: readonly number[]) => [
  ...[0x03, 0x40],
  ...body,
  ...[...get(0), ...i32(step), I32_ADD, 0x22, 0, ...get(1), 0x49, 0x0d, 0, 0x0b],
];

/**
 * `addAngles(table, end, inputs)`: entries of three u32 (angle, weight, input): angle += weight·input for every lane, in float64.
 * `setAngles` the same with = instead of +=.
 */
export function angleFunctions({ lanes }: Shape): RawFunction[] {
  const make = (name: string, adds: boolean): RawFunction => {
    const body: number[] = [];
    const word = (offset: number) => [...get(0), 0x28, 2, offset];
    body.push(...word(0), ...set(3), ...word(4), ...loadSplat64(), ...set(5));
    body.push(...word(8), ...get(2), I32_ADD, ...set(4));
    for (let pair = 0; pair < lanes / 2; pair++) {
      body.push(...get(3), ...get(4), ...load(16 * pair), ...get(5), ...MUL);
      if (adds) body.push(...get(3), ...load(16 * pair), ...ADD);
      body.push(...store(16 * pair));
    }
    return { name, parameters: 3, ints: 2, vectors: 1, code: loop(12, body) };
  };
  return [make('setAngles', false), make('addAngles', true)];
}

// π/2 in parts of 33 bits, and Taylor-like coefficients on [−π/4, π/4]: fdlibm's __kernel_sin, __kernel_cos, __ieee754_rem_pio2.
const PIO2 = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21];
const SIN = [
  -0.16666666666666632, 0.00833333333332249, -0.0001984126982985795, 0.0000027557313707070068, -2.5050760253406863e-8,
  1.58969099521155e-10,
];
const COS = [
  0.0416666666666666, -0.001388888888887411, 0.00002480158728947673, -2.7557314351390663e-7, 2.087572321298175e-9,
  -1.1359647557788195e-11,
];

/**
 * `sincos(angles, end, out)`: cosines and sines of angles in float64, lane by lane; a vector of cosines and one of sines in the engine's
 * precision for each vector of angles. Accurate to the last bits for |angle| up to 1e6.
 */
export function sincosFunction({ lanes, precision, vectorBytes }: Shape): RawFunction {
  const [angles, , out, K, R, Z, S, C, Q] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const terms = precision === 'float32' ? 4 : 6;
  const horner = (coefficients: readonly number[]) => {
    const used = coefficients.slice(0, terms).reverse();
    const [last, ...rest] = used;
    return [...f64(last), ...rest.flatMap((value) => [...get(Z), ...MUL, ...f64(value), ...ADD])];
  };
  const sign = (shifted: readonly number[]) => [...get(Q), ...shifted, ...i32(62), ...I64_SHL, ...f64(-0), ...AND];
  const one = [...simd(0x0c), 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
  const body: number[] = [];
  for (let pair = 0; pair < lanes / 2; pair++) {
    body.push(...get(angles), ...load(16 * pair), ...set(R));
    body.push(...get(R), ...f64(2 / Math.PI), ...MUL, ...NEAREST, ...set(K));
    for (const part of PIO2) body.push(...get(R), ...get(K), ...f64(part), ...MUL, ...SUB, ...set(R));
    body.push(...get(R), ...get(R), ...MUL, ...set(Z));
    // r + r·z·S(z); 1 − z/2 + z²·C(z).
    body.push(...get(R), ...get(R), ...get(Z), ...MUL, ...horner(SIN), ...MUL, ...ADD, ...set(S));
    body.push(...f64(1), ...get(Z), ...f64(0.5), ...MUL, ...SUB);
    body.push(...get(Z), ...get(Z), ...MUL, ...horner(COS), ...MUL, ...ADD, ...set(C));
    // The quadrant's parity exchanges sine and cosine; its second bit, and that of the next quadrant, are their signs.
    body.push(...get(K), ...TO_I32, ...TO_I64, ...set(Q));
    body.push(...get(Q), ...i32(63), ...I64_SHL, ...i32(63), ...I64_SHR_S, ...set(K));
    const results = [
      [...get(S), ...get(C), ...get(K), ...SELECT, ...sign([...one, ...I64_ADD]), ...XOR],
      [...get(C), ...get(S), ...get(K), ...SELECT, ...sign([]), ...XOR],
    ];
    results.forEach((result, i) => {
      const at = i * vectorBytes;
      if (precision === 'float32') body.push(...get(out), ...result, ...DEMOTE, ...storeHalf(at + 8 * pair));
      else body.push(...get(out), ...result, ...store(at + 16 * pair));
    });
  }
  body.push(...get(out), ...i32(2 * vectorBytes), I32_ADD, ...set(out));
  return { name: 'sincos', parameters: 3, ints: 0, vectors: 6, code: loop(8 * lanes, body) };
}
