"""Two models of one task on the same examples: their scores, and where they part."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from textrnn.configuration import require
from textrnn.heads.examples import ExampleSource
from textrnn.heads.head import Head
from textrnn.heads.outcome import Outcome
from textrnn.reports.measured import NORMAL_95


@dataclass(frozen=True)
class Agreement:
    """How the answers of two models to the same examples go together.

    Attributes:
        examples: how many there were.
        alike: to how many both gave the same answer, right or wrong.
        both_right: how many both answered rightly.
        only_first: how many the first alone did.
        only_second: how many the second alone did.
    """

    examples: int
    alike: int
    both_right: int
    only_first: int
    only_second: int

    @property
    def difference(self) -> float:
        """The share of examples that the second answers rightly, less that of the first."""
        return (self.only_second - self.only_first) / self.examples

    @property
    def interval(self) -> tuple[float, float]:
        """A 95% confidence interval of the difference: Wald's for pairs, with half an example
        added to each kind of disagreement (Agresti & Min 2005).
        """
        first, second, examples = self.only_first + 0.5, self.only_second + 0.5, self.examples + 2
        centre = (second - first) / examples
        variance = first + second - (second - first) ** 2 / examples
        half = NORMAL_95 * math.sqrt(variance) / examples
        return max(-1.0, centre - half), min(1.0, centre + half)

    @property
    def p_value(self) -> float:
        """McNemar's test, two-sided, in its mid-p form (Fagerland et al. 2013): how probable so
        uneven a number of examples that one model alone answers rightly would be, were the two as
        good as each other; of the number itself half is counted.

        Example:
            >>> round(Agreement(100, 92, 90, only_first=1, only_second=7).p_value, 4)
            0.0391
        """
        fewer, all_ = min(self.only_first, self.only_second), self.only_first + self.only_second
        chances = [_chance(all_, k) for k in range(fewer + 1)]
        return min(1.0, 2 * math.fsum(chances) - chances[-1])

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        numbers = {"difference": self.difference, "p_value": self.p_value}
        return {**asdict(self), **numbers, "interval": list(self.interval)}


def _chance(tosses: int, heads: int) -> float:
    """The probability of so many heads of a fair coin."""
    ways = math.lgamma(tosses + 1) - math.lgamma(heads + 1) - math.lgamma(tosses - heads + 1)
    return math.exp(ways - tosses * math.log(2))


@dataclass(frozen=True)
class Comparison:
    """Two models on the same examples.

    Attributes:
        names: the models'.
        scores: those of each, by measure.
        agreement: None where examples are not answered one by one, as by generators.
    """

    names: tuple[str, str]
    scores: tuple[dict[str, float], dict[str, float]]
    agreement: Agreement | None

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        models = zip(self.names, self.scores, strict=True)
        return {
            "models": [{"name": name, "scores": scores} for name, scores in models],
            "agreement": None if self.agreement is None else self.agreement.as_dict(),
        }


def compare(
    first: Head,
    second: Head,
    source: ExampleSource,
    *,
    on_progress: Callable[[int], None] = lambda count: None,
    on_note: Callable[[str], None] = lambda line: None,
    watch: Callable[[Head, Iterator[Any]], Iterator[Any]] = lambda head, examples: examples,
) -> Comparison:
    """Have two models answer the same examples, which are read twice.

    Args:
        first: a model.
        second: another of the same task.
        source: a file of examples; not standard input.
        on_progress: called with how many examples or tokens were read since the last call.
        on_note: told in a line what a reader might overlook.
        watch: gives the examples on to each model.

    Raises:
        ConfigurationError: the models do not do the same, or the source can be read only once.
        InputError: the examples cannot be read, or one of the models cannot answer them.
    """
    tasks = [head.bundle.manifest.task for head in (first, second)]
    require(
        tasks[0] == tasks[1],
        f"{first.bundle.name} is a {tasks[0]} and {second.bundle.name} a {tasks[1]}; "
        "two models of one task can be compared",
    )
    require(source.file != "-", "each model reads the examples; name a file")
    scores, outcomes = [], list[list[Outcome]]()
    for number, head in enumerate((first, second)):
        outcomes.append([])
        examples = head.read_examples(head.completed(source), on_note=None if number else on_note)
        report = head.evaluate(
            watch(head, examples),
            on_progress=on_progress,
            on_note=on_note,
            on_outcome=outcomes[-1].append,
        )
        scores.append(report.scores())
    return Comparison(
        (first.bundle.name, second.bundle.name),
        (scores[0], scores[1]),
        _agreement(*outcomes) if outcomes[0] else None,
    )


def _agreement(first: Sequence[Outcome], second: Sequence[Outcome]) -> Agreement:
    pairs = list(zip(first, second, strict=True))
    right = [(one.is_right, other.is_right) for one, other in pairs]
    return Agreement(
        examples=len(pairs),
        alike=sum(one.answer == other.answer for one, other in pairs),
        both_right=right.count((True, True)),
        only_first=right.count((True, False)),
        only_second=right.count((False, True)),
    )
