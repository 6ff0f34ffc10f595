"""Proposals: a study of Optuna is built from the history for every proposal, asked once, and forgotten."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
from optuna import distributions
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from optuna_policy.history import History, Result
from optuna_policy.search_space import Configuration, SearchSpace, number_of
from optuna_policy.unit_point import UnitPoint
from qloom_service.refusals import invalid

optuna.logging.set_verbosity(optuna.logging.WARNING)
# `multivariate` and `group` are called experimental; they are what models conditional hyperparameters jointly.
warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)

POLICIES: dict[str, Callable[[int, int], BaseSampler]] = {
    "tpe": lambda seed, first: TPESampler(seed=seed, n_startup_trials=first, multivariate=True, group=True),
    "tpe-independent": lambda seed, first: TPESampler(seed=seed, n_startup_trials=first),
    "random": lambda seed, _: RandomSampler(seed=seed),
}
"""Every policy by the name that study files use, the default first: a sampler for a seed and a number of first episodes."""


@dataclass(frozen=True)
class Settings:
    """Settings of a study that matter to a policy."""

    space: SearchSpace
    seed: int
    sobol_episodes: int
    """First episodes that are points of a Sobol sequence."""


def propose(settings: Settings, history: History, episode: int) -> tuple[Configuration, str]:
    """The configuration of an episode, and what chose it: `sobol`, `random` or `policy`.

    It depends on the settings, the history and the index of the episode alone. The agent asks for one episode at a time: the
    episodes of a batch have the same history and differ by their index.
    """
    if episode < settings.sobol_episodes:
        return settings.space.suggest(UnitPoint(settings.space.names(), settings.seed, episode)), "sobol"
    seed = int(np.random.SeedSequence([settings.seed, episode]).generate_state(1)[0])
    first = first_results(settings)
    study = optuna.create_study(direction="maximize", sampler=POLICIES[history.policy](seed, first))
    worst = min((result.reward for result in history.results if result.reward is not None), default=0.0)
    study.add_trials([past_trial(settings.space, result, worst) for result in history.results])
    return settings.space.suggest(study.ask()), "policy" if learns(settings, history) else "random"


def first_results(settings: Settings) -> int:
    """Results from which TPE learns; with fewer it draws at random."""
    return max(2, settings.sobol_episodes)


def learns(settings: Settings, history: History) -> bool:
    """Whether the next proposals depend on rewards."""
    return history.policy != "random" and len(history.results) >= first_results(settings)


def past_trial(space: SearchSpace, result: Result, worst: float) -> optuna.trial.FrozenTrial:
    """A result as a finished trial; a failed episode has the reward `worst`. Raises INVALID_ARGUMENT for a value out of range."""
    past = _PastTrial(result.configuration)
    try:
        if space.suggest(past).keys() != result.configuration.keys():
            raise ValueError("it has values of hyperparameters that are not active")
        reward = worst if result.reward is None else result.reward
        return optuna.trial.create_trial(params=past.params, distributions=past.distributions, value=reward)
    except (KeyError, ValueError) as error:
        wrong = f"is not in the space ({error})"
        raise invalid("hyperparameters", f"{wrong}; right would be one value in range for each active one") from error


class _PastTrial:
    """Replays a configuration through the search space, and so collects its parameters as Optuna has them."""

    def __init__(self, configuration: Configuration) -> None:
        self._given = configuration
        self.params: dict[str, Any] = {}
        self.distributions: dict[str, distributions.BaseDistribution] = {}

    def suggest_float(self, name: str, low: float, high: float, *, log: bool) -> float:
        return self._keep(name, distributions.FloatDistribution(low, high, log=log), self._given[name])

    def suggest_int(self, name: str, low: int, high: int, *, log: bool) -> int:
        return self._keep(name, distributions.IntDistribution(low, high, log=log), self._given[name])

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        value = self._given[name] if name in self._given else self._given[number_of(name)] == 0
        return self._keep(name, distributions.CategoricalDistribution(choices), value)

    def _keep(self, name: str, distribution: distributions.BaseDistribution, value: Any) -> Any:
        self.params[name], self.distributions[name] = value, distribution
        return value
