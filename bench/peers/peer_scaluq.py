"""Scaluq: a parametric circuit a sample, simulated once, then its back propagation from the observable that the loss weights.
Gradients take no batches: a loop over samples. float32; OpenMP or one thread, whichever is faster."""

import os
from importlib.metadata import version

# Kokkos asks for it; without it, it warns on every start.
os.environ.setdefault("OMP_PROC_BIND", "false")

import numpy as np
from protocol import serve
from scaluq import scaluq_core

core = scaluq_core.default.f32


def build(problem, space):
    there = getattr(scaluq_core, space).f32
    n, ring = problem.qubits, problem.ring
    circuit = core.Circuit()
    params = {}
    weights = []

    def turn(made, key, angle):
        circuit.add_param_gate(made, key)
        params[key] = angle

    for layer in range(problem.layers):
        for q in range(n):
            turn(core.gate.ParamRY(q), f"x{q}", 0.0)
        for q in range(n):
            for axis, made in ((0, core.gate.ParamRY), (1, core.gate.ParamRZ)):
                weights.append(f"t{layer}.{q}.{axis}")
                turn(made(q), weights[-1], float(problem.theta[layer, q, axis]))
        for control, target in ring:
            circuit.add_gate(core.gate.CX(control, target))
    single = [there.Operator([core.PauliOperator(f"Z {q}", 1.0)]) for q in range(n)]
    state = there.StateVector(n)

    def run():
        values = np.empty((problem.rows, n))
        gradient = np.zeros(len(weights))
        for row in range(problem.rows):
            for q in range(n):
                params[f"x{q}"] = float(problem.x[row, q])
            state.set_zero_state()
            circuit.update_quantum_state(state, params)
            for q in range(n):
                values[row, q] = single[q].get_expectation_value(state).real
            slopes = 2 * (values[row] - problem.y[row]) / problem.y.size
            weighted = there.Operator([core.PauliOperator(f"Z {q}", float(slopes[q])) for q in range(n)])
            bistate = state.copy()
            weighted.apply_to_state(bistate)
            slope = circuit.compute_expectation_gradient_backprop(state, bistate, params)
            gradient += [slope[key] for key in weights]
        return values, gradient

    return run


def prepare(problem):
    return {space: build(problem, space) for space in ("default", "host_serial")}


serve(
    prepare,
    versions={"scaluq": version("scaluq")},
    setting="back propagation, complex64, loop over samples",
    batched=False,
    loop_rows=32,
)
