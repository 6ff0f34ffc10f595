"""The hyperparameters that this generator offers. The agent tunes them; nothing else in Qloom needs to know their names."""

from collections.abc import Iterable

from qloom.episode.v1 import hyperparameter_pb2 as pb
from qloom_service.refusals import invalid

SPACE = (
    # Read by the callers of Sample, which compute class_counts from it. 0 adds nothing.
    pb.Hyperparameter(
        name="synthRatio",
        description="Synthetic points per real point; 0 adds none.",
        kind=pb.HYPERPARAMETER_KIND_REAL,
        minimum=0.25,
        maximum=8,
        scale=pb.HYPERPARAMETER_SCALE_LOG,
        zero_allowed=True,
        default_value=pb.HyperparameterValue(real=2),
    ),
    pb.Hyperparameter(
        name="mixture.covariance",
        description="Whether features of a component are correlated.",
        kind=pb.HYPERPARAMETER_KIND_CHOICE,
        choices=["full", "diagonal"],
        default_value=pb.HyperparameterValue(choice="full"),
    ),
    pb.Hyperparameter(
        name="mixture.components",
        description="Gaussian components per class, at most one for each of its points.",
        kind=pb.HYPERPARAMETER_KIND_INTEGER,
        minimum=1,
        maximum=4,
        default_value=pb.HyperparameterValue(integer=1),
    ),
    pb.Hyperparameter(
        name="mixture.shrinkage",
        description="Weight of the covariance that all classes share in that of each component.",
        kind=pb.HYPERPARAMETER_KIND_REAL,
        minimum=0.01,
        maximum=1,
        scale=pb.HYPERPARAMETER_SCALE_LOG,
        default_value=pb.HyperparameterValue(real=0.3),
    ),
)
_CASES = {
    pb.HYPERPARAMETER_KIND_REAL: "real",
    pb.HYPERPARAMETER_KIND_INTEGER: "integer",
    pb.HYPERPARAMETER_KIND_CHOICE: "choice",
}


def read_settings(settings: Iterable[pb.HyperparameterSetting]) -> dict[str, float | int | str]:
    """Returns the values of SPACE by name; absent ones take their default.

    Settings of other names belong to other services and are ignored. Raises INVALID_ARGUMENT for a value of another kind or
    out of range.
    """
    offered = {parameter.name: parameter for parameter in SPACE}
    values = {name: _value(parameter, parameter.default_value) for name, parameter in offered.items()}
    for setting in settings:
        if setting.name in offered:
            values[setting.name] = _value(offered[setting.name], setting.value)
    return values


def _value(parameter: pb.Hyperparameter, given: pb.HyperparameterValue) -> float | int | str:
    field, case = f"hyperparameters.{parameter.name}", _CASES[parameter.kind]
    if given.WhichOneof("value") != case:
        raise invalid(field, f"is {given.WhichOneof('value') or 'not set'}; right would be {case}")
    value = getattr(given, case)
    if case == "choice":
        if value not in parameter.choices:
            raise invalid(field, f"is {value!r}; right would be one of {', '.join(parameter.choices)}")
    elif not (parameter.minimum <= value <= parameter.maximum or (parameter.zero_allowed and value == 0)):
        raise invalid(field, f"is {value}; right would be from {parameter.minimum} to {parameter.maximum}")
    return value
