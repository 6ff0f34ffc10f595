import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../backends/backend.ts';
import { compile } from './compile.ts';
import type { CompileError, CompileErrorCode } from './errors.ts';

beforeAll(() => useBackend({ force: 'cpu' }));

const weights = () => tf.variable(tf.tensor1d([1, 2, 3]));

interface Mistake {
  readonly step: (x: tf.Tensor1D, rate: number) => unknown;
  readonly code: CompileErrorCode;
  /** The message, without the line's number. */
  readonly message: string;
}

const HERE = '(src/compile/errors.spec.ts:LINE)';
const READ =
  'by dataSync, arraySync, data, print, a comparison or arithmetic of JavaScript. It has none while the function is traced. Use ' +
  'operations of TensorFlow.js (tf.where instead of if, tf.mul instead of *), or return the tensor and read it outside.';
const FROZEN =
  'differs from one trace of the function to the next: it is drawn at random, or depends on state of JavaScript, and would be ' +
  'frozen. Pass it as an argument, or by hostInput.';

const mistakes: Record<string, Mistake> = {
  'reads a value': {
    step: (x) => tf.mul(x, tf.square(x).dataSync()[0]),
    code: 'VALUE_READ',
    message: `compile: the value of the result of Mul, shape [3], is read inside the compiled function ${HERE}: ${READ}`,
  },
  'prints a tensor': {
    step: (x) => {
      x.print();
      return x;
    },
    code: 'VALUE_READ',
    message: `compile: the value of the argument 0, shape [3], is read inside the compiled function ${HERE}: ${READ}`,
  },
  'branches on a value': {
    step: (x) => ((tf.sum(x).arraySync() as number) > 0 ? x : tf.neg(x)),
    code: 'VALUE_READ',
    message: `compile: the value of the result of ReduceSum, shape [], is read inside the compiled function ${HERE}: ${READ}`,
  },
  'compares a tensor': {
    step: (x) => ((tf.sum(x) as unknown as number) > 0 ? x : tf.neg(x)),
    code: 'VALUE_READ',
    message: `compile: the value of the result of ReduceSum, shape [], is read inside the compiled function ${HERE}: ${READ}`,
  },
  'computes with an argument that is a number': {
    step: (x, rate) => tf.mul(x, rate * 2),
    code: 'VALUE_READ',
    message: `compile: the value of the argument 1, shape [], is read inside the compiled function ${HERE}: ${READ}`,
  },
  'reads a variable': {
    step: (x) => tf.mul(x, named.dataSync()[0]),
    code: 'VALUE_READ',
    message: `compile: the value of the variable 'named' is read inside the compiled function ${HERE}: ${READ}`,
  },
  'draws random numbers': {
    step: (x) => tf.add(x, tf.randomNormal([3])),
    code: 'HIDDEN_STATE',
    message: `compile: a constant of shape [3] ${HERE}, made by tf.randomNormal, ${FROZEN}`,
  },
  'drops out at random': {
    step: (x) => tf.dropout(x, 0.5),
    code: 'HIDDEN_STATE',
    message: `compile: a constant of shape [3] ${HERE}, made by tf.dropout, ${FROZEN}`,
  },
  'calls Math.random': {
    step: (x) => tf.mul(x, Math.random()),
    code: 'HIDDEN_STATE',
    message: `compile: a constant of shape [] ${HERE}, made by tf.mul, ${FROZEN}`,
  },
  'counts its calls': {
    step: (x) => tf.mul(x, calls++),
    code: 'HIDDEN_STATE',
    message: `compile: a constant of shape [] ${HERE}, made by tf.mul, ${FROZEN}`,
  },
  'does something different each time': {
    step: (x) => (calls++ % 2 === 0 ? tf.sin(x) : tf.cos(x)),
    code: 'HIDDEN_STATE',
    message: `compile: the sequence of operations ${FROZEN}`,
  },
  'samples a distribution': {
    step: (x) => tf.multinomial(tf.stack([x, x]) as tf.Tensor2D, 2),
    code: 'HIDDEN_STATE',
    message:
      `compile: the kernel Multinomial of tf.multinomial is used ${HERE}, which draws random numbers. Pass them as an argument, or ` +
      'by hostInput.',
  },
  'uses a kernel that has no mapping': {
    step: (x) => tf.image.resizeBilinear(tf.reshape(tf.stack([x, x, x]), [1, 3, 3, 1]) as tf.Tensor4D, [6, 6]),
    code: 'UNMAPPED_KERNEL',
    message:
      `compile: the kernel ResizeBilinear of tf.resizeBilinear is used ${HERE}, which has no counterpart in ONNX here. Compose it of ` +
      'other operations, or call it outside and pass the result as an argument.',
  },
  'asks for a shape that depends on values': {
    step: (x) => tf.unique(x).values,
    code: 'DYNAMIC_SHAPE',
    message:
      `compile: the kernel Unique of tf.unique is used ${HERE}; the shape of its result depends on values. Call it outside and pass ` +
      'the result as an argument, or use a mask.',
  },
  'is asynchronous': {
    step: async (x) => x,
    code: 'ASYNC_FUNCTION',
    message:
      'compile: the function returned a promise. It must be synchronous: read values from what the compiled function returns.',
  },
  'creates a variable from a computed value': {
    step: (x) => tf.variable(tf.mul(x, 2), true, 'computed'),
    code: 'COMPUTED_VARIABLE',
    message:
      `compile: the variable 'computed' is made from a computed value inside the compiled function ${HERE}. Make it outside, and ` +
      'assign to it inside.',
  },
  'creates a variable at each call': {
    step: (x) => tf.add(x, tf.variable(tf.zeros([3]), true, `fresh${calls++}`)),
    code: 'COMPUTED_VARIABLE',
    message: "compile: the function makes a variable ('freshN') each time it is called. Make it once, outside.",
  },
  'returns a number': {
    step: (x) => ({ loss: tf.sum(x), size: x.size }),
    code: 'BAD_OUTPUT',
    message:
      'compile: the result.size is the number 3, which would be the same for every call. A compiled function returns tensors, null, ' +
      'undefined, and arrays and plain objects of these.',
  },
  'uses a disposed tensor': {
    step: (x) => tf.add(x, gone),
    code: 'OUTSIDE_OF_TRACE',
    message:
      `compile: a disposed tensor, shape [3], is used in the compiled function ${HERE}. Dispose it after its last use, or keep it ` +
      'with tf.keep.',
  },
  'disposes a variable': {
    step: (x) => {
      const doomed = tf.add(x, victim);
      victim.dispose();
      return doomed;
    },
    code: 'HIDDEN_STATE',
    message: "compile: the function disposes the variable 'victim', which it did not make.",
  },
};

let calls = 0;
let named: tf.Variable;
let victim: tf.Variable;
let gone: tf.Tensor;

beforeAll(() => {
  named = tf.variable(tf.tensor1d([1, 2, 3]), true, 'named');
  victim = tf.variable(tf.tensor1d([1, 2, 3]), true, 'victim');
  gone = tf.tensor1d([1, 2, 3]);
  gone.dispose();
});

function failureOf(run: () => unknown): CompileError {
  try {
    run();
  } catch (error) {
    return error as CompileError;
  }
  throw new Error('nothing was thrown');
}

describe('a function that cannot be compiled', () => {
  it.each(Object.keys(mistakes))('is refused, with the line and what to do: it %s', (name) => {
    const { step, code, message } = mistakes[name];
    const x = tf.tensor1d([1, -2, 3]);
    const before = tf.memory().numTensors;
    const failure = failureOf(() => compile(step)(x, 0.1));
    const said = failure.message.replace(/:\d+\)/, ':LINE)').replace(/fresh\d+/, 'freshN');
    expect(said).toBe(message);
    expect(failure).toMatchObject({ name: 'CompileError', code });
    expect(tf.getBackend()).toBe('cpu');
    if (name !== 'disposes a variable') expect(tf.memory().numTensors).toBe(before);
    expect(Array.from(tf.square(x).dataSync())).toEqual([1, 4, 9]);
  });
});

describe('a compiled function', () => {
  it('refuses arguments that a graph cannot have', () => {
    const compiled = compile((x: unknown) => x);
    const messages = [new Float32Array(3), () => 1, new Map(), 3n].map((x) => failureOf(() => compiled(x)).message);
    const rest =
      '. Arguments of a compiled function are tensors, numbers, booleans, strings, null, undefined, and arrays and plain objects of ' +
      'these.';
    expect(messages).toEqual(
      ['a Float32Array', 'a function', 'a Map', 'a bigint'].map((what) => `compile: argument 0 is ${what}${rest}`),
    );
  });

  it('refuses a disposed argument, by its place', () => {
    const x = tf.tensor1d([1]);
    x.dispose();
    const failure = failureOf(() => compile((given: { x: tf.Tensor }) => tf.neg(given.x))({ x }));
    expect(failure.message).toMatch(/^compile: argument 0\.x is a disposed tensor\./);
  });

  it('has a message on what to do when it is called after dispose', () => {
    const compiled = compile((x: tf.Tensor) => tf.neg(x), { name: 'negate' });
    compiled.dispose();
    compiled.dispose();
    const failure = failureOf(() => compiled(tf.scalar(1)));
    expect(failure).toMatchObject({
      code: 'DISPOSED',
      message: 'compile: negate is called after its dispose(). Compile the function again.',
    });
  });

  it('names the variable when one that it uses has been disposed', () => {
    const w = tf.variable(tf.tensor1d([1, 2]), true, 'w of a network');
    const compiled = compile((x: tf.Tensor1D) => tf.mul(x, w));
    const x = tf.tensor1d([1, 1]);
    compiled(x);
    w.dispose();
    expect(failureOf(() => compiled(x))).toMatchObject({
      code: 'DISPOSED',
      message:
        "compile: the variable 'w of a network', which the compiled function uses, has been disposed. Dispose the compiled function with " +
        'its network, and compile it anew for another one.',
    });
  });

  it('refuses an invalid number of threads', () => {
    expect(failureOf(() => compile(() => null, { threads: 0 })).message).toBe(
      'compile: threads is 0; it must be a whole number from 1.',
    );
  });

  it('refuses a result of draw whose length does not fit the shape', async () => {
    const { hostInput } = await import('../steps/host-input.ts');
    const compiled = compile(() => tf.neg(hostInput([3], () => [1, 2])));
    expect(failureOf(() => compiled()).message).toBe(
      'hostInput: draw returned 2 numbers for shape [3], which takes 3.',
    );
  });

  it('does not change variables when tracing fails', () => {
    const w = weights();
    const broken = compile((x: tf.Tensor1D) => {
      w.assign(tf.add(w, x) as tf.Tensor1D);
      return tf.mul(x, w.dataSync()[0]);
    });
    failureOf(() => broken(tf.tensor1d([1, 1, 1])));
    expect(Array.from(w.dataSync())).toEqual([1, 2, 3]);
  });

  it('refuses tensors of a trace that are used after it', () => {
    let leaked: tf.Tensor | undefined;
    compile((x: tf.Tensor1D) => (leaked = tf.keep(tf.neg(x))))(tf.tensor1d([1]));
    expect(failureOf(() => leaked?.dataSync())).toMatchObject({ code: 'OUTSIDE_OF_TRACE' });
  });
});
