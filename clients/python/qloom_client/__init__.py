"""Client of a Qloom agent: campaigns, which choose the points to label next."""

from qloom_client.agent import Agent
from qloom_client.campaign import Answer, Campaign, LabelledPoint, Point
from qloom_client.errors import Refused

__all__ = ["Agent", "Answer", "Campaign", "LabelledPoint", "Point", "Refused"]
