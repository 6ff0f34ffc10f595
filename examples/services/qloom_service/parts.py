"""Streams of requests: parts in the order of the contract."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from qloom_service.refusals import invalid


@dataclass(frozen=True)
class Part:
    """A part of a stream: its name in `oneof part`, how often it comes, and what takes its values."""

    name: str
    times: Literal["once", "some", "any"]
    take: Callable[[Any], None]


def read_parts(requests: Iterable[Any], order: Sequence[Part]) -> None:
    """Reads a stream to its end. Raises INVALID_ARGUMENT for a part that is missing, out of order, twice, or not set."""
    names = [part.name for part in order]
    came = dict.fromkeys(names, 0)
    at = 0
    for request in requests:
        name = request.WhichOneof("part")
        if name is None:
            raise invalid("part", f"is not set; right would be one of {', '.join(names)}")
        if name not in came:
            raise invalid(name, f"is not read here; right would be one of {', '.join(names)}")
        position = names.index(name)
        if position < at:
            raise invalid(name, f"came after {names[at]}; right would be the order {', '.join(names)}")
        for skipped in order[at:position]:
            _require(skipped, came)
        at = position
        came[name] += 1
        if order[at].times == "once" and came[name] > 1:
            raise invalid(name, "came twice; right would be once")
        order[at].take(getattr(request, name))
    for part in order:
        _require(part, came)


def _require(part: Part, came: dict[str, int]) -> None:
    if part.times != "any" and came[part.name] == 0:
        raise invalid(part.name, "is missing; right would be to send it before what follows")
