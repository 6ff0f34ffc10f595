"""Qulacs: a parametric circuit a sample, simulated for its expectations, then `backprop` of the observable that the loss
weights. It has no batches: a loop over samples. complex128, its only precision."""

import numpy as np
import qulacs
from protocol import serve
from qulacs import Observable, ParametricQuantumCircuit, QuantumState


def prepare(problem):
    n, ring = problem.qubits, problem.ring
    circuit = ParametricQuantumCircuit(n)
    inputs, weights = [], []
    for layer in range(problem.layers):
        for q in range(n):
            inputs.append((circuit.get_parameter_count(), q))
            circuit.add_parametric_RY_gate(q, 0.0)
        for q in range(n):
            # Qulacs rotates by exp(+i angle/2 P): minus the angle that everyone else means.
            weights.append(circuit.get_parameter_count())
            circuit.add_parametric_RY_gate(q, -problem.theta[layer, q, 0])
            weights.append(circuit.get_parameter_count())
            circuit.add_parametric_RZ_gate(q, -problem.theta[layer, q, 1])
        for control, target in ring:
            circuit.add_CNOT_gate(control, target)
    single = []
    for q in range(n):
        observable = Observable(n)
        observable.add_operator(1.0, f"Z {q}")
        single.append(observable)
    state = QuantumState(n)

    def run():
        values = np.empty((problem.rows, n))
        gradient = np.zeros(len(weights))
        for row in range(problem.rows):
            for index, q in inputs:
                circuit.set_parameter(index, -problem.x[row, q])
            state.set_zero_state()
            circuit.update_quantum_state(state)
            weighted = Observable(n)
            for q in range(n):
                values[row, q] = single[q].get_expectation_value(state)
                weighted.add_operator(2 * (values[row, q] - problem.y[row, q]) / problem.y.size, f"Z {q}")
            gradient -= np.array(circuit.backprop(weighted))[weights]
        return values, gradient

    return {"run": run}


serve(
    prepare,
    versions={"qulacs": qulacs.__version__},
    setting="backprop, complex128, loop over samples",
    batched=False,
    loop_rows=32,
)
