import { GATES, type GateName } from './gates.ts';
import { adjointOf, type Matrix, multiply } from './matrix.ts';

/** Complex exponential of an anti-Hermitian matrix by its power series: independent of every closed form in gates.ts. */
function exponential(a: Matrix): Matrix {
  const values = new Float64Array(a.values.length);
  let term: Matrix = { size: a.size, values: new Float64Array(a.values.length) };
  for (let k = 0; k < a.size; k++) term.values[2 * (k * a.size + k)] = 1;
  for (let order = 1; order < 60; order++) {
    for (let i = 0; i < values.length; i++) values[i] += term.values[i];
    const next = multiply(term, a);
    term = { size: a.size, values: next.values.map((value) => value / order) };
  }
  return { size: a.size, values };
}

const PAULI: Record<string, number[]> = {
  I: [1, 0, 0, 0, 0, 0, 1, 0],
  X: [0, 0, 1, 0, 1, 0, 0, 0],
  Y: [0, 0, 0, -1, 0, 1, 0, 0],
  Z: [1, 0, 0, 0, 0, 0, -1, 0],
};

/** −i·angle/2·(P_last ⊗ … ⊗ P_0), by Kronecker products. */
function generator(pauli: string, angle: number): Matrix {
  let values = [1, 0];
  let size = 1;
  for (const letter of pauli) {
    const p = PAULI[letter];
    const next = new Array<number>(8 * size * size).fill(0);
    for (let r = 0; r < 2 * size; r++) {
      for (let c = 0; c < 2 * size; c++) {
        const hi = 2 * (Math.floor(r / size) * 2 + Math.floor(c / size));
        const lo = 2 * ((r % size) * size + (c % size));
        next[2 * (r * 2 * size + c)] = p[hi] * values[lo] - p[hi + 1] * values[lo + 1];
        next[2 * (r * 2 * size + c) + 1] = p[hi] * values[lo + 1] + p[hi + 1] * values[lo];
      }
    }
    values = next;
    size *= 2;
  }
  const out = new Float64Array(values.length);
  for (let k = 0; k < values.length; k += 2) {
    out[k] = (values[k + 1] * angle) / 2;
    out[k + 1] = (-values[k] * angle) / 2;
  }
  return { size, values: out };
}

const close = (a: Matrix, b: Matrix) => {
  expect(a.size).toBe(b.size);
  a.values.forEach((value, i) => {
    // Sixty terms of the series at |angle| < 4 are exact up to rounding.
    expect(Math.abs(value - b.values[i])).toBeLessThan(1e-12);
  });
};

const names = Object.keys(GATES) as GateName[];
const someAngles = [0.7, -1.3, 2.9];

describe('GATES', () => {
  it.each(names)('%s is unitary', (name) => {
    const u = GATES[name].matrix(someAngles.slice(0, GATES[name].angles));
    const product = multiply(u, adjointOf(u));
    product.values.forEach((value, i) => {
      expect(value).toBeCloseTo(i % (2 * product.size + 2) === 0 ? 1 : 0, 12);
    });
  });

  it.each([
    ['rx', 'X'],
    ['ry', 'Y'],
    ['rz', 'Z'],
    ['rxx', 'XX'],
    ['ryy', 'YY'],
    ['rzz', 'ZZ'],
  ] as const)('%s is exp(−i·angle/2·%s)', (name, pauli) => {
    for (const angle of someAngles) close(GATES[name].matrix([angle]), exponential(generator(pauli, angle)));
  });

  it.each(names.filter((name) => GATES[name].angles > 0))('%s has the derivatives of its matrix', (name) => {
    const gate = GATES[name];
    const angles = someAngles.slice(0, gate.angles);
    for (let which = 0; which < gate.angles; which++) {
      const at = (by: number) => gate.matrix(angles.map((angle, i) => (i === which ? angle + by : angle))).values;
      const [plus, minus] = [at(1e-5), at(-1e-5)];
      gate.derivative(angles, which).values.forEach((value, i) => {
        // Central differences at 1e-5 err by about 1e-10.
        expect(Math.abs(value - (plus[i] - minus[i]) / 2e-5)).toBeLessThan(1e-9);
      });
    }
  });

  it('lists controls first: cx maps |control=1, target=0⟩ to |11⟩', () => {
    // Index = control + 2·target.
    const cx = GATES.cx.matrix([]).values;
    expect(cx[2 * (3 * 4 + 1)]).toBe(1);
    expect(cx[2 * (2 * 4 + 2)]).toBe(1);
  });

  it('satisfies s² = z, t² = s, sx² = x, csx² = cx', () => {
    const square = (name: GateName) => multiply(GATES[name].matrix([]), GATES[name].matrix([]));
    close(square('s'), GATES.z.matrix([]));
    close(square('t'), GATES.s.matrix([]));
    close(square('sx'), GATES.x.matrix([]));
    close(square('csx'), GATES.cx.matrix([]));
  });

  it('u(θ, φ, λ) is p(φ)·ry(θ)·p(λ)', () => {
    const [t, p, l] = someAngles;
    close(
      GATES.u.matrix([t, p, l]),
      multiply(GATES.p.matrix([p]), multiply(GATES.ry.matrix([t]), GATES.p.matrix([l]))),
    );
  });
});
