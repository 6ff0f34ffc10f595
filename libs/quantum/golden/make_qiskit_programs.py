"""Writes qasm/*.qasm with Qiskit's own exporters, and qasm/expected.json with what Qiskit's Statevector says of each.

Programs with parameters keep them as `input`s; expected.json has the values they were bound to. Amplitudes are those before
the measurements, as [re, im], qubit 0 the least significant bit, which is Qiskit's order and Qloom's.
Made with Python 3.11, Qiskit 2.6.2, by: python make_qiskit_programs.py
"""
import json
import pathlib

import numpy
import qiskit
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm2, qasm3
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import MCXGate, QFTGate, efficient_su2, zz_feature_map
from qiskit.quantum_info import Statevector, random_unitary

HERE = pathlib.Path(__file__).parent / "qasm"


def standard_gates():
    """Every standard gate that both exporters can write, on superpositions so that phases show."""
    circuit = QuantumCircuit(5, name="standard")
    for q in range(5):
        circuit.ry(0.3 + 0.2 * q, q)
    for name in "x y z h s sdg t tdg sx sxdg id".split():
        getattr(circuit, name)(1)
    circuit.rx(0.1, 0); circuit.ry(-0.4, 1); circuit.rz(numpy.pi / 8, 2); circuit.p(0.7, 3); circuit.u(0.3, 0.2, -0.1, 4)
    circuit.r(0.4, 0.9, 0)
    for name in "cx cy cz ch swap csx iswap dcx ecr cs csdg".split():
        getattr(circuit, name)(0, 1)
    circuit.cp(0.3, 1, 2); circuit.crx(0.4, 2, 3); circuit.cry(0.5, 3, 4); circuit.crz(0.6, 4, 0); circuit.cu(0.1, 0.2, 0.3, 0.4, 0, 2)
    circuit.rxx(0.2, 0, 1); circuit.ryy(0.3, 1, 2); circuit.rzz(0.4, 2, 3); circuit.rzx(0.5, 3, 4)
    circuit.ccx(0, 1, 2); circuit.ccz(1, 2, 3); circuit.cswap(2, 3, 4); circuit.rccx(0, 2, 4); circuit.rcccx(0, 1, 2, 3)
    circuit.append(MCXGate(3), [0, 1, 2, 3]); circuit.append(MCXGate(4), [4, 3, 2, 1, 0])
    circuit.global_phase = 0.25
    return circuit


def registers():
    a, b, c = QuantumRegister(2, "a"), QuantumRegister(1, "b"), ClassicalRegister(3, "c")
    circuit = QuantumCircuit(a, b, c)
    circuit.h(a); circuit.cx(a, b[0]); circuit.barrier(); circuit.cz(a[1], b[0]); circuit.ry(2 * numpy.pi / 3, b)
    circuit.measure([a[0], a[1], b[0]], [c[2], c[1], c[0]])
    return circuit


def nested():
    """Gates of one's own, nested, inverted, controlled; a unitary and a quantum Fourier transform."""
    inner = QuantumCircuit(2, name="inner")
    inner.h(0); inner.cx(0, 1); inner.rz(0.3, 1)
    outer = QuantumCircuit(3, name="outer")
    outer.append(inner.to_gate(), [2, 0]); outer.append(inner.to_gate().inverse(), [0, 1]); outer.append(inner.to_gate().control(1), [0, 1, 2])
    circuit = QuantumCircuit(4)
    circuit.h(range(4)); circuit.append(outer.to_gate(), [3, 1, 0]); circuit.append(QFTGate(3), [0, 1, 2])
    circuit.append(random_unitary(4, seed=7), [1, 3])
    return circuit


def symbolic():
    x, theta, phi = ParameterVector("x", 2), Parameter("θ"), Parameter("phi")
    circuit = QuantumCircuit(2)
    circuit.ry(2 * x[0] + 0.5, 0); circuit.rx(theta * x[1] - phi / 3, 1); circuit.crz(-theta, 0, 1); circuit.u(theta, phi, numpy.pi / 2, 0)
    circuit.p(2 * (numpy.pi - x[0]) * (numpy.pi - x[1]), 1)
    return circuit


def emit(name, circuit, versions, expected, values=None):
    bound = circuit.assign_parameters(values) if values else circuit
    state = Statevector(bound.remove_final_measurements(inplace=False)).data
    expected[name] = {"values": {p.name: v for p, v in (values or {}).items()},
                      "amplitudes": [[float(a.real), float(a.imag)] for a in state]}
    if 2 in versions:
        (HERE / f"{name}.2.qasm").write_text(qasm2.dumps(bound) + "\n")
    if 3 in versions:
        (HERE / f"{name}.3.qasm").write_text(qasm3.dumps(circuit) + "\n")


def main():
    HERE.mkdir(exist_ok=True)
    rng = numpy.random.default_rng(11)
    draw = lambda circuit: {p: round(float(rng.normal()), 3) for p in circuit.parameters}
    expected = {}
    for name, build in [("standard-gates", standard_gates), ("registers", registers), ("nested", nested)]:
        emit(name, build(), (2, 3), expected)
    for name, circuit in [("symbolic", symbolic()), ("efficient-su2", efficient_su2(3, reps=2)), ("zz-feature-map", zz_feature_map(3, reps=2))]:
        emit(name, circuit, (2, 3), expected, draw(circuit))
    expected["madeBy"] = {"program": "make_qiskit_programs.py", "qiskit": qiskit.__version__}
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")


main()
