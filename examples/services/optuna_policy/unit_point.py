"""Points of a scrambled Sobol sequence as trials: where a study knows nothing yet, they cover the space evenly."""

import math
from collections.abc import Sequence
from typing import Any

from scipy.stats import qmc


class UnitPoint:
    """A point of [0, 1)^d that chooses values as a trial of Optuna does."""

    def __init__(self, names: Sequence[str], seed: int, index: int) -> None:
        """The point with this index in the sequence of the seed, with one coordinate for each name."""
        sequence = qmc.Sobol(max(1, len(names)), scramble=True, rng=seed)
        if index > 0:
            sequence.fast_forward(index)
        self._at = dict(zip(names, sequence.random(1)[0], strict=False))

    def suggest_float(self, name: str, low: float, high: float, *, log: bool) -> float:
        """The quantile of the range, uniform in the logarithm where `log` says so."""
        u = float(self._at[name])
        value = low * (high / low) ** u if log else low + u * (high - low)
        return min(high, max(low, value))

    def suggest_int(self, name: str, low: int, high: int, *, log: bool) -> int:
        """The quantile of the range, each integer with the width of its rounding."""
        value = self.suggest_float(name, low - 0.5, high + 0.5, log=log)
        return min(high, max(low, math.floor(value + 0.5)))

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        """Each choice on an interval of equal length."""
        return choices[min(len(choices) - 1, int(self._at[name] * len(choices)))]
