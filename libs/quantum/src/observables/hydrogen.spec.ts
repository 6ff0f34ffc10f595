import { readFileSync } from 'node:fs';
import { buildQnnCircuit } from '../qnn-circuit.ts';
import { adjointGradient } from '../simulation/adjoint.ts';
import { expectation, runCircuit } from '../simulation/statevector.ts';
import { hydrogenMolecule } from './hydrogen.ts';

const data = JSON.parse(readFileSync(new URL('../../golden/h2.json', import.meta.url), 'utf8'));

describe('hydrogenMolecule', () => {
  it('has the coefficients of PySCF, OpenFermion and PennyLane', () => {
    expect(hydrogenMolecule().terms).toEqual(data.terms);
  });

  it('gives the Hartree–Fock energy and, after one double excitation, the exact ground energy −1.13727 Ha', () => {
    const circuit = buildQnnCircuit({ ansatz: 'coupled-cluster', qubits: 4, layers: 1 });
    expect(circuit.parameters).toHaveLength(1);
    const energyAt = (theta: number) => expectation(runCircuit(circuit, [theta]), hydrogenMolecule());
    expect(energyAt(0)).toBeCloseTo(data.hartreeFockEnergy, 10);
    let theta = 0;
    for (let step = 0; step < 60; step++) {
      theta -= 0.8 * adjointGradient(circuit, [hydrogenMolecule()], [1], [theta], []).parameters[0];
    }
    expect(energyAt(theta)).toBeCloseTo(data.groundEnergy, 10);
    expect(energyAt(theta)).toBeCloseTo(-1.13727, 5);
  });
});
