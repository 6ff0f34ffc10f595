import hashlib

import grpc
import numpy as np
import pytest

from numpy_generator.service import Generator
from qloom.episode.v1 import hyperparameter_pb2, slots_pb2
from qloom.generator.v1 import generator_pb2 as pb
from qloom.generator.v1 import generator_pb2_grpc
from qloom.tensor.v1 import tensor_pb2
from qloom_service.byte_chunks import to_chunks
from qloom_service.points import to_messages
from qloom_service.serving import serving
from qloom_service.starting import check_life

COMPONENTS = hyperparameter_pb2.HyperparameterSetting(
    name="mixture.components", value=hyperparameter_pb2.HyperparameterValue(integer=2)
)
FOREIGN = hyperparameter_pb2.HyperparameterSetting(name="vae.width", value=hyperparameter_pb2.HyperparameterValue(integer=9))


@pytest.fixture
def stub():
    with serving(lambda server: generator_pb2_grpc.add_GeneratorServiceServicer_to_server(Generator(), server)) as channel:
        yield generator_pb2_grpc.GeneratorServiceStub(channel)


def requests(rows_per_message=40, **settings):
    random = np.random.default_rng(1)
    y = np.arange(40) % 2
    x = random.standard_normal((40, 3)) + y[:, None]
    yield pb.FitRequest(settings=pb.FitSettings(**{"seed": 7, **settings}))
    for at in range(0, 40, rows_per_message):
        rows = slice(at, at + rows_per_message)
        for message in to_messages(x[rows], y[rows], 2):
            yield pb.FitRequest(training=message)


def fit(stub, **changes):
    parts = list(stub.Fit(requests(**changes)))
    assert parts[-1].WhichOneof("part") == "summary"
    return b"".join(part.model.data for part in parts if part.WhichOneof("part") == "model")


def sample(stub, model, counts, seed=3):
    def ask():
        yield pb.SampleRequest(settings=pb.SampleSettings(seed=seed, class_counts=counts))
        for chunk in to_chunks(model):
            yield pb.SampleRequest(model=chunk)

    *points, last = stub.Sample(ask())
    return [part.points for part in points], last.summary


def code_of(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code().name


def test_a_model_is_sampled_with_the_class_counts_that_were_asked_for(stub):
    points, summary = sample(stub, fit(stub, hyperparameters=[COMPONENTS]), [3, 500])
    labels = np.concatenate([np.frombuffer(part.y.data, "<i4") for part in points])
    assert np.bincount(labels).tolist() == [3, 500] and (np.diff(labels) >= 0).all()
    assert summary.count == 503


def test_another_replica_samples_a_model_alike(stub):
    model = fit(stub)
    with serving(lambda server: generator_pb2_grpc.add_GeneratorServiceServicer_to_server(Generator(), server)) as channel:
        other = generator_pb2_grpc.GeneratorServiceStub(channel)
        assert sample(other, model, [5, 5]) == sample(stub, model, [5, 5])


@pytest.mark.parametrize(
    "changes",
    [
        {"identity": pb.FitIdentity(study="another", episode=9, fold=4, attempt=12)},
        {"hyperparameters": [FOREIGN]},
        {"rows_per_message": 7},
    ],
)
def test_neither_the_attempt_nor_the_study_nor_foreign_settings_nor_the_size_of_messages_matter(stub, changes):
    assert fit(stub, **changes) == fit(stub)


def test_all_training_messages_count(stub):
    first = list(requests(rows_per_message=20))
    assert len({hashlib.sha256(fit_of(stub, parts)).digest() for parts in (first, first[:2], [first[0], first[2]])}) == 3


def fit_of(stub, parts):
    return b"".join(part.model.data for part in stub.Fit(iter(parts)) if part.WhichOneof("part") == "model")


def test_wrong_requests_are_invalid(stub):
    model = fit(stub)
    wide = hyperparameter_pb2.HyperparameterSetting(
        name="mixture.components", value=hyperparameter_pb2.HyperparameterValue(integer=5)
    )
    short = slots_pb2.DataDescription(lower_bounds=[0.0])
    for call in (
        lambda: fit(stub, hyperparameters=[wide]),
        lambda: fit(stub, data=short),
        lambda: sample(stub, model, [1, 1, 1]),
        lambda: sample(stub, b"no model", [1]),
        lambda: sample(stub, model[:-200], [1, 1]),
    ):
        assert code_of(call) == "INVALID_ARGUMENT"


def test_a_checkpoint_in_resume_is_refused_so_that_the_client_starts_anew(stub):
    parts = [*requests(), pb.FitRequest(resume=tensor_pb2.BytesChunk(data=b"of somebody else", total=16))]
    assert code_of(lambda: list(stub.Fit(iter(parts)))) == "FAILED_PRECONDITION"


def test_it_is_ready_on_its_address_and_ends_cleanly_on_sigterm(tmp_path):
    check_life("numpy_generator", f"{tmp_path}/s.sock")
