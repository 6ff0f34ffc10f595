"""A campaign: which points to label next, and the labels."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from qloom.agent.v1 import campaign_pb2 as pb

if TYPE_CHECKING:
    from qloom_client.agent import Agent


@dataclass(frozen=True)
class Point:
    """A point to label."""

    id: str
    """Such as "p17"."""
    features: dict[str, float]
    """By name, in the units of the pool."""
    chosen_by: str
    """The acquisition function, or "random" for one of the random share."""
    cost: float | None
    """Price of its label; None: all cost the same."""


@dataclass(frozen=True)
class Answer:
    """The label of a point, and how it was found."""

    label: str
    measured_at: datetime | None = None
    """With its time zone; None: when it is told."""
    backend: str = ""
    """Backend or instrument."""
    job: str = ""
    shots: int = 0
    """0: unknown."""
    calibration: str = ""
    """Identifier of the calibration that held."""
    margin: float | None = None
    """By how much the class was chosen, such as |⟨Z⟩| where it is its sign."""
    margin_error: float | None = None
    """Standard error of the margin."""


@dataclass(frozen=True)
class LabelledPoint(Point):
    """A point with its label."""

    answer: Answer
    teller: str
    """Who told it."""


class Campaign:
    """A campaign of an agent, as `Agent.campaign` and `Agent.create_campaign` give it."""

    def __init__(self, agent: Agent, id: str) -> None:
        self._agent = agent
        self.id = id

    def state(self) -> pb.Campaign:
        """Its settings, counts, rounds and advice, as the agent has them now."""
        request = pb.GetCampaignRequest(id=self.id)
        return self._agent.patiently(lambda: self._agent.campaigns.GetCampaign(request)).campaign

    def ask(self, count: int = 0) -> list[Point]:
        """
        Points to label next, which are yours until you tell their label or give them back; 0: as many as the campaign's batch.

        Raises Refused (FAILED_PRECONDITION) where the budget is used or handed out, or no point is left. Points of an ask whose
        program ended are in `pending`.
        """
        request = pb.AskRequest(id=self.id, who=self._agent.who, token=str(uuid.uuid4()), count=count)
        response = self._agent.patiently(lambda: self._agent.campaigns.Ask(request))
        return [_point(asked, response.campaign.feature_names) for asked in response.points]

    def pending(self) -> list[Point]:
        """The points that are with you and have no answer."""
        names = self.state().feature_names
        return [
            _point(point.asked, names)
            for point in self._points()
            if point.state == pb.POINT_STATE_PENDING and point.holder == self._agent.who
        ]

    def tell(self, labels: Mapping[str, str | Answer], *, correct: bool = False) -> int:
        """
        Tells labels by the id of their point: all are taken, or none. Returns how many changed something: what is told again
        changes nothing. `correct` replaces labels that are there. Raises Refused with every wrong answer.
        """
        return self._tell([_answer(point, label, correct) for point, label in labels.items()])

    def withdraw(self, points: Iterable[str], *, correct: bool = False) -> int:
        """Gives points back; `correct` takes their labels back as well."""
        return self._tell([pb.Answer(point=point, withdrawn=True, correction=correct) for point in points])

    def exclude(self, points: Iterable[str], *, correct: bool = False) -> int:
        """Says that points cannot be labelled: they are not asked for again."""
        return self._tell([pb.Answer(point=point, excluded=True, correction=correct) for point in points])

    def labels(self) -> list[LabelledPoint]:
        """All points with a label."""
        names = self.state().feature_names
        return [
            LabelledPoint(**vars(_point(point.asked, names)), answer=_told(point), teller=point.teller)
            for point in self._points()
            if point.state == pb.POINT_STATE_LABELLED
        ]

    def _points(self) -> list[pb.CampaignPoint]:
        request = pb.ListPointsRequest(id=self.id)
        return self._agent.patiently(lambda: [part.point for part in self._agent.campaigns.ListPoints(request)])

    def _tell(self, answers: list[pb.Answer]) -> int:
        if not answers:
            return 0
        # Another token each time: the same answers may be told again after others, as a correction of a correction.
        request = pb.TellRequest(id=self.id, who=self._agent.who, token=str(uuid.uuid4()), answers=answers)
        return self._agent.patiently(lambda: self._agent.campaigns.Tell(request)).changed


def _point(asked: pb.AskedPoint, names: Iterable[str]) -> Point:
    cost = asked.cost if asked.HasField("cost") else None
    return Point(asked.point, dict(zip(names, asked.features, strict=True)), asked.chosen_by, cost)


def _answer(point: str, label: str | Answer, correct: bool) -> pb.Answer:
    answer = Answer(label) if isinstance(label, str) else label
    provenance = pb.Provenance(
        backend=answer.backend,
        job=answer.job,
        shots=answer.shots,
        calibration=answer.calibration,
        margin=answer.margin,
        margin_error=answer.margin_error,
    )
    if answer.measured_at is not None:
        if answer.measured_at.tzinfo is None:
            raise ValueError(f"{point}: measured_at has no time zone; right would be one, such as datetime.now(UTC)")
        time = Timestamp()
        time.FromDatetime(answer.measured_at)
        provenance.measured_at.CopyFrom(time)
    return pb.Answer(point=point, label=answer.label, correction=correct, provenance=provenance)


def _told(point: pb.CampaignPoint) -> Answer:
    known = point.provenance
    time = known.measured_at.ToDatetime().astimezone() if known.HasField("measured_at") else None
    return Answer(
        label=point.label,
        measured_at=time,
        backend=known.backend,
        job=known.job,
        shots=known.shots,
        calibration=known.calibration,
        margin=known.margin if known.HasField("margin") else None,
        margin_error=known.margin_error if known.HasField("margin_error") else None,
    )
