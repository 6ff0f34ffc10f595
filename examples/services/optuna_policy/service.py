"""PolicyService over gRPC: decodes requests, asks Optuna, encodes responses."""

import math

import grpc

from optuna_policy import history
from optuna_policy.propose import POLICIES, Settings, learns, past_trial, propose
from optuna_policy.search_space import SearchSpace
from qloom.policy.v1 import policy_pb2 as pb
from qloom.policy.v1 import policy_pb2_grpc
from qloom_service.refusals import invalid

CONTRACT = "qloom.policy.v1.PolicyService"
MOST_PARAMETERS, MOST_PROPOSALS, MOST_EPISODES = 256, 1024, 100_000


class Policy(policy_pb2_grpc.PolicyServiceServicer):
    """Serves proposals. It remembers nothing between calls: all results are in the checkpoint that the request brings."""

    def Propose(self, request: pb.ProposeRequest, context: grpc.ServicerContext) -> pb.ProposeResponse:
        """One proposal for each episode from `first_episode`. A study asks for one at a time (`count` is 1)."""
        name, settings = _settings(request)
        if request.count > MOST_PROPOSALS:
            raise invalid("count", f"is {request.count}; right would be at most {MOST_PROPOSALS}")
        if request.first_episode >= MOST_EPISODES:
            raise invalid("first_episode", f"is {request.first_episode}; right would be below {MOST_EPISODES}")
        known = history.unpack(request.state, name)
        proposals = []
        for episode in range(request.first_episode, request.first_episode + request.count):
            configuration, origin = propose(settings, known, episode)
            hyperparameters = settings.space.encode(configuration)
            proposals.append(pb.Proposal(hyperparameters=hyperparameters, origin=origin))
        return pb.ProposeResponse(proposals=proposals)

    def Observe(self, request: pb.ObserveRequest, context: grpc.ServicerContext) -> pb.ObserveResponse:
        """The checkpoint with the results of one more batch."""
        name, settings = _settings(request)
        results = [_result(settings.space, result, f"results[{i}]") for i, result in enumerate(request.results)]
        known = history.unpack(request.state, name).observe(results)
        if learns(settings, known):
            known = known.updated()
        return pb.ObserveResponse(state=known.pack(), updates=known.updates)


def _settings(request: pb.ProposeRequest | pb.ObserveRequest) -> tuple[str, Settings]:
    if not request.HasField("settings"):
        raise invalid("settings", "is not set; right would be the settings of a study")
    given = request.settings
    name = given.name or next(iter(POLICIES))
    if name not in POLICIES:
        raise invalid("settings.name", f"is {name!r}; right would be one of {', '.join(POLICIES)}")
    if len(given.space) > MOST_PARAMETERS:
        raise invalid("settings.space", f"has {len(given.space)} hyperparameters; right would be at most {MOST_PARAMETERS}")
    return name, Settings(SearchSpace(given.space), given.seed, given.sobol_episodes)


def _result(space: SearchSpace, given: pb.EpisodeResult, field: str) -> history.Result:
    if given.rewarded and not math.isfinite(given.reward):
        raise invalid(f"{field}.reward", f"is {given.reward}; right would be a finite number")
    configuration = space.decode(given.hyperparameters, f"{field}.hyperparameters")
    result = history.Result(configuration, given.reward if given.rewarded else None)
    past_trial(space, result, worst=0.0)  # refuses what no later proposal could learn from
    return result
