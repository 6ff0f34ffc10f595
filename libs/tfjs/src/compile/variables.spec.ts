import { createRandom } from '@qloom/random/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { createParameters } from '../layers/parameters.ts';
import { stopGradient } from '../layers/stop-gradient.ts';
import { createEma } from '../steps/ema.ts';
import { type Compiled, compile } from './compile.ts';

const numbers = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
const variable = (values: number[], dtype?: tf.DataType) =>
  tf.tidy(() => tf.variable(tf.tensor1d(values, dtype as 'float32')));

describe.each(['cpu', 'wasm'])('variables of compiled functions, with eager code on %s', (backend) => {
  beforeAll(() => useBackend({ force: backend }));

  it('are seen and changed by eager code between two calls', () => {
    const w = variable([1, 2]);
    const addTo = compile((x: tf.Tensor1D) => {
      w.assign(tf.add(w, x) as tf.Tensor1D);
      return tf.mul(w, 10);
    });
    const x = tf.tensor1d([1, 1]);
    expect(numbers(addTo(x))).toEqual([20, 30]);
    expect(numbers(tf.square(w))).toEqual([4, 9]);
    w.assign(tf.tensor1d([7, 8]));
    expect(numbers(addTo(x))).toEqual([80, 90]);
    w.assign(tf.neg(w) as tf.Tensor1D);
    expect(numbers(addTo(x))).toEqual([-70, -80]);
    expect(numbers(w)).toEqual([-7, -8]);
  });

  it('do not change clones, reshapes and results when a step overwrites them', () => {
    const w = variable([1, 2]);
    const increment = compile(() => {
      w.assign(tf.add(w, 1) as tf.Tensor1D);
      return w.clone();
    });
    const first = increment();
    const [copy, column] = [w.clone(), tf.reshape(w, [2, 1])];
    for (let i = 0; i < 3; i++) increment();
    expect([first, copy, column, w].map(numbers)).toEqual([
      [2, 3],
      [2, 3],
      [2, 3],
      [5, 6],
    ]);
  });

  it('are shared by functions that write different parts of them, in any order', () => {
    const make = (wrap: <A extends unknown[], R extends tf.Tensor>(fn: (...given: A) => R) => (...given: A) => R) => {
      const [a, b, c, d] = [[1], [2, 3], [4], [5, 6]].map((values) => variable(values));
      const all = wrap((x: tf.Tensor1D) => {
        for (const v of [a, b, c]) v.assign(tf.add(tf.mul(v, 2), tf.sum(x)) as tf.Tensor1D);
        return tf.sum(b);
      });
      const ends = wrap((x: tf.Tensor1D) => {
        a.assign(tf.add(a, tf.sum(b)) as tf.Tensor1D);
        c.assign(tf.sub(c, tf.sum(x)) as tf.Tensor1D);
        return tf.add(a, c);
      });
      const others = wrap(() => {
        d.assign(tf.add(d, b) as tf.Tensor1D);
        b.assign(tf.mul(b, a) as tf.Tensor1D);
        return tf.sum(d);
      });
      return { variables: [a, b, c, d], steps: [all, ends, others, ends, all, others] };
    };
    const [eager, traced] = [make((fn) => fn), make((fn) => compile(fn))];
    const x = tf.tensor1d([0.5, 1]);
    for (let round = 0; round < 3; round++) {
      for (const [i, step] of traced.steps.entries()) {
        expect(numbers(step(x))).toEqual(numbers(eager.steps[i](x)));
        expect(traced.variables.map(numbers)).toEqual(eager.variables.map(numbers));
      }
    }
  });

  it('of int32 and bool keep their type', () => {
    const [count, seen] = [variable([0, 10], 'int32'), variable([0, 0], 'bool')];
    const step = compile((x: tf.Tensor1D) => {
      count.assign(tf.add(count, tf.cast(x, 'int32')) as tf.Tensor1D);
      seen.assign(tf.logicalOr(seen, tf.greater(x, 1)) as tf.Tensor1D);
      return tf.where(seen, tf.tensor1d([1, 1]), tf.tensor1d([0, 0]));
    });
    expect(numbers(step(tf.tensor1d([1, 2])))).toEqual([0, 1]);
    expect(numbers(step(tf.tensor1d([3, 1])))).toEqual([1, 1]);
    expect([count, seen].map((v) => [v.dtype, numbers(v)])).toEqual([
      ['int32', [4, 13]],
      ['bool', [1, 1]],
    ]);
  });

  it('have the same moving average compiled and eagerly', () => {
    const averages = (['eager', 'cpu'] as const).map((provider) => {
      const parameters = createParameters([{ name: 'w', shape: [3], values: Float32Array.of(1, 2, 3) }]);
      const ema = createEma(parameters);
      const step = compile(
        (x: tf.Tensor1D, decay: number) => {
          parameters.get('w').assign(tf.mul(parameters.get('w'), x));
          ema.update(decay);
        },
        { provider },
      );
      for (const decay of [0.5, 0.9, 0.99]) step(tf.tensor1d([1.5, 0.5, -1]), decay);
      return Array.from(new Float32Array(new Uint8Array(ema.toBytes()).buffer));
    });
    // Three averages of numbers of order 1, three float32 roundings each: below 1e-6.
    for (const [i, value] of averages[1].entries()) expect(value).toBeCloseTo(averages[0][i], 5);
  });

  it('remain when the function is disposed, and nothing else does', () => {
    const w = variable([1, 2]);
    const before = tf.memory();
    const step = compile((x: tf.Tensor1D) => {
      w.assign(tf.mul(w, x) as tf.Tensor1D);
      return tf.sum(w);
    });
    const x = tf.tensor1d([2, 3]);
    tf.dispose([step(x), x]);
    step.dispose();
    expect(numbers(w)).toEqual([2, 6]);
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    expect({ numTensors, numBytes, numDataBuffers }).toEqual({
      numTensors: before.numTensors,
      numBytes: before.numBytes,
      numDataBuffers: before.numDataBuffers,
    });
    w.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors - 1);
  });
});

describe('a signature', () => {
  beforeAll(() => useBackend({ force: 'cpu' }));

  it('is the shapes and types of tensors and the values of booleans and strings, not those of numbers', () => {
    let traces = 0;
    const f = compile((options: { x: tf.Tensor; double: boolean; by: number; mode?: string }) => {
      traces++;
      const scaled = tf.mul(options.x, options.by);
      return options.double ? tf.mul(scaled, 2) : scaled;
    });
    const x = tf.tensor1d([1, 2]);
    expect(numbers(f({ x, double: true, by: 3 }))).toEqual([6, 12]);
    const once = traces;
    expect(numbers(f({ x: tf.tensor1d([0, 1]), double: true, by: 4 }))).toEqual([0, 8]);
    expect(traces).toBe(once);
    expect(numbers(f({ x, double: false, by: 3 }))).toEqual([3, 6]);
    expect(numbers(f({ x: tf.tensor2d([[1], [2], [3]]), double: false, by: 1 }))).toEqual([1, 2, 3]);
    expect(numbers(f({ x, double: true, by: 3, mode: 'other' }))).toEqual([6, 12]);
    expect(f.stats.map(({ signature, runs }) => [signature, runs])).toEqual([
      ['{x: float32[2] double: true by: number}', 2],
      ['{x: float32[2] double: false by: number}', 1],
      ['{x: float32[3,1] double: false by: number}', 1],
      ['{x: float32[2] double: true by: number mode: "other"}', 1],
    ]);
    const files = f.stats.map(({ signature }) => f.onnx(signature) as Uint8Array);
    expect(files.map(({ length }) => length)).toEqual(f.stats.map(({ bytes }) => bytes));
    expect(f.onnx()).toBe(files[0]);
    expect(f.onnx('unheard of')).toBeUndefined();
  });
});

describe('a compiled function', () => {
  beforeAll(() => useBackend({ force: 'cpu' }));

  it('returns the structure that the function returned', () => {
    const f = compile((x: tf.Tensor1D) => ({ parts: [x, tf.neg(x)], same: x, nothing: null, none: undefined }));
    const { parts, same, nothing, none } = f(tf.tensor1d([1, 2]));
    expect([...parts, same].map(numbers)).toEqual([
      [1, 2],
      [-1, -2],
      [1, 2],
    ]);
    expect([nothing, none]).toEqual([null, undefined]);
  });

  it('is a part of another one that calls it', () => {
    const w = variable([1]);
    const inner: Compiled<[tf.Tensor1D], tf.Tensor1D> = compile((x: tf.Tensor1D) => {
      w.assign(tf.add(w, x) as tf.Tensor1D);
      return tf.mul(w, x);
    });
    const outer = compile((x: tf.Tensor1D) => tf.add(inner(x), inner(tf.mul(x, 2))));
    expect(numbers(outer(tf.tensor1d([1])))).toEqual([2 + 8]);
    expect(numbers(w)).toEqual([4]);
    expect([outer.stats.length, inner.stats.length]).toEqual([1, 0]);
    expect(numbers(inner(tf.tensor1d([1])))).toEqual([5]);
  });

  it('is differentiated by eager code around it', () => {
    const cube = compile((x: tf.Tensor, by: number) => tf.mul(tf.mul(tf.square(x), x), by));
    const x = tf.tensor1d([1, 2]);
    const slope = tf.grad((at) => tf.add(cube(at, 2), at));
    expect(numbers(slope(x))).toEqual([7, 25]);
    expect(numbers(cube(x, 1))).toEqual([1, 8]);
    expect(numbers(slope(x))).toEqual([7, 25]);
  });

  it('freezes tensors that are not variables', () => {
    const scale = tf.tensor1d([2, 3]);
    const f = compile((x: tf.Tensor1D) => tf.mul(x, scale));
    const x = tf.tensor1d([1, 1]);
    expect(numbers(f(x))).toEqual([2, 3]);
    scale.dispose();
    expect(numbers(f(x))).toEqual([2, 3]);
  });

  it('supports custom gradients: customGrad and stopGradient', () => {
    const clipped = tf.customGrad((x, save) => {
      (save as tf.GradSaveFunc)([x as tf.Tensor]);
      return {
        value: tf.square(x as tf.Tensor),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, tf.clipByValue(saved[0], -1, 1)),
      };
    });
    const gradient = (x: tf.Tensor) => tf.grad((at) => tf.sum(tf.add(clipped(at), tf.mul(at, stopGradient(at)))))(x);
    const x = tf.tensor1d(createRandom('x').normals(6, 2));
    const expected = numbers(x).map((value) => Math.min(1, Math.max(-1, value)) + value);
    // A handful of float32 roundings of numbers up to 4: below 2e-6.
    for (const [i, value] of numbers(compile(gradient)(x)).entries()) expect(value).toBeCloseTo(expected[i], 5);
  });
});
