import grpc
import numpy as np
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from pennylane_qnn_sim.service import QnnSimulator
from qloom.episode.v1 import circuit_noise_pb2, slots_pb2
from qloom.qnn_sim.v1 import qnn_sim_pb2 as pb
from qloom.qnn_sim.v1 import qnn_sim_pb2_grpc
from qloom.tensor.v1 import tensor_pb2
from qloom_service.points import encode_tensor, to_messages
from qloom_service.serving import serving
from qloom_service.starting import check_life

QNN = {"qubits": 2, "layers": 1, "steps": 3, "batch_size": 8}


@pytest.fixture
def stub():
    with serving(lambda server: qnn_sim_pb2_grpc.add_QnnSimulatorServiceServicer_to_server(QnnSimulator(), server)) as channel:
        yield qnn_sim_pb2_grpc.QnnSimulatorServiceStub(channel)


def evaluate(stub, qnn=None, **settings):
    random = np.random.default_rng(1)

    def parts():
        given = {"fold": 2, "seeds": [4, 7], "qnn": slots_pb2.QnnSettings(**{**QNN, **(qnn or {})}), **settings}
        yield pb.EvaluateRequest(settings=pb.EvaluateSettings(**given))
        for name, count in (("training", 12), ("synthetic", 6), ("held_out", 9)):
            (points,) = to_messages(random.standard_normal((count, 2)), np.arange(count) % 2, 2)
            yield pb.EvaluateRequest(**{name: points})

    return stub.Evaluate(parts()).report


def fields_of(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT, caught.value
    details = error_details_pb2.BadRequest()
    rpc_status.from_call(caught.value).details[0].Unpack(details)
    return [violation.field for violation in details.field_violations]


def without_times(report):
    for run in report.runs:
        run.seconds = 0
    return report


def test_a_report_has_a_run_for_each_arm_and_seed_that_depends_on_no_other(stub):
    both = without_times(evaluate(stub, parameters=True, probabilities=True))
    assert [(run.arm, run.seed) for run in both.runs] == [(1, 4), (1, 7), (2, 4), (2, 7)]
    alone = without_times(evaluate(stub, parameters=True, probabilities=True, arms=[2], seeds=[7]))
    assert alone.runs[0] == both.runs[3]
    assert list(alone.runs[0].probabilities.shape) == [9, 2]


@pytest.mark.parametrize(
    ("qnn", "field"),
    [
        ({"ansatz": "qcnn"}, "settings.qnn.ansatz"),
        ({"encoding": "amplitude"}, "settings.qnn.encoding"),
        ({"ansatz_options": {"entangler": "cz"}}, "settings.qnn.ansatz_options.entangler"),
        ({"engine": "wasm"}, "settings.qnn.engine"),
        ({"shots": 100}, "settings.qnn.shots"),
        ({"noise": circuit_noise_pb2.CircuitNoise(depolarizing=0.1)}, "settings.qnn.noise"),
        ({"gradient": "parameter-shift"}, "settings.qnn.gradient"),
        ({"precision": "float32"}, "settings.qnn.precision"),
        ({"qasm": "OPENQASM 3;"}, "settings.qnn.qasm"),
        ({"observables": ["Z0"]}, "settings.qnn.observables"),
        ({"observables": ["Z0", "Q1"]}, "settings.qnn.observables[1]"),
        ({"qubits": 11}, "settings.qnn.qubits"),
        ({"loss": "hinge"}, "settings.qnn.loss"),
    ],
)
def test_what_is_not_offered_is_refused_by_the_name_of_its_setting(stub, qnn, field):
    assert fields_of(lambda: evaluate(stub, qnn)) == [field]


def test_options_of_an_evaluation_that_do_not_fit_are_refused(stub):
    tensor = encode_tensor(np.zeros(5), tensor_pb2.DTYPE_FLOAT64)
    assert fields_of(lambda: evaluate(stub, scored_steps=[2, 4])) == ["settings.scored_steps"]
    assert fields_of(lambda: evaluate(stub, initial_parameters=[tensor])) == ["settings.initial_parameters"]
    assert fields_of(lambda: evaluate(stub, initial_parameters=[tensor] * 2)) == ["settings.initial_parameters[0]"]
    assert fields_of(lambda: evaluate(stub, seeds=[1, 1])) == ["settings.seeds"]


def test_a_call_that_is_not_offered_is_unimplemented(stub):
    with pytest.raises(grpc.RpcError) as caught:
        stub.Measure(pb.MeasureRequest())
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_it_is_ready_on_its_address_and_ends_cleanly_on_sigterm(tmp_path):
    check_life("pennylane_qnn_sim", f"{tmp_path}/s.sock")
