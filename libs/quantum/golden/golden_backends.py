"""Evaluates circuits by PennyLane and by Qiskit, apart from each other: expectations and Jacobians.

A program is a list of (name, qubits, angles). An angle is [constant, term, ...] with terms [coefficient, parameter, input] or
[coefficient, parameter, input, second input]; -1 stands for none. PennyLane differentiates by back-propagation, Qiskit's
circuits by the four-term shift rule, occurrence by occurrence. Qubit 0 is Qiskit's qubit 0 and PennyLane's wire 0: their
basis states' indices run in opposite directions, which matters where amplitudes come in.
"""
import math

import numpy
import pennylane as qml
import qiskit.circuit.library as lib
from pennylane import numpy as pnp
from qiskit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp, Statevector

PENNYLANE = {
    "id": qml.Identity, "x": qml.PauliX, "y": qml.PauliY, "z": qml.PauliZ, "h": qml.Hadamard, "s": qml.S,
    "sdg": qml.adjoint(qml.S), "t": qml.T, "tdg": qml.adjoint(qml.T), "sx": qml.SX, "sxdg": qml.adjoint(qml.SX),
    "p": qml.PhaseShift, "rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "u": qml.U3, "rot": qml.Rot, "cx": qml.CNOT,
    "cy": qml.CY, "cz": qml.CZ, "ch": qml.CH, "swap": qml.SWAP, "iswap": qml.ISWAP, "cp": qml.ControlledPhaseShift,
    "crx": qml.CRX, "cry": qml.CRY, "crz": qml.CRZ, "rxx": qml.IsingXX, "ryy": qml.IsingYY, "rzz": qml.IsingZZ,
    "ccx": qml.Toffoli, "ccz": qml.CCZ, "cswap": qml.CSWAP, "u1": qml.U1, "u2": qml.U2, "u3": qml.U3, "phase": qml.PhaseShift,
    "cphase": qml.ControlledPhaseShift, "cu1": qml.ControlledPhaseShift, "CX": qml.CNOT, "cnot": qml.CNOT, "crot": qml.CRot,
    "ecr": qml.ECR, "single_excitation": qml.SingleExcitation, "double_excitation": qml.DoubleExcitation,
}

QISKIT = {
    "id": lib.IGate, "x": lib.XGate, "y": lib.YGate, "z": lib.ZGate, "h": lib.HGate, "s": lib.SGate, "sdg": lib.SdgGate,
    "t": lib.TGate, "tdg": lib.TdgGate, "sx": lib.SXGate, "sxdg": lib.SXdgGate, "p": lib.PhaseGate, "rx": lib.RXGate,
    "ry": lib.RYGate, "rz": lib.RZGate, "u": lib.UGate, "cx": lib.CXGate, "cy": lib.CYGate, "cz": lib.CZGate, "ch": lib.CHGate,
    "csx": lib.CSXGate, "swap": lib.SwapGate, "iswap": lib.iSwapGate, "cp": lib.CPhaseGate, "crx": lib.CRXGate,
    "cry": lib.CRYGate, "crz": lib.CRZGate, "cu": lib.CU3Gate, "rxx": lib.RXXGate, "ryy": lib.RYYGate, "rzz": lib.RZZGate,
    "ccx": lib.CCXGate, "ccz": lib.CCZGate, "cswap": lib.CSwapGate, "u1": lib.U1Gate, "u2": lib.U2Gate, "u3": lib.U3Gate,
    "phase": lib.PhaseGate, "cphase": lib.CPhaseGate, "cu1": lib.CU1Gate, "cu3": lib.CU3Gate, "cu4": lib.CUGate,
    "CX": lib.CXGate, "cnot": lib.CXGate, "cs": lib.CSGate, "csdg": lib.CSdgGate, "r": lib.RGate, "rzx": lib.RZXGate,
    "dcx": lib.DCXGate, "ecr": lib.ECRGate, "c3x": lib.C3XGate, "c4x": lib.C4XGate, "c3sqrtx": lib.C3SXGate,
    "rccx": lib.RCCXGate, "rc3x": lib.RC3XGate,
}


def apply_pennylane(name, angles, q):
    if name in PENNYLANE:
        PENNYLANE[name](*angles, wires=q)
    elif name in ("csx", "c3sqrtx"):
        qml.ctrl(qml.SX(q[-1]), control=q[:-1])
    elif name in ("cs", "csdg"):
        qml.ctrl(qml.S(q[1]) if name == "cs" else qml.adjoint(qml.S(q[1])), control=q[0])
    elif name in ("cu", "cu3", "cu4"):  # OpenQASM's u is PennyLane's U3 with the same angles.
        qml.ctrl(qml.U3(*angles[:3], q[1]), control=q[0])
        if name == "cu4":
            qml.PhaseShift(angles[3], q[0])
    elif name in ("ccp", "c3p"):
        qml.ctrl(qml.PhaseShift(angles[0], q[-1]), control=q[:-1])
    elif name == "c3z":
        qml.ctrl(qml.PauliZ(q[-1]), control=q[:-1])
    elif name in ("c3x", "c4x"):
        qml.MultiControlledX(wires=q)
    elif name == "rzx":
        qml.PauliRot(angles[0], "ZX", wires=q)
    elif name == "r":
        qml.RZ(-angles[1], q[0])
        qml.RX(angles[0], q[0])
        qml.RZ(angles[1], q[0])
    elif name == "dcx":
        qml.CNOT([q[0], q[1]])
        qml.CNOT([q[1], q[0]])
    elif name == "rccx":
        relative_phase([("h", 2), ("t", 2), (1, 2), ("tdg", 2), (0, 2), ("t", 2), (1, 2), ("tdg", 2), ("h", 2)], q)
    elif name == "rc3x":
        half = [("h", 3), ("t", 3), (2, 3), ("tdg", 3), ("h", 3)]
        relative_phase(half + [(0, 3), ("t", 3), (1, 3), ("tdg", 3), (0, 3), ("t", 3), (1, 3), ("tdg", 3)] + half, q)
    else:
        assert name == "u0", name


def relative_phase(steps, q):
    for what, target in steps:
        if isinstance(what, int):
            qml.CNOT([q[what], q[target]])
        else:
            PENNYLANE[what](q[target])


def apply_qiskit(circuit, name, angles, q):
    if name in QISKIT:
        circuit.append(QISKIT[name](*angles), q)
    elif name in ("rot", "crot"):
        gates = [lib.RZGate(angles[0]), lib.RYGate(angles[1]), lib.RZGate(angles[2])]
        for gate in gates:
            circuit.append(gate if name == "rot" else gate.control(1), q)
    elif name in ("ccp", "c3p"):
        circuit.append(lib.PhaseGate(angles[0]).control(len(q) - 1), q)
    elif name == "c3z":
        circuit.append(lib.ZGate().control(3), q)
    elif name == "single_excitation":
        # Qiskit's XX+YY interaction has the little-endian order, and its second angle turns the rotation real.
        circuit.append(lib.XXPlusYYGate(angles[0], math.pi / 2), [q[1], q[0]])
    elif name == "double_excitation":
        circuit.cx(q[0], q[1])
        circuit.cx(q[3], q[2])
        circuit.cx(q[0], q[3])
        circuit.append(lib.RYGate(angles[0]).control(3, ctrl_state="100"), [q[1], q[2], q[3], q[0]])
        circuit.cx(q[0], q[3])
        circuit.cx(q[3], q[2])
        circuit.cx(q[0], q[1])
    else:
        assert name == "u0", name


def value(angle, theta, x):
    total = angle[0]
    for coefficient, parameter, first, *second in angle[1:]:
        part = coefficient
        if parameter >= 0:
            part = part * theta[parameter]
        if first >= 0:
            part = part * x[first]
        if second:
            part = part * x[second[0]]
        total = total + part
    return total


def run_pennylane(qubits, apply, observables, theta, x):
    """apply(theta, x) queues operations; the answer is (expectations, parameter Jacobian, input Jacobian)."""
    pauli = {"I": qml.Identity, "X": qml.PauliX, "Y": qml.PauliY, "Z": qml.PauliZ}

    def measured(terms):
        return qml.dot([c for c, _ in terms], [qml.prod(*[pauli[p](q) for q, p in enumerate(s)]) for _, s in terms])

    @qml.qnode(qml.device("default.qubit", wires=qubits), interface="autograd", diff_method="backprop")
    def circuit(theta, x):
        apply(theta, x)
        return [qml.expval(measured(terms)) for terms in observables]

    theta, x = pnp.array(theta, requires_grad=True), pnp.array(x, requires_grad=True)
    expectations = numpy.array([float(e) for e in circuit(theta, x)])
    jacobian = qml.jacobian(lambda a, b: pnp.stack(circuit(a, b)), argnums=[0, 1])(theta, x)
    shape = (len(observables), -1)
    return expectations, numpy.reshape(jacobian[0], shape), numpy.reshape(jacobian[1], shape)


def shift_rule(frequencies):
    """f'(0) from f at 2R shifts, for frequencies 1/2, 1, ..., R/2 (Wierichs et al., arXiv:2107.12390, equation 16)."""
    rule = []
    for mu in range(1, 2 * frequencies + 1):
        at = (2 * mu - 1) * math.pi / (2 * frequencies)
        rule.append((2 * at, 0.5 * (-1) ** (mu - 1) / (4 * frequencies * math.sin(at / 2) ** 2)))
    return rule


def run_qiskit(qubits, program, observables, theta, x, amplitudes=0):
    """program is a list of (apply(circuit, numbers), angles); an angle gives (number, d/dtheta, d/dx) at a point."""
    operators = [SparsePauliOp([s[::-1] for _, s in terms], [c for c, _ in terms]) for terms in observables]
    points = [[angle(theta, x) for angle in angles] for _, angles in program]

    def evaluate(start=None, at=-1, which=-1, by=0.0):
        circuit = QuantumCircuit(qubits)
        for index, (apply, _) in enumerate(program):
            numbers = [point[0] + (by if index == at and k == which else 0.0) for k, point in enumerate(points[index])]
            apply(circuit, numbers)
        state = Statevector(circuit) if start is None else Statevector(start).evolve(circuit)
        return numpy.array([state.expectation_value(operator).real for operator in operators])

    start = None
    if amplitudes:
        start = numpy.zeros(2**qubits)
        start[:amplitudes] = numpy.array(x[:amplitudes]) / numpy.linalg.norm(x[:amplitudes])
    by_theta = numpy.zeros((len(observables), len(theta)))
    by_x = numpy.zeros((len(observables), len(x)))
    for index, ((apply, _), point) in enumerate(zip(program, points)):
        for which, (_, d_theta, d_x) in enumerate(point):
            if not d_theta and not d_x:
                continue
            slope = 0
            for shift, weight in shift_rule(getattr(apply, "frequencies", 2)):
                slope = slope + weight * evaluate(start, index, which, shift)
            for k, factor in d_theta.items():
                by_theta[:, k] += factor * slope
            for k, factor in d_x.items():
                by_x[:, k] += factor * slope
    if amplitudes:
        norm = numpy.linalg.norm(x[:amplitudes])
        for k in range(amplitudes):
            towards = -start[k] * start
            towards[k] += 1
            length = numpy.linalg.norm(towards)
            plus, minus = ((start + sign * towards / length) / math.sqrt(2) for sign in (1, -1))
            by_x[:, k] += (evaluate(plus) - evaluate(minus)) * length / norm
    return evaluate(start), by_theta, by_x


def from_list(gates):
    """A gate list as the two backends' programs."""
    def apply(theta, x):
        for name, q, angles in gates:
            apply_pennylane(name, [value(angle, theta, x) for angle in angles], q)

    def point(angle):
        def at(theta, x):
            d_theta, d_x = {}, {}
            for coefficient, parameter, first, *second in angle[1:]:
                factors = ([(d_theta, parameter, theta)] if parameter >= 0 else []) + \
                    ([(d_x, first, x)] if first >= 0 else []) + ([(d_x, second[0], x)] if second else [])
                for k, (into, index, _) in enumerate(factors):
                    rest = math.prod(values[i] for j, (_, i, values) in enumerate(factors) if j != k)
                    into[index] = into.get(index, 0) + coefficient * rest
            return value(angle, theta, x), d_theta, d_x
        return at

    def applier(name, q):
        def apply(circuit, numbers):
            apply_qiskit(circuit, name, numbers, q)
        apply.frequencies = 4 if name == "r" else 2  # r's second angle turns the axis there and back.
        return apply

    return apply, [(applier(name, q), [point(angle) for angle in angles]) for name, q, angles in gates]


def from_template(template, theta, x):
    """A Qiskit circuit with parameters as a program: `theta` and `x` are lists of its Parameters."""
    def point(expression):
        symbols = getattr(expression, "parameters", set())
        if not symbols:
            return lambda *_: (float(expression), {}, {})

        def at(numbers, inputs):
            values = {**dict(zip(theta, numbers)), **dict(zip(x, inputs))}
            bind = {symbol: values[symbol] for symbol in symbols}

            def slope(symbol):
                derivative = expression.gradient(symbol)
                if not hasattr(derivative, "parameters"):
                    return float(derivative)
                return float(derivative.bind({s: values[s] for s in derivative.parameters}).numeric())
            d_theta = {k: slope(symbol) for k, symbol in enumerate(theta) if symbol in symbols}
            d_x = {k: slope(symbol) for k, symbol in enumerate(x) if symbol in symbols}
            return float(expression.bind(bind).numeric()), d_theta, d_x
        return at

    def applier(operation, q):
        def apply(circuit, numbers):
            circuit.append(type(operation)(*numbers) if numbers else operation, q)
        return apply

    program = []
    for instruction in template.data:
        q = [template.find_bit(qubit).index for qubit in instruction.qubits]
        program.append((applier(instruction.operation, q), [point(p) for p in instruction.operation.params]))
    return program
