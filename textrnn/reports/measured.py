"""How good a model is by the texts that validated it, how sure that is, and if it is of use."""

from __future__ import annotations

import math
from dataclasses import dataclass

from textrnn.counted import counted

NORMAL_95 = 1.959964  # the normal distribution has 95% within so many deviations
CHANCE = 0.05  # what is less probable than this is taken for more than chance


@dataclass(frozen=True)
class Measured:
    """What validation texts say of a model at the end of its training.

    Attributes:
        name: of the measure, as ``accuracy``.
        score: how much of it there is.
        interval: between what it lies with a probability of 95%; that the epoch was chosen by the
            same texts is not counted. None where too few measured it to tell.
        count: by how many of what it was measured.
        counted: what one of these is, as ``text``.
        weakness: what makes the model useless as it is, and what may help; empty where nothing
            does.
        by_others: whether others answered, that had not learned what this model has learned, too.
    """

    name: str
    score: float
    interval: tuple[float, float] | None
    count: int
    counted: str
    weakness: str = ""
    by_others: bool = False

    def __str__(self) -> str:
        """As ``accuracy 0.8333 (95%: 0.704 to 0.913, of 48 texts)``."""
        digits = 3 if self.score <= 1 else 2
        between = f"{shown_interval(self.interval, digits=digits)}, " if self.interval else ""
        sure = f"{between}of {counted(self.count, self.counted)}"
        if self.by_others:
            sure += ", answered by models that had not learned them, as this one has"
        return f"{self.name} {self.score:.{4 if self.score <= 1 else 2}f} ({sure})"


def shown_interval(interval: tuple[float, float], *, digits: int = 3) -> str:
    """As ``95%: 0.704 to 0.913``."""
    low, high = interval
    return f"95%: {low:.{digits}f} to {high:.{digits}f}"


def share_interval(right: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share by Wilson (1927), which holds for few texts and for shares of 0
    and 1 too.

    Example:
        >>> [round(border, 3) for border in share_interval(9, 10)]
        [0.596, 0.982]
    """
    if not count:
        return 0.0, 1.0
    share, z2 = right / count, NORMAL_95**2
    centre = (share + z2 / (2 * count)) / (1 + z2 / count)
    spread = share * (1 - share) / count + z2 / (4 * count**2)
    half = NORMAL_95 * math.sqrt(spread) / (1 + z2 / count)
    return max(0.0, centre - half), min(1.0, centre + half)


def f1_interval(right: int, said: int, there: int) -> tuple[float, float]:
    """The 95% interval of F1: Wilson's of the share of what is right among all that was said or is
    there, of which F1 is a function (Lam et al. 2023).

    Args:
        right: what was said and is there.
        said: how much was said.
        there: how much is there.
    """
    low, high = share_interval(right, said + there - right)
    return 2 * low / (1 + low), 2 * high / (1 + high)
