import math

import numpy as np
import pytest

from optuna_policy.history import History, Result, unpack
from optuna_policy.propose import POLICIES, Settings, past_trial, propose
from optuna_policy.search_space import SearchSpace
from qloom.episode.v1 import hyperparameter_pb2 as pb
from qloom_service.refusals import Refusal

LOG, REAL, INTEGER, CHOICE = (
    pb.HYPERPARAMETER_SCALE_LOG,
    pb.HYPERPARAMETER_KIND_REAL,
    pb.HYPERPARAMETER_KIND_INTEGER,
    pb.HYPERPARAMETER_KIND_CHOICE,
)


def condition(parameter, *values):
    return pb.HyperparameterCondition(parameter=parameter, values=values)


# A condition comes before what it names, and a second one depends on the first.
PARAMETERS = [
    pb.Hyperparameter(name="depth", kind=INTEGER, minimum=1, maximum=3, condition=condition("shape", "round")),
    pb.Hyperparameter(name="width", kind=INTEGER, minimum=2, maximum=64, scale=LOG, condition=condition("method", "deep")),
    pb.Hyperparameter(name="shape", kind=CHOICE, choices=["flat", "round"], condition=condition("method", "deep")),
    pb.Hyperparameter(name="method", kind=CHOICE, choices=["deep", "shallow"]),
    pb.Hyperparameter(name="rate", kind=REAL, minimum=1e-4, maximum=0.1, scale=LOG),
    pb.Hyperparameter(name="share", kind=REAL, minimum=0.5, maximum=2, scale=LOG, zero_allowed=True),
]
SPACE = SearchSpace(PARAMETERS)


def reward_of(configuration):
    """Best with method deep, shape round and a rate of 0.01."""
    good = (configuration["method"] == "deep") + (configuration.get("shape") == "round")
    return good - abs(math.log10(configuration["rate"]) + 2)


def play(policy="tpe", episodes=40, seed=1, sobol=8, batch=4):
    """All configurations of a study, in batches that each know the results of those before."""
    history = History(policy)
    settings = Settings(SPACE, seed, sobol)
    for first in range(0, episodes, batch):
        proposals = [propose(settings, history, episode)[0] for episode in range(first, first + batch)]
        history = history.observe([Result(proposal, reward_of(proposal)) for proposal in proposals])
    return history


@pytest.mark.parametrize("policy", POLICIES)
def test_a_configuration_has_one_value_in_range_for_each_active_hyperparameter_and_no_others(policy):
    for configuration in (result.configuration for result in play(policy, episodes=24).results):
        active = {"method", "rate", "share"}
        active |= {"width", "shape"} if configuration["method"] == "deep" else set()
        active |= {"depth"} if configuration.get("shape") == "round" else set()
        assert configuration.keys() == active
        assert 1e-4 <= configuration["rate"] <= 0.1
        assert configuration["share"] == 0 or 0.5 <= configuration["share"] <= 2
        assert SPACE.decode(SPACE.encode(configuration), "it") == configuration


def test_every_value_of_the_space_is_proposed_also_by_the_sobol_sequence():
    proposals = [propose(Settings(SPACE, 3, 64), History("tpe"), episode) for episode in range(64)]
    assert {origin for _, origin in proposals} == {"sobol"}
    configurations = [configuration for configuration, _ in proposals]
    assert {configuration.get("depth") for configuration in configurations} == {None, 1, 2, 3}
    assert {configuration["share"] == 0 for configuration in configurations} == {True, False}
    # The logarithms of 64 points of the sequence are spread evenly: in each quarter of the range a quarter, within one.
    quarters = np.floor([4 * (math.log10(configuration["rate"]) + 4) / 3 for configuration in configurations])
    assert np.abs(np.bincount(quarters.astype(int), minlength=4) - 16).max() <= 1


def test_tpe_concentrates_on_what_was_rewarded():
    history = play("tpe", episodes=60)
    late = [result.reward for result in history.results[40:]]
    uniform = [result.reward for result in play("random", episodes=200).results]
    # Four standard errors above the mean of uniform configurations.
    assert np.mean(late) > np.mean(uniform) + 4 * np.std(uniform) / math.sqrt(len(late))


def test_a_study_is_a_function_of_its_seed():
    first = play(episodes=16)
    assert play(episodes=16) == first
    assert play(episodes=16, seed=2) != first


def test_another_replica_continues_from_the_bytes_of_the_checkpoint():
    history, settings = play(episodes=16), Settings(SPACE, 1, 8)
    read = unpack(history.pack(), "tpe")
    assert read == history and read.pack() == history.pack()
    assert propose(settings, read, 17) == propose(settings, history, 17)


def test_the_episodes_of_a_batch_differ_though_each_is_asked_for_alone():
    history, settings = play(episodes=16), Settings(SPACE, 1, 8)
    batch = [propose(settings, history, episode)[0] for episode in range(16, 24)]
    assert len({configuration["rate"] for configuration in batch}) == 8


def test_a_failed_episode_counts_as_the_worst_reward():
    history = History("tpe").observe([Result({"method": "shallow", "rate": 0.01, "share": 0.0}, None)])
    assert past_trial(SPACE, history.results[0], worst=-2.5).value == -2.5
    assert propose(Settings(SPACE, 1, 0), history, 1)[1] == "random"


@pytest.mark.parametrize(
    "configuration",
    [
        {"method": "shallow", "rate": 0.2, "share": 1.0},
        {"method": "other", "rate": 0.01, "share": 1.0},
        {"method": "shallow", "share": 1.0},
        {"method": "shallow", "rate": 0.01, "share": 1.0, "width": 8},
    ],
)
def test_results_outside_the_space_are_refused(configuration):
    with pytest.raises(Refusal, match="not in the space"):
        past_trial(SPACE, Result(configuration, 0.0), worst=0.0)


@pytest.mark.parametrize("state", [b"{}", b"not JSON", History("random").pack(), b'{"policy":"tpe","form":0}'])
def test_a_checkpoint_of_something_else_is_refused(state):
    with pytest.raises(Refusal, match="no checkpoint of tpe"):
        unpack(state, "tpe")


@pytest.mark.parametrize(
    "space",
    [
        [PARAMETERS[3], PARAMETERS[3]],
        [pb.Hyperparameter(name="rate", kind=REAL, minimum=0, maximum=1, scale=LOG)],
        [pb.Hyperparameter(name="method", kind=CHOICE)],
        [
            pb.Hyperparameter(name="a", kind=CHOICE, choices=["x"], condition=condition("b", "x")),
            pb.Hyperparameter(name="b", kind=CHOICE, choices=["x"], condition=condition("a", "x")),
        ],
    ],
)
def test_a_space_that_contradicts_itself_is_refused(space):
    with pytest.raises(Refusal):
        SearchSpace(space)
