from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pennylane_qnn_sim.circuit import Circuit, check_circuit, expectations, parameter_count
from pennylane_qnn_sim.observable import class_observables, parse_observable
from pennylane_qnn_sim.training import Diverged, Encoded, Model, Schedule, initial_parameters, mini_batches, standardize, train

CIRCUIT = check_circuit(Circuit(qubits=2, layers=1, inputs=2))
MODEL = Model(CIRCUIT, class_observables(2, 2), "cross-entropy")


def clouds(count, seed=1):
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return Encoded(random.standard_normal((count, 2)) + 2 * labels[:, None] - 1, labels)


def rot(phi, theta, omega):
    """RZ(ω)·RY(θ)·RZ(φ) as a matrix."""
    z = [np.diag(np.exp([-0.5j * angle, 0.5j * angle])) for angle in (phi, omega)]
    c, s = np.cos(theta / 2), np.sin(theta / 2)
    return z[1] @ np.array([[c, -s], [s, c]]) @ z[0]


def test_data_reuploading_is_rot_of_theta_plus_omega_x_and_a_cnot():
    random = np.random.default_rng(3)
    parameters, x = random.standard_normal(parameter_count(CIRCUIT)), random.standard_normal((3, 2))
    observables = (parse_observable("0.5*Z0 Z1 - 1.2*X0", 2),)
    values = np.asarray(expectations(CIRCUIT, observables)(parameters, x))
    # By matrices: parameters in the order (qubit, axis, θ before ω); slot axis·2 + qubit carries input slot mod 2.
    pauli_x, pauli_z, one = np.array([[0, 1], [1, 0]]), np.diag([1, -1]), np.eye(2)
    observable = 0.5 * np.kron(pauli_z, pauli_z) - 1.2 * np.kron(pauli_x, one)
    cnot = np.eye(4)[[0, 1, 3, 2]]
    for row in range(3):
        angles = [
            [parameters[6 * q + 2 * a] + parameters[6 * q + 2 * a + 1] * x[row, (2 * a + q) % 2] for a in range(3)]
            for q in (0, 1)
        ]
        state = cnot @ np.kron(rot(*angles[0]), rot(*angles[1])) @ np.eye(4)[0]
        np.testing.assert_allclose(values[row, 0], (state.conj() @ observable @ state).real, atol=1e-12)


@pytest.mark.parametrize(
    ("ansatz", "layers", "count"), [("hardware-efficient", 2, 12), ("strongly-entangling", 1, 9), ("basic-entangler", 3, 9)]
)
def test_an_ansatz_with_angle_encoding_has_its_parameters(ansatz, layers, count):
    assert parameter_count(check_circuit(Circuit(3, layers, 4, ansatz))) == count


def test_a_training_learns_and_is_a_function_of_its_seed():
    schedule = Schedule(steps=40, rows=8, learning_rate=0.1, scored_steps=(0, 40))
    first = train(MODEL, schedule, clouds(40), clouds(150, seed=2), seed=5)
    again = train(MODEL, schedule, clouds(40), clouds(150, seed=2), seed=5)
    np.testing.assert_array_equal(first.parameters, again.parameters)
    np.testing.assert_array_equal(first.score.losses, again.score.losses)
    assert len(first.curve()) == 20 and first.curve()[-1] < first.curve()[0]
    # Two clouds at distance 2√2 with deviation 1: the best accuracy is Φ(√2) = 0.92.
    assert first.score.accuracy > 0.8 and first.scored_accuracies[1] == first.score.accuracy
    np.testing.assert_allclose(first.score.probabilities.sum(axis=1), 1, atol=1e-6)
    # The score of a point does not depend on the others.
    few = train(MODEL, schedule, clouds(40), Encoded(clouds(150, seed=2).angles[:7], clouds(150, seed=2).labels[:7]), seed=5)
    np.testing.assert_array_equal(few.score.losses, first.score.losses[:7])


def test_a_training_begins_with_the_parameters_that_are_given_and_stops_when_told():
    start = np.linspace(0, 1, parameter_count(CIRCUIT))
    schedule = Schedule(steps=1, rows=8, learning_rate=0.01)
    trained = train(MODEL, schedule, clouds(40), clouds(10), seed=1, start=start)
    # The first step of Adam moves a parameter by the learning rate, whatever its gradient; the first and the last RZ have none.
    moved = np.abs(trained.parameters - start).reshape(2, 3, 2)
    np.testing.assert_allclose(moved[:, 1], 0.01, rtol=1e-4)
    np.testing.assert_allclose(moved[:, 0], 0, atol=1e-8)
    with pytest.raises(InterruptedError):
        train(MODEL, schedule, clouds(40), clouds(10), seed=1, go_on=lambda: False)


def test_an_infinite_input_diverges():
    wrong = clouds(40)
    wrong.angles[:] = np.inf
    with pytest.raises(Diverged):
        train(MODEL, Schedule(1, 8, 0.1), wrong, clouds(10), seed=1)


def test_initial_weights_are_small_and_angles_cover_the_circle():
    parameters = initial_parameters(Circuit(4, 10, 4), np.random.default_rng(1))
    # 120 weights of deviation 0.3: four standard errors of a deviation, 0.3/√240.
    assert abs(parameters[1::2].std() - 0.3) < 4 * 0.3 / np.sqrt(240)
    assert np.abs(parameters[::2]).max() > 2.5


def test_every_point_is_drawn_once_before_any_is_drawn_again():
    batches = mini_batches(10, 4, np.random.default_rng(1))
    drawn = np.concatenate([next(batches) for _ in range(5)])
    for part in (drawn[:10], drawn[10:]):
        assert sorted(part) == list(range(10))


def test_features_are_standardized_by_the_training_points_and_constant_ones_are_0():
    training, other = standardize(np.array([[1.0, 5], [3, 5]], np.float32), np.array([[5.0, 5]], np.float32))
    np.testing.assert_allclose(training, [[-1, 0], [1, 0]])
    np.testing.assert_allclose(other, [[3, 0]])


def test_observables_are_parsed_and_others_are_refused():
    assert parse_observable("Z0", 2) == ((1.0, "ZI"),)
    assert parse_observable("0.5*Z0 Z1 - 1.2*X0", 2) == ((0.5, "ZZ"), (-1.2, "XI"))
    assert [terms[0][1] for terms in class_observables(3, 5)] == ["ZII", "IZI", "IIZ", "ZZI", "ZIZ"]
    for text in ("", "Q0", "Z2", "Z0 Z0", "Z0 +", "Z0 0.5*Z1"):
        with pytest.raises(ValueError):
            parse_observable(text, 2)
    with pytest.raises(ValueError, match="at most 3 classes"):
        class_observables(2, 4)


def test_circuits_are_built_by_several_threads_at_once():
    def values(qubits):
        circuit = check_circuit(Circuit(qubits, 1, 2, "basic-entangler"))
        function = expectations(circuit, class_observables(qubits, 2))
        return np.asarray(function(np.full(qubits, 0.3), np.ones((2, 2))))

    jobs = [2, 3, 2, 3] * 3
    with ThreadPoolExecutor(max_workers=6) as threads:
        together = list(threads.map(values, jobs))
    alone = {qubits: values(qubits) for qubits in (2, 3)}
    for qubits, found in zip(jobs, together, strict=True):
        np.testing.assert_array_equal(found, alone[qubits])
