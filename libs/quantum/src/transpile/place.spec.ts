import { createRandom } from '@qloom/random/random.ts';
import { heavyHexCoupling, lineCoupling, ringCoupling } from '../testing/couplings.ts';
import { couplingGraph } from './coupling-graph.ts';
import { embed } from './embedding.ts';
import { route } from './route.ts';

const graphOf = (qubits: number, coupling: [number, number][]) => couplingGraph({ qubits, basisGates: [], coupling });
const all = (qubits: number) => Array.from({ length: qubits }, (_, q) => q);
const weightsOf = (coupling: [number, number][]) => coupling.map(([a, b]) => ({ a, b, weight: 1 }));
const heron = graphOf(156, heavyHexCoupling(8, 16));

describe('embed', () => {
  it.each([2, 8, 14, 20])('places a line of %i qubits in a heavy hex of 156', (qubits) => {
    const placed = embed(qubits, weightsOf(lineCoupling(qubits)), heron, all(156));
    expect(new Set(placed).size).toBe(qubits);
    for (const [a, b] of lineCoupling(qubits)) expect(heron.distance(placed?.[a] ?? -1, placed?.[b] ?? -1)).toBe(1);
  });

  it('places a ring of twelve in a heavy hex, and finds that there is none of eleven', () => {
    expect(embed(12, weightsOf(ringCoupling(12)), heron, all(156))).toBeDefined();
    expect(embed(11, weightsOf(ringCoupling(11)), heron, all(156))).toBeUndefined();
  });
});

describe('route', () => {
  it('swaps over the shortest way, and reports where the qubits are', () => {
    const layout = [0, 4];
    const steps = route([{ a: 0, b: 1 }], layout, graphOf(5, lineCoupling(5)), createRandom(1));
    expect(steps).toHaveLength(4);
    expect(steps[3]).toEqual({ pair: 0 });
    expect(Math.abs(layout[0] - layout[1])).toBe(1);
  });

  it('keeps the order of the pairs on each qubit', () => {
    const random = createRandom(2);
    const pairs = Array.from({ length: 60 }, () => {
      const [a, b] = random.permutation(6);
      return { a, b };
    });
    const steps = route(pairs, all(6), graphOf(6, ringCoupling(6)), random);
    const order = steps.flatMap((step) => ('pair' in step ? [step.pair] : []));
    expect(order.toSorted((x, y) => x - y)).toEqual(all(60));
    for (const q of all(6)) {
      const own = order.filter((i) => pairs[i].a === q || pairs[i].b === q);
      expect(own).toEqual(own.toSorted((x, y) => x - y));
    }
  });

  it('says that parts of a device are not connected', () => {
    const graph = graphOf(4, [
      [0, 1],
      [2, 3],
    ]);
    expect(() => route([{ a: 0, b: 1 }], [0, 3], graph, createRandom(1))).toThrow('no coupling connects');
  });
});
