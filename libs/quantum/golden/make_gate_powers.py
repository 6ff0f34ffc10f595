"""Writes qasm-powers.json: gates of OpenQASM 3 under modifiers, and their matrices by Qiskit.

    python make_gate_powers.py > qasm-powers.json      # made with qiskit 2.6.2 and qiskit-qasm3-import 0.6.0

A matrix is a list of rows of [re, im], on three qubits, q[0] the least significant bit of an index; its global phase counts.
U, u2 and u3 are not among them: the importer takes Qiskit's gates of these names, whose phases are not the specification's.
"""
import json

import qiskit
import qiskit_qasm3_import
from qiskit.quantum_info import Operator

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; '
GATES = [
    "h q[0];", "y q[0];", "sx q[0];", "t q[0];", "rx(1.3) q[0];", "rz(7.0) q[0];", "p(-2.0) q[0];", "inv @ sx q[0];", "pow(3) @ t q[0];", "ctrl @ h q[0], q[1];",
    "negctrl @ rx(0.7) q[0], q[1];", "cx q[0], q[1];", "cz q[0], q[1];", "cu(0.3, 0.2, 0.1, 0.4) q[0], q[1];",
    "crz(0.7) q[1], q[0];", "swap q[0], q[2];", "ccx q[0], q[1], q[2];", "cswap q[0], q[1], q[2];",
    "ctrl(2) @ h q[0], q[1], q[2];",
]
MODIFIERS = ["", "pow(0.5) @ ", "pow(-0.3) @ ", "pow(2.5) @ ", "inv @ pow(0.25) @ ", "pow(-2) @ "]


def matrices():
    for gate in GATES:
        for modifier in MODIFIERS:
            program = f"{HEAD}{modifier}{gate}"
            data = Operator(qiskit_qasm3_import.parse(program)).data
            yield {"program": program, "matrix": [[[z.real, z.imag] for z in row] for row in data.round(12)]}


if __name__ == "__main__":
    print(json.dumps({"qiskit": qiskit.__version__, "cases": list(matrices())}))
