"""GeneratorService over gRPC: decodes requests, calls the mixture, encodes responses."""

import time
from collections.abc import Iterator

import grpc
import numpy as np

from numpy_generator import mixture, model_bytes
from numpy_generator.hyperparameters import SPACE, read_settings
from qloom.episode.v1 import capabilities_pb2, slots_pb2
from qloom.generator.v1 import generator_pb2 as pb
from qloom.generator.v1 import generator_pb2_grpc
from qloom.tensor.v1 import tensor_pb2
from qloom_service.byte_chunks import BytesReader, to_chunks
from qloom_service.parts import Part, read_parts
from qloom_service.points import PointsReader, to_messages
from qloom_service.refusals import Refusal, diverged, invalid

NAME, VERSION = "numpy-generator", "1.0.0"
"""The implementation. Every slot records it, and a model is sampled only by the implementation that fitted it: change the version
where old models would not fit."""
CONTRACT = "qloom.generator.v1.GeneratorService"
MOST_FEATURES, MOST_POINTS = 64, 100_000
LARGEST = float(np.finfo(np.float32).max)


class Generator(generator_pb2_grpc.GeneratorServiceServicer):
    """Serves fits and samples. It remembers nothing between calls: a model is its bytes."""

    def GetCapabilities(self, request: pb.GetCapabilitiesRequest, context: grpc.ServicerContext) -> pb.GetCapabilitiesResponse:
        """Name, limits and hyperparameters."""
        limits = {"features": MOST_FEATURES, "training_points": MOST_POINTS}
        return pb.GetCapabilitiesResponse(
            capabilities=capabilities_pb2.Capabilities(
                service=NAME,
                version=VERSION,
                engines=[capabilities_pb2.Engine(name="numpy", available=True, selected=True, reason="always there")],
                limits=[capabilities_pb2.Limit(name=name, maximum=maximum) for name, maximum in limits.items()],
                hyperparameters=SPACE,
            )
        )

    def Fit(self, requests: Iterator[pb.FitRequest], context: grpc.ServicerContext) -> Iterator[pb.FitResponse]:
        """Progress, then the model, last the summary. `identity` (study, episode, fold, attempt) must not matter."""
        started = time.monotonic()
        given: list[pb.FitSettings] = []
        training = PointsReader("training", MOST_POINTS, MOST_FEATURES)
        read_parts(
            requests,
            [
                Part("settings", "once", given.append),
                Part("training", "some", training.add),
                Part("resume", "any", _refuse_resume),
            ],
        )
        points, values = training.points(), read_settings(given[0].hyperparameters)
        settings = mixture.Settings(
            components=int(values["mixture.components"]),
            full=values["mixture.covariance"] == "full",
            shrinkage=float(values["mixture.shrinkage"]),
        )
        bounds = _bounds(given[0].data, points.x.shape[1])
        fitting = mixture.fit(points.x, points.y, points.classes, bounds, settings, given[0].seed)
        losses: list[tensor_pb2.NamedValue] = []
        while True:
            try:
                progress = next(fitting)
            except StopIteration as ended:
                model = model_bytes.pack(ended.value)
                break
            except mixture.NotFinite as error:
                raise diverged(str(error)) from error
            losses = [tensor_pb2.NamedValue(name="generator.negativeLogLikelihood", value=progress.loss)]
            yield pb.FitResponse(progress=pb.FitProgress(step=progress.iteration, total_steps=mixture.ITERATIONS, losses=losses))
        for chunk in to_chunks(model):
            yield pb.FitResponse(model=chunk)
        steps = mixture.ITERATIONS
        seconds = time.monotonic() - started
        yield pb.FitResponse(summary=pb.FitSummary(steps=steps, selected_step=steps, values=losses, seconds=seconds))

    def Sample(self, requests: Iterator[pb.SampleRequest], context: grpc.ServicerContext) -> Iterator[pb.SampleResponse]:
        """The points that were asked for, class by class, last the summary. There is no gate: `ungated` changes nothing."""
        given: list[pb.SampleSettings] = []
        data = BytesReader("model", model_bytes.MOST_BYTES)
        read_parts(requests, [Part("settings", "once", given.append), Part("model", "some", data.add)])
        model, counts = model_bytes.unpack(data.value()), given[0].class_counts
        classes = len(model.weights)
        if len(counts) > classes:
            raise invalid("settings.class_counts", f"has {len(counts)} counts; right would be one for each of {classes} classes")
        for label, count in enumerate(counts):
            if count > 0 and not model.weights[label].any():
                raise invalid("settings.class_counts", f"asks for class {label}, which had no training points; right would be 0")
        for label, count in enumerate(counts):
            for x in mixture.sample(model, label, count, given[0].seed):
                for points in to_messages(x, np.full(len(x), label), classes):
                    yield pb.SampleResponse(points=points)
        total = sum(counts)
        yield pb.SampleResponse(summary=pb.SampleSummary(count=total, drawn=total, acceptance=1))


def _refuse_resume(_: tensor_pb2.BytesChunk) -> None:
    """This generator sends no resumable checkpoints, so that none is its own; the client then fits from the start."""
    raise Refusal(grpc.StatusCode.FAILED_PRECONDITION, "resume: this generator has no checkpoints; fit without resume")


def _bounds(data: slots_pb2.DataDescription, features: int) -> np.ndarray:
    """The possible range of each feature, [2, features]: the data's, else what float32 can hold."""
    bounds = np.array([[-LARGEST], [LARGEST]]).repeat(features, axis=1)
    for row, (name, given) in enumerate((("lower_bounds", data.lower_bounds), ("upper_bounds", data.upper_bounds))):
        if len(given) not in (0, features):
            raise invalid(f"settings.data.{name}", f"has {len(given)} values; right would be {features} or none")
        if given:
            bounds[row] = given
    return bounds.clip(-LARGEST, LARGEST)
