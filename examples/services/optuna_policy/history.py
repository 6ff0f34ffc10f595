"""The policy's checkpoint: all results so far, as JSON. It is opaque to the agent, which sends it with every call."""

import json
from dataclasses import dataclass, replace

from optuna_policy.search_space import Configuration
from qloom_service.refusals import invalid

FORM = 1
"""Version of the form of the checkpoint."""


@dataclass(frozen=True)
class Result:
    """An episode that ended."""

    configuration: Configuration
    reward: float | None
    """None where the episode failed."""


@dataclass(frozen=True)
class History:
    """What the policy knows."""

    policy: str
    """Name of the policy whose checkpoint this is."""
    updates: int = 0
    """Batches observed that changed the policy."""
    results: tuple[Result, ...] = ()

    def observe(self, batch: list[Result]) -> "History":
        """The history with one more batch."""
        return replace(self, results=(*self.results, *batch))

    def updated(self) -> "History":
        """The history after one more update of the policy."""
        return replace(self, updates=self.updates + 1)

    def pack(self) -> bytes:
        """Writes the checkpoint: the same history gives the same bytes."""
        results = [[result.configuration, result.reward] for result in self.results]
        content = {"policy": self.policy, "form": FORM, "updates": self.updates, "results": results}
        return json.dumps(content, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()


def unpack(state: bytes, policy: str) -> History:
    """Reads a checkpoint; empty bytes are the start of a study. Raises INVALID_ARGUMENT for one of another policy or form."""
    if not state:
        return History(policy)
    try:
        content = json.loads(state)
        if (content["policy"], content["form"]) != (policy, FORM):
            raise ValueError(f"it is of {content['policy']} in form {content['form']}")
        results = tuple(Result(dict(configuration), reward) for configuration, reward in content["results"])
        return History(policy, int(content["updates"]), results)
    except (ValueError, KeyError, TypeError) as error:
        wrong = f"is no checkpoint of {policy} ({error})"
        raise invalid("state", f"{wrong}; right would be the state of the last Observe, or nothing") from error
