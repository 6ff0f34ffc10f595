"""The search space of a study, as the suggestions that a trial of Optuna makes."""

from collections.abc import Sequence
from typing import Any, Protocol

from qloom.episode.v1 import hyperparameter_pb2 as pb
from qloom_service.refusals import invalid

Value = float | int | str
Configuration = dict[str, Value]
"""One value for each active hyperparameter, by name."""
CASES = {
    pb.HYPERPARAMETER_KIND_REAL: "real",
    pb.HYPERPARAMETER_KIND_INTEGER: "integer",
    pb.HYPERPARAMETER_KIND_CHOICE: "choice",
}


_IS_ZERO = " is 0"


class Suggests(Protocol):
    """What chooses values: optuna.Trial, a trial of the past, or a point of a Sobol sequence."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool) -> float:
        """Chooses a real number in [low, high]."""

    def suggest_int(self, name: str, low: int, high: int, *, log: bool) -> int:
        """Chooses an integer in [low, high]."""

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Chooses one of the choices."""


class SearchSpace:
    """The hyperparameters of a study. Raises INVALID_ARGUMENT where they contradict each other."""

    def __init__(self, space: Sequence[pb.Hyperparameter]) -> None:
        """Orders the space so that a hyperparameter comes after the one that its condition names."""
        self.offered = {parameter.name: parameter for parameter in space}
        if len(self.offered) != len(space):
            raise invalid("settings.space", "has a name twice; right would be each name once")
        for parameter in space:
            _require_range(parameter)
        self._ordered: list[pb.Hyperparameter] = []
        waiting = list(space)
        while waiting:
            known = {parameter.name for parameter in self._ordered}
            ready = [parameter for parameter in waiting if self._waits_for(parameter) <= known]
            if not ready:
                raise invalid("settings.space", f"has conditions in a circle: {', '.join(p.name for p in waiting)}")
            self._ordered += ready
            waiting = [parameter for parameter in waiting if parameter not in ready]

    def _waits_for(self, parameter: pb.Hyperparameter) -> set[str]:
        named = {parameter.condition.parameter} if parameter.HasField("condition") else set()
        return named & set(self.offered)

    def suggest(self, trial: Suggests) -> Configuration:
        """Asks for a value of each active hyperparameter. Those that are not active are not asked for and have none."""
        values: Configuration = {}
        for parameter in self._ordered:
            condition = parameter.condition
            if parameter.HasField("condition") and values.get(condition.parameter) not in condition.values:
                continue
            name = parameter.name
            low, high, log = parameter.minimum, parameter.maximum, parameter.scale == pb.HYPERPARAMETER_SCALE_LOG
            if parameter.kind == pb.HYPERPARAMETER_KIND_CHOICE:
                values[name] = trial.suggest_categorical(name, list(parameter.choices))
            elif parameter.zero_allowed and trial.suggest_categorical(zero_name(name), [False, True]):
                values[name] = 0 if parameter.kind == pb.HYPERPARAMETER_KIND_INTEGER else 0.0
            elif parameter.kind == pb.HYPERPARAMETER_KIND_INTEGER:
                values[name] = trial.suggest_int(name, int(low), int(high), log=log)
            else:
                values[name] = trial.suggest_float(name, low, high, log=log)
        return values

    def names(self) -> list[str]:
        """Every name that `suggest` may ask a trial for, in order."""
        return [
            name
            for parameter in self._ordered
            for name in ([zero_name(parameter.name)] if parameter.zero_allowed else []) + [parameter.name]
        ]

    def encode(self, values: Configuration) -> list[pb.HyperparameterSetting]:
        """Writes a configuration as settings, in the order of the space."""
        return [
            pb.HyperparameterSetting(name=name, value=pb.HyperparameterValue(**{CASES[parameter.kind]: values[name]}))
            for name, parameter in self.offered.items()
            if name in values
        ]

    def decode(self, settings: Sequence[pb.HyperparameterSetting], field: str) -> Configuration:
        """Reads settings. Raises INVALID_ARGUMENT for a name that is not in the space or a value of another kind."""
        values: Configuration = {}
        for setting in settings:
            parameter = self.offered.get(setting.name)
            case = setting.value.WhichOneof("value")
            if parameter is None or case != CASES[parameter.kind]:
                right = "a hyperparameter of settings.space" if parameter is None else CASES[parameter.kind]
                raise invalid(f"{field}.{setting.name}", f"is {case}; right would be {right}")
            values[setting.name] = getattr(setting.value, case)
        return values


def zero_name(name: str) -> str:
    """The name under which a trial chooses whether a number is 0 although its range begins above it."""
    return name + _IS_ZERO


def number_of(name: str) -> str:
    """The hyperparameter to which such a name belongs."""
    return name.removesuffix(_IS_ZERO)


def _require_range(parameter: pb.Hyperparameter) -> None:
    field, log = f"settings.space.{parameter.name}", parameter.scale == pb.HYPERPARAMETER_SCALE_LOG
    if parameter.kind not in CASES:
        raise invalid(f"{field}.kind", f"is {parameter.kind}; right would be REAL, INTEGER or CHOICE")
    if parameter.kind == pb.HYPERPARAMETER_KIND_CHOICE:
        if len(set(parameter.choices)) != max(1, len(parameter.choices)):
            raise invalid(f"{field}.choices", "are none or not distinct; right would be each choice once")
    elif not (parameter.minimum <= parameter.maximum and (parameter.minimum > 0 or not log)):
        given = f"is [{parameter.minimum}, {parameter.maximum}]"
        raise invalid(field, f"{given}; right would be a minimum of at most the maximum, above 0 on a log scale")
