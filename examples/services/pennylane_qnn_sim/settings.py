"""Settings of the contracts: decodes them, fills in defaults, and refuses what this simulator does not offer."""

from collections.abc import Callable
from functools import partial
from typing import Any

from pennylane_qnn_sim.circuit import Circuit, CircuitError, check_circuit
from pennylane_qnn_sim.observable import class_observables, parse_observable
from pennylane_qnn_sim.training import LOGIT_SCALE, Model, Schedule
from qloom.episode.v1 import circuit_noise_pb2, slots_pb2
from qloom.qnn_sim.v1 import qnn_sim_pb2
from qloom_service.refusals import Refusal, invalid

ENGINE = "default.qubit"
LIMITS = {
    "qubits": 10,
    "layers": 12,
    "steps": 20_000,
    "batch_size": 512,
    "points": 20_000,
    "features": 256,
    "point_bytes": 16 << 20,
}
"""What a study may not exceed. The agent refuses a study that does before it is created."""
MOST_OBSERVABLES = 64
"""Observables of a request to execute."""


def decode_qnn(
    given: slots_pb2.QnnSettings, features: int, classes: int, scored_steps: tuple[int, ...]
) -> tuple[Model, Schedule]:
    """The model and the schedule of an evaluation. Raises INVALID_ARGUMENT, which names fields as `settings.qnn.ansatz`."""
    at = "settings.qnn"
    steps = _within(f"{at}.steps", given.steps or 200, LIMITS["steps"])
    rows = _within(f"{at}.batch_size", given.batch_size or 32, LIMITS["batch_size"])
    rate = given.learning_rate or 0.05
    if not 0 < rate <= 1:
        raise invalid(f"{at}.learning_rate", f"is {rate}; right would be above 0 and at most 1")
    loss = given.loss or next(iter(LOGIT_SCALE))
    if loss not in LOGIT_SCALE:
        raise invalid(f"{at}.loss", f"is {loss!r}; right would be one of {', '.join(LOGIT_SCALE)}")
    _refuse_unsupported(at, given, engine=given.engine, gradient=given.gradient)
    circuit = _circuit(at, given, given.qubits or 4, given.layers or 3, features)
    if len(given.observables) not in (0, classes):
        raise invalid(f"{at}.observables", f"are {len(given.observables)}; right would be {classes}, one for each class")
    if given.observables:
        observables = _observables(f"{at}.observables", list(given.observables), circuit.qubits)
    else:
        observables = _named(f"{at}.qubits", lambda: class_observables(circuit.qubits, classes))
    return Model(circuit, observables, loss), Schedule(steps, rows, rate, scored_steps)


def decode_circuit(request: qnn_sim_pb2.ExpectationRequest, gradient: str = "") -> tuple[Circuit, tuple[Any, ...]]:
    """The circuit and the observables of a request to execute. Raises INVALID_ARGUMENT."""
    given = request.circuit
    _refuse_unsupported("circuit", given, request, engine=request.engine, gradient=gradient)
    circuit = _circuit("circuit", given, given.qubits, given.layers, given.inputs)
    if not 1 <= len(request.observables) <= MOST_OBSERVABLES:
        raise invalid("observables", f"are {len(request.observables)}; right would be 1 to {MOST_OBSERVABLES}")
    return circuit, _observables("observables", list(request.observables), circuit.qubits)


def _circuit(at: str, given: Any, qubits: int, layers: int, inputs: int) -> Circuit:
    _within(f"{at}.qubits", qubits, LIMITS["qubits"])
    _within(f"{at}.layers", layers, LIMITS["layers"])
    if inputs > LIMITS["features"]:
        raise invalid(f"{at}.inputs", f"is {inputs}; right would be at most {LIMITS['features']}")
    try:
        return check_circuit(Circuit(qubits, layers, inputs, given.ansatz or "data-reuploading", given.encoding))
    except CircuitError as error:
        raise invalid(f"{at}.{error.setting}", error.message) from error


def _refuse_unsupported(at: str, given: Any, measured: Any = None, *, engine: str, gradient: str) -> None:
    """Refuses settings that are not offered; `measured` has shots, noise and precision where `given` has not."""
    measured = given if measured is None else measured
    where = at if measured is given else ""
    if engine not in ("", "auto", ENGINE):
        raise _unsupported(where, "engine", f"is {engine!r}; right would be auto or {ENGINE}")
    if gradient not in ("", "adjoint"):
        wrong = f"is {gradient!r}; right would be 'adjoint', since gradients are exact here"
        raise _unsupported(where, "gradient" if measured is given else "method", wrong)
    if measured.precision not in ("", "float64"):
        raise _unsupported(where, "precision", f"is {measured.precision!r}; right would be float64")
    if measured.shots > 0:
        raise _unsupported(where, "shots", f"is {measured.shots}; right would be 0: expectations are exact here")
    if measured.noise != circuit_noise_pb2.CircuitNoise(trajectories=measured.noise.trajectories):
        raise _unsupported(where, "noise", "is not offered; right would be none")
    if given.qasm:
        raise _unsupported(at, "qasm", "is not offered; right would be an encoding and an ansatz")
    for name in ("encoding_options", "ansatz_options"):
        for option in getattr(given, name):
            raise _unsupported(at, f"{name}.{option}", "is not offered; right would be no option")


def _unsupported(at: str, field: str, description: str) -> Refusal:
    return invalid(f"{at}.{field}" if at else field, description)


def _observables(field: str, texts: list[str], qubits: int) -> tuple[Any, ...]:
    return tuple(_named(f"{field}[{i}]", partial(parse_observable, text, qubits)) for i, text in enumerate(texts))


def _named(field: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ValueError as error:
        raise invalid(field, str(error)) from error


def _within(field: str, value: int, most: int) -> int:
    if not 1 <= value <= most:
        raise invalid(field, f"is {value}; right would be 1 to {most}")
    return value
