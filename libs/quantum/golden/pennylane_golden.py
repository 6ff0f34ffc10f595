"""Writes pennylane.json: expectations and gradients of circuits by PennyLane's default.qubit, an independent simulator.

Made with Python 3.11.7, PennyLane 0.45.1, autograd 1.8.0, by:
    python pennylane_golden.py > pennylane.json && npx biome check --write pennylane.json
"""
import json
import sys

import pennylane as qml
from pennylane import numpy as np

GATES = {
    "id": qml.Identity, "x": qml.PauliX, "y": qml.PauliY, "z": qml.PauliZ, "h": qml.Hadamard, "s": qml.S,
    "sdg": qml.adjoint(qml.S), "t": qml.T, "tdg": qml.adjoint(qml.T), "sx": qml.SX, "sxdg": qml.adjoint(qml.SX),
    "p": qml.PhaseShift, "rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "u": qml.U3, "rot": qml.Rot, "cx": qml.CNOT,
    "cy": qml.CY, "cz": qml.CZ, "ch": qml.CH, "csx": qml.ctrl(qml.SX, control=0), "swap": qml.SWAP, "iswap": qml.ISWAP,
    "cp": qml.ControlledPhaseShift, "crx": qml.CRX, "cry": qml.CRY, "crz": qml.CRZ, "rxx": qml.IsingXX,
    "ryy": qml.IsingYY, "rzz": qml.IsingZZ, "ccx": qml.Toffoli, "ccz": qml.CCZ, "cswap": qml.CSWAP,
}
ANGLES = {"p": 1, "rx": 1, "ry": 1, "rz": 1, "u": 3, "rot": 3, "cp": 1, "crx": 1, "cry": 1, "crz": 1, "cu": 3,
          "rxx": 1, "ryy": 1, "rzz": 1}
QUBITS = {**dict.fromkeys(("cx cy cz ch csx swap iswap cp crx cry crz cu rxx ryy rzz").split(), 2),
          **dict.fromkeys("ccx ccz cswap".split(), 3)}


def apply(name, angles, wires):
    if name == "csx":
        qml.ctrl(qml.SX(wires[1]), control=wires[0])
    elif name == "cu":  # OpenQASM's u is PennyLane's U3 with the same angles.
        qml.ctrl(qml.U3(*angles, wires[1]), control=wires[0])
    else:
        GATES[name](*angles, wires=wires)


def observable(terms, qubits):
    pauli = {"I": qml.Identity, "X": qml.PauliX, "Y": qml.PauliY, "Z": qml.PauliZ}
    strings = [qml.prod(*[pauli[letter](q) for q, letter in enumerate(t["paulis"])]) for t in terms]
    return qml.dot([t["coefficient"] for t in terms], strings)


def case(name, qubits, inputs, parameters, gates, observables, values, x, note):
    dev = qml.device("default.qubit", wires=qubits)

    @qml.qnode(dev, interface="autograd", diff_method="backprop")
    def circuit(theta, x):
        for gate in gates:
            angles = []
            for angle in gate["angles"]:
                total = angle["constant"]
                for term in angle["terms"]:
                    part = term["coefficient"]
                    if term["parameter"] is not None:
                        part = part * theta[term["parameter"]]
                    if term["input"] is not None:
                        part = part * x[term["input"]]
                    total = total + part
                angles.append(total)
            apply(gate["name"], angles, gate["qubits"])
        return [qml.expval(observable(o["terms"], qubits)) for o in observables]

    theta = np.array(values, requires_grad=True)
    points = np.array(x, requires_grad=True)
    expectations = [float(e) for e in circuit(theta, points)]
    jacobian = qml.jacobian(lambda a, b: np.stack(circuit(a, b)))(theta, points)
    return {
        "name": name, "note": note,
        "circuit": {"qubits": qubits, "inputs": inputs, "parameters": parameters, "gates": gates},
        "observables": observables, "parameters": values, "inputs": x, "expectations": expectations,
        "parameterJacobian": np.array(jacobian[0]).tolist(), "inputJacobian": np.array(jacobian[1]).tolist(),
    }


def term(coefficient, parameter, input):
    return {"coefficient": coefficient, "parameter": parameter, "input": input}


def z(qubit, letter="Z"):
    return {"terms": [{"coefficient": 1, "paulis": "I" * qubit + letter}]}


def reuploading(rng):
    qubits, layers = 3, 2
    gates, parameters = [], []
    for _ in range(layers):
        for q in range(qubits):
            angles = []
            for axis in range(3):
                parameters += ["angle", "weight"]
                at = len(parameters)
                angles.append({"constant": 0, "terms": [term(1, at - 2, None), term(1, at - 1, (axis * 3 + q) % 2)]})
            gates.append({"name": "rot", "qubits": [q], "angles": angles})
        gates += [{"name": "cx", "qubits": [q, (q + 1) % 3], "angles": []} for q in range(qubits)]
    return case("data-reuploading", qubits, 2, parameters, gates, [z(0), z(1), z(2, "X")],
                rng.normal(size=len(parameters)).tolist(), rng.normal(size=2).tolist(), "Rot(w x + theta), CNOT ring")


def every_gate(rng, seed):
    names = list(GATES) + ["cu"]
    order = rng.permutation(len(names))
    gates, count = [{"name": "h", "qubits": [q], "angles": []} for q in range(4)], 0
    for k in order:
        name = names[k]
        wires = [int(q) for q in rng.permutation(4)[: QUBITS.get(name, 1)]]
        angles = []
        for _ in range(ANGLES.get(name, 0)):
            angles.append({"constant": float(rng.normal()),
                           "terms": [term(float(rng.normal()), count, None), term(0.7, count, count % 3),
                                     term(-0.4, None, (count + 1) % 3)]})
            count += 1
        gates.append({"name": name, "qubits": wires, "angles": angles})
    observables = [z(0), z(3, "Y"), {"terms": [{"coefficient": 0.8, "paulis": "XYZI"}, {"coefficient": -1.3, "paulis": "IZXY"},
                                               {"coefficient": 0.4, "paulis": "IIII"}]}]
    return case(f"every-gate-{seed}", 4, 3, ["angle"] * count, gates, observables,
                rng.normal(size=count).tolist(), rng.normal(size=3).tolist(), "each gate once, in random order")


def strongly_entangling(rng):
    weights = rng.normal(size=(3, 4, 3))
    dev = qml.device("default.qubit", wires=4)

    @qml.qnode(dev)
    def circuit():
        qml.StronglyEntanglingLayers(weights, wires=range(4))
        return [qml.expval(qml.PauliZ(q)) for q in range(4)]

    return {"note": "qml.StronglyEntanglingLayers, 4 wires, 3 layers, <Z> of each wire",
            "parameters": weights.flatten().tolist(), "expectations": [float(e) for e in circuit()]}


def main():
    rng = np.random.default_rng(2026)
    json.dump({"pennylane": qml.__version__,
               "cases": [reuploading(rng)] + [every_gate(rng, s) for s in range(3)],
               "stronglyEntangling": strongly_entangling(rng)}, sys.stdout, indent=1)
    print()


main()
