"""Evaluate: reads settings and points, trains every arm with every seed, and encodes the report."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pennylane_qnn_sim.circuit import parameter_count
from pennylane_qnn_sim.settings import ENGINE, LIMITS, decode_qnn
from pennylane_qnn_sim.training import Diverged, Encoded, Model, Schedule, Trained, standardize, train
from qloom.episode.v1 import slots_pb2
from qloom.qnn_sim.v1 import qnn_sim_pb2 as pb
from qloom.tensor.v1 import tensor_pb2
from qloom_service.parts import Part, read_parts
from qloom_service.points import Points, PointsReader, decode_tensor, encode_tensor
from qloom_service.refusals import diverged, invalid

REAL, AUGMENTED, SYNTHETIC = slots_pb2.QNN_ARM_REAL_ONLY, slots_pb2.QNN_ARM_AUGMENTED, slots_pb2.QNN_ARM_SYNTHETIC_ONLY
MOST_SCORED_STEPS = 1000
MOST_PROBABILITY_BYTES = 1 << 20


@dataclass(frozen=True)
class Evaluation:
    """A request, decoded."""

    settings: pb.EvaluateSettings
    model: Model
    schedule: Schedule
    arms: dict[int, Encoded]
    """The points of each arm to train."""
    held_out: Encoded


def read_evaluation(requests: Iterator[pb.EvaluateRequest]) -> Evaluation:
    """Reads a stream to its end. Raises INVALID_ARGUMENT."""
    given: list[pb.EvaluateSettings] = []
    readers = {name: PointsReader(name, LIMITS["points"], LIMITS["features"]) for name in ("training", "synthetic", "held_out")}
    read_parts(
        requests,
        [
            Part("settings", "once", given.append),
            Part("training", "some", readers["training"].add),
            Part("synthetic", "any", readers["synthetic"].add),
            Part("held_out", "some", readers["held_out"].add),
        ],
    )
    settings, training, held_out = given[0], readers["training"].points(), readers["held_out"].points()
    synthetic = readers["synthetic"].points() if readers["synthetic"].classes > 0 else None
    for name, points in (("synthetic", synthetic), ("held_out", held_out)):
        if points is not None and (points.x.shape[1], points.classes) != (training.x.shape[1], training.classes):
            raise invalid(name, "has other features or classes than training; right would be the same")
    if len(np.unique(training.y)) < 2:
        raise invalid("training.y", "has a single class; right would be at least two")
    total = 4 * sum(points.x.size for points in (training, held_out, synthetic) if points is not None)
    if total > LIMITS["point_bytes"]:
        raise invalid("training", f"and the other points have {total} bytes; right would be at most {LIMITS['point_bytes']}")
    features, classes = training.x.shape[1], training.classes
    model, schedule = decode_qnn(settings.qnn, features, classes, tuple(settings.scored_steps))
    _check_options(settings, model, schedule)
    arms, held = _encode(training, synthetic, held_out)
    wanted = list(settings.arms) or [arm for arm in (REAL, AUGMENTED) if arm in arms]
    for i, arm in enumerate(wanted):
        if arm not in arms or wanted.index(arm) != i:
            right = "arms without synthetic points" if synthetic is None else "each of the arms 1, 2, 3 once"
            raise invalid(f"settings.arms[{i}]", f"is {arm}; right would be {right}")
    return Evaluation(settings, model, schedule, {arm: arms[arm] for arm in wanted}, held)


def report(evaluation: Evaluation, go_on: Callable[[], bool]) -> slots_pb2.UtilityReport:
    """Trains every arm with every seed. Raises OUT_OF_RANGE where a training diverges, InterruptedError after a cancellation."""
    settings, runs = evaluation.settings, []
    starts = [_parameters(tensor, i, evaluation.model) for i, tensor in enumerate(settings.initial_parameters)]
    for arm, points in evaluation.arms.items():
        for i, seed in enumerate(settings.seeds):
            began = time.monotonic()
            start = starts[i] if starts else None
            try:
                trained = train(evaluation.model, evaluation.schedule, points, evaluation.held_out, seed, start, go_on)
            except Diverged as error:
                raise diverged(f"{slots_pb2.QnnArm.Name(arm)}, seed {seed}: {error}") from error
            runs.append(_run(evaluation, arm, seed, trained, time.monotonic() - began))
    if sum(len(run.probabilities.data) for run in runs) > MOST_PROBABILITY_BYTES:
        for run in runs:
            run.ClearField("probabilities")
    return slots_pb2.UtilityReport(fold=settings.fold, runs=runs, engine=ENGINE)


def _run(evaluation: Evaluation, arm: int, seed: int, trained: Trained, seconds: float) -> slots_pb2.QnnRun:
    settings, schedule, result = evaluation.settings, evaluation.schedule, trained.score
    tail = max(1, schedule.steps // 10)
    run = slots_pb2.QnnRun(
        arm=arm,
        seed=seed,
        loss=float(result.losses.mean(dtype=np.float64)),
        accuracy=result.accuracy,
        losses=encode_tensor(result.losses, tensor_pb2.DTYPE_FLOAT32),
        predictions=encode_tensor(result.predictions, tensor_pb2.DTYPE_INT32),
        training_loss=float(trained.step_losses[-tail:].mean()),
        training_losses=trained.curve(),
        gradient_steps=schedule.steps,
        # A forward and a backward pass count one each.
        circuit_executions=2 * schedule.steps * schedule.rows + len(result.losses) * (1 + len(schedule.scored_steps)),
        seconds=seconds,
        scored_accuracies=trained.scored_accuracies,
    )
    if settings.probabilities:
        run.probabilities.CopyFrom(encode_tensor(result.probabilities, tensor_pb2.DTYPE_FLOAT32))
    if settings.parameters:
        run.parameters.CopyFrom(encode_tensor(trained.parameters, tensor_pb2.DTYPE_FLOAT64))
    return run


def _encode(training: Points, synthetic: Points | None, held_out: Points) -> tuple[dict[int, Encoded], Encoded]:
    """The points of every arm and the held-out ones, all standardized by the real training points."""
    added = training.x[:0] if synthetic is None else synthetic.x
    real, more, held = standardize(training.x, added, held_out.x)
    arms = {REAL: Encoded(real, training.y)}
    if synthetic is not None:
        arms[AUGMENTED] = Encoded(np.concatenate([real, more]), np.concatenate([training.y, synthetic.y]))
        arms[SYNTHETIC] = Encoded(more, synthetic.y)
    return arms, Encoded(held, held_out.y)


def _check_options(settings: pb.EvaluateSettings, model: Model, schedule: Schedule) -> None:
    if len(settings.seeds) == 0 or len(set(settings.seeds)) < len(settings.seeds):
        raise invalid("settings.seeds", f"are {list(settings.seeds)}; right would be at least one, each once")
    scored = schedule.scored_steps
    rising = all(a < b for a, b in pairwise(scored))
    if len(scored) > MOST_SCORED_STEPS or not rising or (scored and scored[-1] > schedule.steps):
        right = f"at most {MOST_SCORED_STEPS} rising numbers up to {schedule.steps}"
        raise invalid("settings.scored_steps", f"are not; right would be {right}")
    if len(settings.initial_parameters) not in (0, len(settings.seeds)):
        wrong = f"are {len(settings.initial_parameters)} tensors"
        raise invalid("settings.initial_parameters", f"{wrong}; right would be one for each of {len(settings.seeds)} seeds")


def _parameters(tensor: tensor_pb2.Tensor, index: int, model: Model) -> np.ndarray:
    field = f"settings.initial_parameters[{index}]"
    values, count = decode_tensor(tensor, field, tensor_pb2.DTYPE_FLOAT64), parameter_count(model.circuit)
    if values.shape != (count,):
        raise invalid(field, f"has the shape {list(values.shape)}; right would be [{count}], the circuit's parameters")
    return values
