import type { Shape } from '../lowering/shape.ts';
import { int, type Kernel, vec, writeKernel } from '../printing/ir.ts';

/** `prepare(amplitudes, state)`: the real state of `count` given amplitudes, and zeros after them. */
export function prepareKernel({ vectorBytes, planeBytes }: Shape, count: number): Kernel {
  return writeKernel('prepare', 2, (w) => {
    const [from, to] = [w.parameter(0), w.parameter(1)];
    const end = vectorBytes * count;
    w.loop(int.constant(0), int.constant(end), vectorBytes, (at) => {
      w.store(w.int(int.add(to, at)), 0, vec.load(w.int(int.add(from, at))));
    });
    if (end < planeBytes) w.call('clear', int.add(to, int.constant(end)), int.add(to, int.constant(planeBytes)));
  });
}

/**
 * `unprepare(lambda, state, out)`: λ_k − ⟨state|λ⟩·state_k for the first `count` k, where λ is real: half the gradient
 * with respect to amplitudes that are divided by their norm afterwards, times that norm.
 */
export function unprepareKernel({ vectorBytes }: Shape, count: number): Kernel {
  return writeKernel('unprepare', 3, (w) => {
    const along = w.vector(vec.constant(0));
    const end = int.constant(vectorBytes * count);
    w.loop(int.constant(0), end, vectorBytes, (at) => {
      const [lambda, state] = [0, 1].map((i) => vec.load(w.int(int.add(w.parameter(i), at))));
      w.set(along, vec.madd(lambda, state, along));
    });
    w.loop(int.constant(0), end, vectorBytes, (at) => {
      const [lambda, state] = [0, 1].map((i) => vec.load(w.int(int.add(w.parameter(i), at))));
      w.store(w.int(int.add(w.parameter(2), at)), 0, vec.nmadd(along, state, lambda));
    });
  });
}
