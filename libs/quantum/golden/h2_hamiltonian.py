"""Writes h2.json: the Hamiltonian of H2 in STO-3G at 0.7414 angstrom, Jordan-Wigner, computed twice.

One way is PySCF's integrals and OpenFermion's Jordan-Wigner transform, the other PennyLane's own Hartree-Fock and mapping.
They must agree to 1e-7 (PennyLane's bohr has fewer digits); PySCF's and OpenFermion's values are written.
Made with Python 3.11.7, PySCF 2.14.0, OpenFermion 1.8.1, PennyLane 0.45.1, by:
    python h2_hamiltonian.py > h2.json
"""
import json
import sys

import numpy
import openfermion
import pennylane as qml
import pyscf
from pyscf import ao2mo, fci, gto, scf

DISTANCE = 0.7414


def by_openfermion():
    molecule = gto.M(atom=f"H 0 0 0; H 0 0 {DISTANCE}", basis="sto-3g", verbose=0)
    hartree_fock = scf.RHF(molecule)
    hartree_fock.conv_tol = 1e-14
    hartree_fock.kernel()
    orbitals = hartree_fock.mo_coeff
    # The sign of an orbital is arbitrary; it does not enter this Hamiltonian.
    one = orbitals.T @ hartree_fock.get_hcore() @ orbitals
    chemists = ao2mo.restore(1, ao2mo.kernel(molecule, orbitals), 2)
    physicists = numpy.asarray(chemists.transpose(0, 2, 3, 1), order="C")
    one_spin, two_spin = openfermion.chem.molecular_data.spinorb_from_spatial(one, physicists)
    interaction = openfermion.InteractionOperator(molecule.energy_nuc(), one_spin, two_spin / 2)
    terms = {}
    for factors, coefficient in openfermion.jordan_wigner(interaction).terms.items():
        letters = ["I"] * 4
        for qubit, letter in factors:
            letters[qubit] = letter
        assert abs(coefficient.imag) < 1e-14
        terms["".join(letters)] = float(coefficient.real)
    energy = fci.FCI(hartree_fock).kernel()[0]
    return terms, float(hartree_fock.e_tot), float(energy)


def by_pennylane():
    geometry = qml.numpy.array([[0.0, 0.0, 0.0], [0.0, 0.0, DISTANCE]], requires_grad=False)
    molecule = qml.qchem.Molecule(["H", "H"], geometry, basis_name="sto-3g", unit="angstrom")
    hamiltonian, qubits = qml.qchem.molecular_hamiltonian(molecule)
    assert qubits == 4
    terms = {}
    for word, coefficient in hamiltonian.pauli_rep.items():
        terms["".join(word.get(q, "I") for q in range(4))] = float(numpy.real(coefficient))
    return terms


def main():
    terms, hartree_fock, energy = by_openfermion()
    other = by_pennylane()
    terms = {word: value for word, value in terms.items() if abs(value) > 1e-12}
    other = {word: value for word, value in other.items() if abs(value) > 1e-9}
    assert terms.keys() == other.keys(), (terms, other)
    difference = max(abs(terms[word] - other[word]) for word in terms)
    assert difference < 1e-7, difference
    json.dump({
        "molecule": "H2", "basis": "STO-3G", "angstrom": DISTANCE, "encoding": "Jordan-Wigner",
        "versions": {"pyscf": pyscf.__version__, "openfermion": openfermion.__version__, "pennylane": qml.__version__},
        "largestDifference": difference, "hartreeFockEnergy": hartree_fock, "groundEnergy": energy,
        "terms": [{"coefficient": value, "paulis": word} for word, value in sorted(terms.items())],
    }, sys.stdout, indent=1)
    print()


main()
