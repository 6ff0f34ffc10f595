"""Qiskit's transpiler at optimization level 3: a circuit as JSON a line in; its two-qubit gates and the time in milliseconds out."""

import json
import sys
import time

import qiskit
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter


def read(described):
    circuit = QuantumCircuit(described["qubits"])
    symbols = {}
    for name, qubits, angles in described["gates"]:
        values = [
            angle["constant"] + sum(k * symbols.setdefault(symbol, Parameter(symbol)) for symbol, k in angle["terms"])
            for angle in angles
        ]
        if name == "rot":
            circuit.rz(values[0], *qubits)
            circuit.ry(values[1], *qubits)
            circuit.rz(values[2], *qubits)
        else:
            getattr(circuit, name)(*values, *qubits)
    return circuit


print(json.dumps({"version": qiskit.__version__}), flush=True)
for line in sys.stdin:
    described = json.loads(line)
    circuit = read(described)
    coupling = [pair[::step] for pair in described["coupling"] for step in (1, -1)]
    started = time.perf_counter()
    done = transpile(
        circuit,
        basis_gates=["rz", "sx", "x", "cz"],
        coupling_map=coupling,
        optimization_level=3,
        seed_transpiler=0,
    )
    ms = 1000 * (time.perf_counter() - started)
    count = sum(1 for one in done.data if one.operation.num_qubits == 2)
    print(json.dumps({"count": count, "ms": ms}), flush=True)
