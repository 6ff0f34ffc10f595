import grpc
import pytest

from optuna_policy.service import Policy
from qloom.episode.v1 import hyperparameter_pb2
from qloom.policy.v1 import policy_pb2 as pb
from qloom.policy.v1 import policy_pb2_grpc
from qloom_service.serving import serving
from qloom_service.starting import check_life

RATE = hyperparameter_pb2.Hyperparameter(
    name="rate",
    kind=hyperparameter_pb2.HYPERPARAMETER_KIND_REAL,
    minimum=1e-4,
    maximum=0.1,
    scale=hyperparameter_pb2.HYPERPARAMETER_SCALE_LOG,
)
SETTINGS = pb.PolicySettings(name="tpe", space=[RATE], seed=3, episodes=8, batch_size=2, sobol_episodes=2)


@pytest.fixture
def stub():
    with serving(lambda server: policy_pb2_grpc.add_PolicyServiceServicer_to_server(Policy(), server)) as channel:
        yield policy_pb2_grpc.PolicyServiceStub(channel)


def observe(stub, proposals, reward=0.5, settings=SETTINGS):
    results = [pb.EpisodeResult(episode=i, hyperparameters=p.hyperparameters, rewarded=True, reward=reward) for i, p in proposals]
    return stub.Observe(pb.ObserveRequest(settings=settings, batch=0, results=results))


def propose(stub, state=b"", first=0, count=1, settings=SETTINGS):
    request = pb.ProposeRequest(settings=settings, state=state, batch=first // 2, first_episode=first, count=count)
    return list(stub.Propose(request).proposals)


def test_several_proposals_are_those_that_come_one_by_one(stub):
    observed = observe(stub, enumerate(propose(stub, count=2)))
    assert observed.updates == 1
    together = propose(stub, observed.state, first=2, count=2)
    assert [propose(stub, observed.state, first=i)[0] for i in (2, 3)] == together
    assert together[0] != together[1]


def test_an_update_is_counted_once_rewards_matter(stub):
    for name, sobol, updates in (("tpe", 2, 1), ("tpe", 3, 0), ("random", 2, 0)):
        settings = pb.PolicySettings(name=name, space=[RATE], seed=3, episodes=8, batch_size=2, sobol_episodes=sobol)
        proposals = propose(stub, count=2, settings=settings)
        assert observe(stub, enumerate(proposals), settings=settings).updates == updates


def test_wrong_requests_are_invalid_and_an_unknown_name_lists_the_known_ones(stub):
    proposals = propose(stub)
    calls = {
        "tpe, tpe-independent, random": lambda: propose(stub, settings=pb.PolicySettings(name="ppo", space=[RATE])),
        "at most 1024": lambda: propose(stub, count=2000),
        "a finite number": lambda: observe(stub, enumerate(proposals), reward=float("nan")),
        "a hyperparameter of settings.space": lambda: observe(stub, enumerate(proposals), settings=pb.PolicySettings()),
        "settings of a study": lambda: stub.Propose(pb.ProposeRequest(count=1)),
        "no checkpoint": lambda: propose(stub, b"of somebody else"),
    }
    for right, call in calls.items():
        with pytest.raises(grpc.RpcError) as caught:
            call()
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        assert right in caught.value.details()


def test_it_is_ready_on_its_address_and_ends_cleanly_on_sigterm(tmp_path):
    check_life("optuna_policy", f"{tmp_path}/s.sock")
