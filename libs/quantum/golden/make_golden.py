"""Writes circuits.jsonl: expectations and Jacobians of circuits by PennyLane and Qiskit, which must agree to 1e-12.

The first line has the versions, each further one a circuit: every gate on its own and in random mixtures on 1 to 10 qubits,
every encoding, every ansatz. Where PennyLane or Qiskit has a template (StronglyEntanglingLayers, IQPEmbedding, efficient_su2,
zz_feature_map, ...) it is that template that runs; the other side runs the gates written out here.
Made with Python 3.11.7, PennyLane 0.45.1, Qiskit 2.6.2, autograd 1.8.0, NumPy as the first line says, by:
    python make_golden.py > circuits.jsonl
"""
import itertools
import json
import math
import sys

import numpy
import pennylane as qml
import qiskit
import qiskit.circuit.library as lib
from golden_backends import from_list, from_template, run_pennylane, run_qiskit
from pennylane import numpy as pnp
from qiskit.circuit import ParameterVector

TOLERANCE = 1e-12
SIZES = {  # name: (qubits, angles)
    **{name: (1, 0) for name in "id x y z h s sdg t tdg sx sxdg".split()},
    **{name: (1, 1) for name in "p rx ry rz u0 u1 phase".split()}, "u2": (1, 2), "r": (1, 2),
    **{name: (1, 3) for name in "u rot u3".split()},
    **{name: (2, 0) for name in "cx cy cz ch csx swap iswap CX cnot cs csdg dcx ecr".split()},
    **{name: (2, 1) for name in "cp crx cry crz rxx ryy rzz cphase cu1 rzx single_excitation".split()},
    "cu": (2, 3), "cu3": (2, 3), "crot": (2, 3), "cu4": (2, 4),
    **{name: (3, 0) for name in "ccx ccz cswap rccx".split()}, "ccp": (3, 1),
    **{name: (4, 0) for name in "c3x c3sqrtx c3z rc3x".split()}, "c3p": (4, 1), "double_excitation": (4, 1),
    "c4x": (5, 0),
}


def th(index, coefficient=1):
    return [0, [coefficient, index, -1]]


def inp(index, coefficient=1):
    return [0, [coefficient, -1, index]]


def observables_on(rng, qubits):
    def string():
        return "".join(rng.choice(list("IXYZ"), size=qubits))
    first = [[1, "Z"]]
    second = [[round(float(rng.normal()), 3), string()] for _ in range(3)]
    return [first, second] if qubits > 1 else [first, [[0.7, "X"], [-1.2, "Y"]]]


def emit(name, how, qubits, inputs, parameters, pennylane, qiskit_program, rng, amplitudes=0, note=""):
    """how: what the JSON says of the circuit ({"gates"} or {"settings"}); parameters: their number."""
    theta = [round(float(v), 6) for v in rng.normal(size=parameters)]
    x = [round(float(v), 6) for v in rng.normal(size=inputs)]
    if how.get("settings", {}).get("encoding") == "basis":
        x = [float(v) for v in rng.integers(0, 2, size=inputs)]
    observables = observables_on(rng, qubits)
    one = run_pennylane(qubits, pennylane, observables, theta, x)
    two = run_qiskit(qubits, qiskit_program, observables, theta, x, amplitudes)
    for a, b, what in zip(one, two, ("expectations", "parameters", "inputs")):
        difference = numpy.max(numpy.abs(a - b), initial=0)
        assert difference < TOLERANCE, (name, what, difference)
    def rounded(values):
        return [round(float(v), 14) for v in values]
    line = {
        "name": name, **({"note": note} if note else {}), "qubits": qubits, "inputs": inputs, **how,
        "observables": observables, "parameters": theta, "x": x, "expectations": rounded((one[0] + two[0]) / 2),
        "parameterJacobian": [rounded(row) for row in (one[1] + two[1]) / 2],
        "inputJacobian": [rounded(row) for row in (one[2] + two[2]) / 2],
    }
    print(json.dumps(line, separators=(",", ":")), flush=True)
    print(name, file=sys.stderr)


def emit_list(name, qubits, inputs, gates, rng, settings=None, note=""):
    """The same gate list on both sides; as JSON it is written out unless `settings` build it."""
    parameters = 1 + max((term[1] for _, _, angles in gates for a in angles for term in a[1:]), default=-1)
    apply, program = from_list(gates)
    how = {"settings": settings} if settings else {"gates": gates}
    emit(name, how, qubits, inputs, parameters, apply, program, rng, note=note)


def prelude(qubits, at):
    gates = []
    for q in range(qubits):
        gates += [["ry", [q], [[0.4 + 0.3 * q, [1, at + q, -1]]]], ["rz", [q], [[0.2 * q, [0.8, -1, q % 2]]]]]
    return gates


def single_gates(rng):
    for name, (qubits, angles) in SIZES.items():
        on = [int(q) for q in rng.permutation(qubits)]
        own = [[round(float(rng.normal()), 3), [1, k, -1], [0.6, -1, k % 2]] for k in range(angles)]
        gates = prelude(qubits, angles) + [[name, on, own]]
        gates += [["rx", [q], [[0.5 - 0.2 * q]]] for q in range(qubits)]
        emit_list(f"gate {name}", qubits, 2, gates, rng)


def mixtures(rng):
    for qubits, length in [(1, 12), (2, 20), (3, 24), (4, 30), (4, 60), (5, 40), (6, 30), (7, 24), (8, 20), (9, 16), (10, 14)]:
        names = [name for name, (size, _) in SIZES.items() if size <= qubits]
        gates, count = [["h", [q], []] for q in range(qubits)], 0
        for _ in range(length):
            name = names[int(rng.integers(len(names)))]
            size, angles = SIZES[name]
            own = []
            for _ in range(angles):
                kind = int(rng.integers(4))
                terms = [[[round(float(rng.normal()), 3), count, -1]], [[1, count, int(rng.integers(3))]],
                         [[0.7, -1, 0, int(rng.integers(3))], [-0.4, -1, 1]], [[0.5, count, 1, 2], [1, count, -1]]][kind]
                count += kind != 2
                own.append([round(float(rng.normal()), 3), *terms])
            gates.append([name, [int(q) for q in rng.permutation(qubits)[:size]], own])
        emit_list(f"mixture of {length} gates on {qubits}", qubits, 3, gates, rng)


def ring(qubits, gate="cx", distance=1):
    pairs = 0 if qubits == 1 else 1 if qubits == 2 else qubits
    return [[gate, [q, (q + distance) % qubits], []] for q in range(pairs)]


def layer_ry(qubits, at, gate="ry"):
    return [[gate, [q], [th(at + q)]] for q in range(qubits)]


AXES = "xyz"


def angle_encoding(qubits, inputs, axis="y", scale=1):
    return [[f"r{AXES[(AXES.index(axis) + j // qubits) % 3]}", [j % qubits], [inp(j, scale)]] for j in range(inputs)]


def encodings(rng):
    def close(qubits, at=0, axis="x"):
        return [[f"r{axis}", [q], [th(at + q)]] for q in range(qubits)] + ring(qubits)
    for axis, qubits, inputs, scale in [("x", 2, 2, 1), ("y", 3, 3, 0.7), ("z", 2, 2, 1.3), ("y", 2, 5, 1)]:
        settings = {"encoding": "angle", "encodingOptions": {"axis": axis, "scale": scale, "reupload": False},
                    "ansatz": "basic-entangler", "layers": 1}
        gates = angle_encoding(qubits, inputs, axis, scale) + close(qubits)
        apply, program = from_list(gates)
        template = apply
        if inputs <= qubits:
            rest, _ = from_list(close(qubits))
            def template(theta, x, rest=rest, qubits=qubits, axis=axis, scale=scale):
                qml.AngleEmbedding(scale * x, wires=range(qubits), rotation=axis.upper())
                rest(theta, x)
        emit(f"encoding angle {axis} {inputs} on {qubits}", {"settings": settings}, qubits, inputs, qubits, template, program, rng)
    reuploaded = [g for layer in range(3) for g in angle_encoding(3, 2, "x") + close(3, 3 * layer)]
    emit_list("encoding angle re-uploaded", 3, 2, reuploaded, rng, {
        "encoding": "angle", "encodingOptions": {"axis": "x", "reupload": True}, "ansatz": "basic-entangler", "layers": 3})
    for qubits, inputs in [(1, 2), (2, 4), (3, 5), (4, 16)]:
        rest, program = from_list(close(qubits))
        def amplitude(theta, x, rest=rest, qubits=qubits, inputs=inputs):
            reverse = [int(format(k, f"0{qubits}b")[::-1], 2) for k in range(2**qubits)]
            qml.StatePrep(pnp.stack([x[k] if k < inputs else 0.0 * x[0] for k in reverse]), wires=range(qubits), normalize=True)
            rest(theta, x)
        emit(f"encoding amplitude {inputs} on {qubits}", {"settings": {
            "encoding": "amplitude", "ansatz": "basic-entangler", "layers": 1}}, qubits, inputs, qubits, amplitude, program, rng, inputs)
    basis = [["rx", [j], [inp(j, math.pi)]] for j in range(3)]
    emit_list("encoding basis", 4, 3, basis + close(4), rng, {"encoding": "basis", "ansatz": "basic-entangler", "layers": 1})
    for qubits, repeats, entanglement in [(2, 1, "full"), (3, 2, "full"), (4, 1, "linear")]:
        pairs = list(itertools.combinations(range(qubits), 2)) if entanglement == "full" else [(q, q + 1) for q in range(qubits - 1)]
        gates = repeats * ([["h", [q], []] for q in range(qubits)] + [["rz", [q], [inp(q)]] for q in range(qubits)] +
                           [["rzz", list(p), [[0, [1, -1, *p]]]] for p in pairs]) + close(qubits)
        rest, _ = from_list(close(qubits))
        def iqp(theta, x, rest=rest, qubits=qubits, repeats=repeats, pairs=pairs):
            qml.IQPEmbedding(x, wires=range(qubits), n_repeats=repeats, pattern=[list(p) for p in pairs])
            rest(theta, x)
        emit(f"encoding iqp {entanglement} {repeats} on {qubits}", {"settings": {
            "encoding": "iqp", "encodingOptions": {"repeats": repeats, "entanglement": entanglement},
            "ansatz": "basic-entangler", "layers": 1}}, qubits, qubits, qubits, iqp, from_list(gates)[1], rng)
    for qubits, repeats, entanglement, alpha in [(2, 2, "full", 2), (3, 1, "full", 2), (4, 2, "linear", 0.5), (3, 2, "circular", 1)]:
        pairs = {"full": list(itertools.combinations(range(qubits), 2)), "linear": [(q, q + 1) for q in range(qubits - 1)],
                 "circular": [(qubits - 1, 0)] + [(q, q + 1) for q in range(qubits - 1)]}[entanglement]
        def block(pair):
            i, j = pair
            angle = [alpha * math.pi**2, [-alpha * math.pi, -1, i], [-alpha * math.pi, -1, j], [alpha, -1, i, j]]
            return [["cx", [i, j], []], ["p", [j], [angle]], ["cx", [i, j], []]]
        gates = repeats * ([["h", [q], []] for q in range(qubits)] + [["p", [q], [inp(q, alpha)]] for q in range(qubits)] +
                           [g for pair in pairs for g in block(pair)]) + close(qubits)
        x = ParameterVector("x", qubits)
        # The template as a whole; its parameters are x[0], x[1], ....
        template = lib.pauli_feature_map(qubits, reps=repeats, entanglement=entanglement, alpha=alpha, paulis=["Z", "ZZ"])
        found = sorted(template.parameters, key=lambda p: p.index)
        assert len(found) == qubits and len(x) == qubits
        program = from_template(template, [], found) + from_list(close(qubits))[1]
        emit(f"encoding zz-feature-map {entanglement} {repeats} on {qubits}", {"settings": {
            "encoding": "zz-feature-map", "encodingOptions": {"repeats": repeats, "entanglement": entanglement, "alpha": alpha},
            "ansatz": "basic-entangler", "layers": 1}}, qubits, qubits, qubits, from_list(gates)[0], program, rng)


def pennylane_templates(rng):
    for qubits, layers in [(1, 2), (2, 2), (3, 3), (5, 2), (8, 1)]:
        gates, at = [], 0
        for layer in range(layers):
            for q in range(qubits):
                gates.append(["rot", [q], [th(at), th(at + 1), th(at + 2)]])
                at += 3
            if qubits > 1:
                distance = layer % (qubits - 1) + 1
                gates += [["cx", [q, (q + distance) % qubits], []] for q in range(qubits)]
        def template(theta, x, qubits=qubits, layers=layers):
            qml.StronglyEntanglingLayers(theta.reshape(layers, qubits, 3), wires=range(qubits))
        emit(f"ansatz strongly-entangling {layers} on {qubits}", {"settings": {"ansatz": "strongly-entangling", "layers": layers}},
             qubits, 0, at, template, from_list(gates)[1], rng)
    for qubits, layers, axis in [(1, 2, "x"), (2, 2, "y"), (4, 2, "x"), (9, 1, "z")]:
        gates = [g for layer in range(layers) for g in layer_ry(qubits, layer * qubits, f"r{axis}") + ring(qubits)]
        def template(theta, x, qubits=qubits, layers=layers, axis=axis):
            rotation = {"x": qml.RX, "y": qml.RY, "z": qml.RZ}[axis]
            qml.BasicEntanglerLayers(theta.reshape(layers, qubits), wires=range(qubits), rotation=rotation)
        emit(f"ansatz basic-entangler {axis} {layers} on {qubits}", {"settings": {
            "ansatz": "basic-entangler", "layers": layers, "ansatzOptions": {"axis": axis}}},
            qubits, 0, layers * qubits, template, from_list(gates)[1], rng)


def pairs_of(entanglement, n, block):
    linear = [(q, q + 1) for q in range(n - 1)]
    circular = ([(n - 1, 0)] if n > 2 else []) + linear
    if entanglement == "sca":
        shift = block % len(circular)
        shifted = circular[-shift:] + circular[:-shift] if shift else circular
        return shifted if block % 2 == 0 else [(b, a) for a, b in shifted]
    return {"linear": linear, "reverse_linear": linear[::-1], "circular": circular,
            "full": list(itertools.combinations(range(n), 2)), "pairwise": linear[::2] + linear[1::2]}[entanglement]


def qiskit_templates(rng):
    cases = [("efficient-su2", 3, 2, e, ["ry", "rz"], ["cx"]) for e in ("linear", "reverse_linear", "circular", "full", "pairwise", "sca")]
    cases += [("efficient-su2", 10, 1, "reverse_linear", ["ry", "rz"], ["cx"]), ("efficient-su2", 2, 1, "full", ["ry", "rz"], ["cx"]),
              ("real-amplitudes", 1, 2, "reverse_linear", ["ry"], ["cx"]), ("real-amplitudes", 4, 3, "reverse_linear", ["ry"], ["cx"]),
              ("real-amplitudes", 4, 2, "sca", ["ry"], ["cx"]), ("two-local", 3, 2, "full", ["ry"], ["cx"]),
              ("two-local", 4, 2, "linear", ["rx", "rz"], ["cz"]), ("two-local", 3, 2, "circular", ["h", "p"], ["crx", "rzz"]),
              ("two-local", 4, 3, "sca", ["rz", "sx"], ["crz"]), ("two-local", 5, 1, "pairwise", ["ry"], ["swap", "cp", "ryy"])]
    for ansatz, qubits, layers, entanglement, rotations, entanglers in cases:
        gates, at = [], 0
        def add(name, q):
            nonlocal at
            angles = SIZES[name][1]
            gates.append([name, list(q), [th(at + k) for k in range(angles)]])
            at += angles
        for layer in range(layers + 1):
            for name in rotations:
                for q in range(qubits):
                    add(name, [q])
            for name in entanglers if layer < layers else []:
                for pair in pairs_of(entanglement, qubits, layer):
                    add(name, pair)
        if ansatz == "efficient-su2":
            template = lib.efficient_su2(qubits, entanglement=entanglement, reps=layers)
        elif ansatz == "real-amplitudes":
            template = lib.real_amplitudes(qubits, entanglement=entanglement, reps=layers)
        else:
            template = lib.n_local(qubits, rotations, entanglers, entanglement=entanglement, reps=layers)
        found = sorted(template.parameters, key=lambda p: p.index)
        assert len(found) == at, (ansatz, len(found), at)
        options = {"entanglement": entanglement}
        if ansatz == "two-local":
            options.update(rotations=rotations, entanglers=entanglers)
        emit(f"ansatz {ansatz} {entanglement} {'+'.join(rotations + entanglers)} {layers} on {qubits}", {"settings": {
            "ansatz": ansatz, "layers": layers, "ansatzOptions": options}}, qubits, 0, at, from_list(gates)[0],
            from_template(template, found, []), rng)


def reuploading(rng):
    for qubits, inputs, layers in [(1, 2, 2), (3, 2, 2), (2, 7, 1), (6, 4, 1)]:
        gates, at = [], 0
        rounds = max(1, math.ceil(inputs / (3 * qubits)))
        for _ in range(layers):
            for turn in range(rounds):
                for q in range(qubits):
                    angles = []
                    for axis in range(3):
                        slot = turn * 3 * qubits + axis * qubits + q
                        angles.append([0, [1, at, -1], [1, at + 1, slot % inputs]])
                        at += 2
                    gates.append(["rot", [q], angles])
            gates += ring(qubits)
        emit_list(f"ansatz data-reuploading {inputs} on {qubits}", qubits, inputs, gates, rng, {"ansatz": "data-reuploading", "layers": layers})


def hardware_efficient(rng):
    for qubits, gate in [(2, "cz"), (4, "cx"), (7, "cz")]:
        gates, at = [], 0
        for _ in range(2):
            gates += angle_encoding(qubits, 2)
            for q in range(qubits):
                gates += [["ry", [q], [th(at)]], ["rz", [q], [th(at + 1)]]]
                at += 2
            gates += ring(qubits, gate)
        emit_list(f"ansatz hardware-efficient {gate} on {qubits}", qubits, 2, gates, rng, {
            "ansatz": "hardware-efficient", "layers": 2, "ansatzOptions": {"entangler": gate}})


def variational(rng):
    for qubits, periodic, shared in [(2, False, True), (4, True, True), (5, False, False), (6, False, True)]:
        options = {"periodic": periodic, "shared": shared}
        bonds = [(q, q + 1) for q in range(qubits - 1)] + ([(qubits - 1, 0)] if periodic and qubits > 2 else [])
        counter = itertools.count()
        def angles(number):
            first = next(counter) if shared else None
            return [th(first if shared else next(counter)) for _ in range(number)]
        gates = [["h", [q], []] for q in range(qubits)]
        for _ in range(2):
            gates += [["rzz", list(b), [a]] for b, a in zip(bonds, angles(len(bonds)))]
            gates += [["rx", [q], [a]] for q, a in enumerate(angles(qubits))]
        emit_list(f"ansatz tfim-variational on {qubits} {options}", qubits, 0, gates, rng, {
            "ansatz": "tfim-variational", "layers": 2, "ansatzOptions": options})
        counter = itertools.count()
        gates = []
        for q in range(0, qubits - 1, 2):
            gates += [["x", [q], []], ["x", [q + 1], []], ["h", [q], []], ["cx", [q, q + 1], []]]
        for _ in range(2):
            for odd in (1, 0):
                group = [b for b in bonds if b[0] % 2 == odd]
                if not group:
                    continue
                gates += [["rzz", list(b), [a]] for b, a in zip(group, angles(len(group)))]
                for b, a in zip(group, angles(len(group))):
                    gates += [["rxx", list(b), [a]], ["ryy", list(b), [a]]]
        emit_list(f"ansatz xxz-variational on {qubits} {options}", qubits, 0, gates, rng, {
            "ansatz": "xxz-variational", "layers": 2, "ansatzOptions": options})


def qcnn(rng):
    for qubits, stages in [(2, 1), (4, 2), (5, 2), (8, 3)]:
        active, gates, at = list(range(qubits)), [], 0
        for _ in range(stages):
            n = len(active)
            pairs = [(active[i], active[i + 1]) for i in [*range(0, n - 1, 2), *range(1, n - 1, 2)]]
            if n > 2:
                pairs.append((active[-1], active[0]))
            for a, b in pairs:
                gates += [["ry", [a], [th(at)]], ["rz", [a], [th(at + 1)]], ["ry", [b], [th(at + 2)]], ["rz", [b], [th(at + 3)]],
                          ["rxx", [a, b], [th(at + 4)]], ["ryy", [a, b], [th(at + 5)]], ["rzz", [a, b], [th(at + 6)]]]
            for i in range(0, n - 1, 2):
                control, target = active[i + 1], active[i]
                gates += [["crz", [control, target], [th(at + 7)]], ["x", [control], []], ["crx", [control, target], [th(at + 8)]]]
            at += 9
            active = active[::2]
        encode = angle_encoding(qubits, 2)
        emit_list(f"ansatz qcnn {stages} on {qubits}", qubits, 2, encode + gates, rng, {"ansatz": "qcnn", "layers": stages})


def coupled_cluster(rng):
    for qubits, electrons, singles in [(4, 2, False), (4, 2, True), (6, 2, True), (6, 3, False)]:
        single, double = qml.qchem.excitations(electrons, qubits)
        gates = [["x", [q], []] for q in range(electrons)]
        gates += [["double_excitation", list(q), [th(k)]] for k, q in enumerate(double)]
        if singles:
            gates += [["single_excitation", list(q), [th(len(double) + k)]] for k, q in enumerate(single)]
        emit_list(f"ansatz coupled-cluster {electrons} electrons on {qubits}", qubits, 0, gates, rng, {
            "ansatz": "coupled-cluster", "layers": 1, "ansatzOptions": {"electrons": electrons, "singles": singles}})


def main():
    rng = numpy.random.default_rng(2026)
    print(json.dumps({"versions": {"pennylane": qml.__version__, "qiskit": qiskit.__version__, "numpy": numpy.__version__},
                      "tolerance": TOLERANCE, "madeBy": "make_golden.py"}))
    for family in (single_gates, mixtures, encodings, pennylane_templates, qiskit_templates, reuploading, hardware_efficient,
                   variational, qcnn, coupled_cluster):
        family(rng)


main()
