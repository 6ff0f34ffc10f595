import { createAnnniSolver } from './annni-expectations.ts';
import { parsePauliString } from './pauli-string.ts';

const OBSERVABLES = ['Z3', 'X3X4', 'X2X4', 'Z0', 'Y0Y1', 'X0Y1Y2X3'];

// numpy 2.4: H built with np.kron in the Z basis, w, v = np.linalg.eigh(H restricted to ΠZ = +1), ⟨P⟩ = v0 @ P @ v0.
const GOLDEN: [number, number, number, number, number[]][] = [
  [8, 0.2, 0.3, -6.082222143, [0.197352049, 0.960966727, 0.957355315, 0.376510515, -0.109403454, -0.017604817]],
  [8, 0.2, 1.5, -13.047016937, [0.914781949, 0.288515778, 0.065487387, 0.952755069, -0.294598161, 0.000789397]],
  [8, 0.8, 0.2, -5.924567162, [0.133255752, -0.980264973, -0.982293869, 0.120439131, -0.048619653, 0.006638408]],
  [8, 0.45, 0.05, -4.310827923, [0.04642519, 0.997739365, 0.997607085, 0.092426169, -0.031862971, -0.002210515]],
  [8, 0.5, 0.01, -4.022699204, [0.231183692, 0.796398448, -0.102366833, 0.013695046, -0.029587655, 0.007055242]],
  [8, 0, 1, -9.837951447, [0.697369017, 0.578703026, 0.440598336, 0.852475349, -0.346917534, -0.01211573]],
  [5, 0.6, 0.7, -4.555847747, [0.764460897, 0.484935573, -0.088978671, 0.834242807, -0.445541004, 0.03345204]],
];

describe('the ANNNI ground state', () => {
  it.each(GOLDEN)(
    'of %i spins at κ = %d, h = %d agrees with dense diagonalization',
    (spins, kappa, field, energy, values) => {
      const solution = createAnnniSolver(spins).solve(
        kappa,
        field,
        OBSERVABLES.map((text) => parsePauliString(text, spins)),
      );
      // The golden numbers have nine decimals.
      expect(solution.energy).toBeCloseTo(energy, 8);
      values.forEach((value, i) => {
        expect(solution.expectations[i]).toBeCloseTo(value, 7);
      });
    },
  );

  it('is even under the mirror image, and has no ⟨X⟩, ⟨Y⟩ or odd number of Y', () => {
    const spins = 8;
    const texts = ['Z1', 'Z6', 'X0X2', 'X5X7', 'X3', 'Y3', 'X0Y1'];
    const { expectations } = createAnnniSolver(spins).solve(
      0.31,
      0.62,
      texts.map((text) => parsePauliString(text, spins)),
    );
    expect(expectations[0]).toBeCloseTo(expectations[1], 10);
    expect(expectations[2]).toBeCloseTo(expectations[3], 10);
    for (const odd of expectations.slice(4)) expect(odd).toBeCloseTo(0, 10);
  });

  it('has its energy equal to the sum of its terms', () => {
    const spins = 9;
    const [kappa, field] = [0.4, 0.8];
    const terms: [number, string][] = [];
    for (let i = 0; i < spins; i++) {
      terms.push([-field, `Z${i}`]);
      if (i + 1 < spins) terms.push([-1, `X${i}X${i + 1}`]);
      if (i + 2 < spins) terms.push([kappa, `X${i}X${i + 2}`]);
    }
    const { energy, expectations } = createAnnniSolver(spins).solve(
      kappa,
      field,
      terms.map(([, text]) => parsePauliString(text, spins)),
    );
    expect(terms.reduce((sum, [factor], i) => sum + factor * expectations[i], 0)).toBeCloseTo(energy, 9);
  });
});

describe('parsePauliString', () => {
  it.each([
    ['Q3', "'Q3' is no Pauli string; write letters X, Y, Z with qubits, like X3X4"],
    ['', "'' is no Pauli string"],
    ['X8', "'X8' names qubit 8; there are 8, 0 to 7"],
    ['X3Z3', "'X3Z3' names qubit 3 twice"],
  ])('refuses %j', (text, message) => {
    expect(() => parsePauliString(text, 8)).toThrow(message);
  });
});
