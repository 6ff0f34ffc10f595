"""Against the agent that QLOOM_AGENT names."""

import os
import uuid
from datetime import UTC, datetime

import grpc
import numpy as np
import pytest

from qloom_client import Agent, Answer, Refused

pytestmark = pytest.mark.skipif("QLOOM_AGENT" not in os.environ, reason="QLOOM_AGENT names no agent")

FIELD = np.concatenate([np.linspace(-3, -1, 20), np.linspace(1, 3, 20)])
POOL = {"field": FIELD, "κ": np.ones(40) * 1e-30}


def agent(who="ann"):
    return Agent(os.environ["QLOOM_AGENT"], who=who)


@pytest.fixture
def campaign():
    with agent() as ann:
        yield ann.create_campaign(
            f"client-{uuid.uuid4()}", POOL, ["low", "high"], 8, batch=3, acquisition="core-set", qnn={"qubits": 2}
        )


def side(point):
    return "low" if point.features["field"] < 0 else "high"


def test_points_are_asked_and_told_until_the_budget_is_used(campaign):
    first = campaign.ask()
    assert len(first) == 3
    assert all(point.features["field"] in FIELD and point.features["κ"] == 1e-30 for point in first)
    assert campaign.pending() == first
    time = datetime(2026, 11, 30, 14, 5, tzinfo=UTC)
    found = {"measured_at": time, "backend": "cryostat 2", "job": "j-7", "shots": 64, "calibration": "monday", "margin": 0.5}
    assert campaign.tell({point.id: Answer(side(point), **found) for point in first}) == 3
    assert campaign.pending() == []
    rest = campaign.ask(100)
    assert len(rest) == 5
    campaign.tell({point.id: side(point) for point in rest})
    with pytest.raises(Refused, match="budget of 8") as refused:
        campaign.ask()
    assert refused.value.code is grpc.StatusCode.FAILED_PRECONDITION
    labels = campaign.labels()
    assert [(one.id, one.answer.label) for one in labels] == [(point.id, side(point)) for point in first + rest]
    assert labels[0].answer == Answer(side(first[0]), **found)
    assert labels[-1].answer.margin is None
    assert labels[-1].teller == "ann"
    assert campaign.state().labelled == 8


def test_answers_are_corrected_and_taken_back_as_often_as_is_right(campaign):
    [point, other] = campaign.ask(2)
    campaign.tell({point.id: "low"})
    assert campaign.tell({point.id: "low"}) == 0
    with pytest.raises(Refused, match="correction"):
        campaign.tell({point.id: "high"})
    for label in ("high", "low", "high", "low"):
        assert campaign.tell({point.id: label}, correct=True) == 1
        assert [one.answer.label for one in campaign.labels()] == [label]
    assert campaign.withdraw([point.id]) == 1
    assert campaign.exclude([other.id]) == 1
    assert campaign.labels() == []
    assert campaign.state().excluded == 1


def test_every_wrong_answer_is_named_and_none_is_taken(campaign):
    [point] = campaign.ask(1)
    with pytest.raises(Refused) as refused:
        campaign.tell({point.id: "low", "p99": "low", "x": "no class"})
    assert "p99" in str(refused.value)
    assert '"x"' in str(refused.value)
    assert campaign.labels() == []
    with pytest.raises(ValueError, match="time zone"):
        campaign.tell({point.id: Answer("low", datetime(2026, 1, 1))})


def test_people_share_a_campaign_by_its_name(campaign):
    mine = campaign.ask(2)
    with agent("bob") as bob:
        shared = bob.campaign(campaign.id)
        assert {point.id for point in shared.ask(2)}.isdisjoint(point.id for point in mine)
        with pytest.raises(Refused) as refused:
            bob.create_campaign(campaign.id, POOL, ["low", "high"], 9)
        assert refused.value.code is grpc.StatusCode.ALREADY_EXISTS
        with pytest.raises(Refused) as refused:
            bob.campaign("none-such")
        assert refused.value.code is grpc.StatusCode.NOT_FOUND


def test_labels_may_differ_in_price():
    costs = np.where(FIELD < 0, 1.0, 1e6)
    with agent() as ann:
        id = f"client-{uuid.uuid4()}"
        campaign = ann.create_campaign(id, POOL, ["low", "high"], 8, acquisition="core-set", random_share=0.0, costs=costs)
        assert [(side(point), point.cost) for point in campaign.ask(4)] == [("low", 1.0)] * 4
        with pytest.raises(Refused, match="costs"):
            ann.create_campaign(f"{id}-2", POOL, ["low", "high"], 8, costs=costs[1:])


def test_a_pool_is_columns_or_an_array():
    with agent() as ann:
        rows = np.arange(40.0).reshape(20, 2)
        campaign = ann.create_campaign(f"client-{uuid.uuid4()}", rows, ["a", "b"], 4, seed=7)
        assert list(campaign.state().feature_names) == ["x0", "x1"]
        assert campaign.state().settings.seed == 7
        for wrong in (np.zeros(3), {"a": [1.0, 2.0], "b": [1.0]}, {}):
            with pytest.raises(ValueError, match="pool"):
                ann.create_campaign("never", wrong, ["a", "b"], 4)
        with pytest.raises(Refused, match="budget"):
            ann.create_campaign("never", rows, ["a", "b"], 0)
