"""One training of an experiment, and what examples that it has not learned say of it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textrnn.catalog import described_network, head_class
from textrnn.experiments.material import Material
from textrnn.experiments.splits import Fold
from textrnn.heads.head import Head
from textrnn.heads.outcome import Outcome
from textrnn.training.loading import loading_training
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.events import OnEvent, TrainingEvent
from textrnn.training.named import Values, changed
from textrnn.training.tasks import run_function

_RANDOM_STATE = ("training", "random_state")


@dataclass(frozen=True)
class Training:
    """How the networks of an experiment are trained.

    Attributes:
        plan: all settings; None for those that fit what is learned from.
        changes: where there is no ``plan``, what is to be otherwise, by the settings' paths.
        more: what else the function that trains takes, as ``init_from``.
    """

    plan: Any = None
    changes: Values = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def with_changes(self, changes: Values) -> Training:
        """The same with some settings changed."""
        if self.plan is not None:
            return replace(self, plan=changed(self.plan, changes))
        return replace(self, changes={**self.changes, **changes})

    def with_state(self, random_state: int) -> Training:
        """The same with another random state."""
        return self.with_changes({_RANDOM_STATE: random_state})


@dataclass(frozen=True)
class Trial:
    """What became of a training.

    Attributes:
        scores: the measures of the examples that were not learned, the main one first.
        interval: between what the main one lies with a probability of 95%; None where that is not
            known.
        examples: how many measured it.
        right: of each of them whether it was answered rightly; empty where they are not answered
            one by one.
        parameters: weights of the network.
        elapsed_s: what the training took.
        tokens_per_s: its speed.
        history: the record of each epoch.
    """

    scores: Mapping[str, float]
    interval: tuple[float, ...] | None
    examples: int
    right: tuple[bool, ...]
    parameters: int
    elapsed_s: float
    tokens_per_s: float
    history: tuple[Mapping[str, float], ...] = ()

    def __str__(self) -> str:
        """As ``accuracy 0.8333``."""
        return f"{self.measure} {shown_score(self.score)}"

    @property
    def measure(self) -> str:
        """The name of the main score."""
        return next(iter(self.scores))

    @property
    def score(self) -> float:
        """The main score."""
        return self.scores[self.measure]


def run_trial(
    training: Training,
    material: Material,
    fold: Fold,
    *,
    out: Path,
    validate_by_test: bool = False,
    answer: Mapping[str, Any] | None = None,
    resume: bool = False,
    on_event: OnEvent | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[Trial, Head]:
    """Train without the examples that measure, then measure by them.

    Args:
        training: how to train.
        material: what there is to learn from besides the examples.
        fold: the examples.
        out: the folder that becomes the model.
        validate_by_test: whether the examples that measure choose the epoch, too.
        answer: options of the evaluation, as the head's ``evaluate`` takes them.
        resume: whether to go on from the state of a training that was stopped.
        on_event: called after each step and epoch.
        say: told in a line what happens.

    Returns:
        What was measured, and the model.
    """
    clock, speeds = Clock(), [0.0]

    def hear(event: TrainingEvent) -> None:
        speeds.append(event.tokens_per_s)
        if on_event is not None:
            on_event(event)

    given = material.arguments(fold.train, fold.test if validate_by_test else None)
    with loading_training(say):
        train = run_function(material.task)
    train(
        **given, **training.more, out=out, plan=training.plan, changes=training.changes,
        resume=resume, on_event=hear, on_message=say, clock=clock,
    )  # fmt: skip
    elapsed_s = clock.total_s
    head = head_class(material.task).load(out)
    return measured(head, fold, elapsed_s, speeds[-1], answer or {}), head


def measured(
    head: Head, fold: Fold, elapsed_s: float, tokens_per_s: float, answer: Mapping[str, Any]
) -> Trial:
    """What a fold's examples say of a model.

    Args:
        head: the model.
        fold: the examples.
        elapsed_s: what its training took.
        tokens_per_s: its speed.
        answer: options of the evaluation.
    """
    outcomes: list[Outcome] = []
    examples = fold.measuring(head)
    report = head.evaluate(examples, on_outcome=outcomes.append, **answer)
    shapes = described_network(head.bundle).weight_shapes().values()
    return Trial(
        report.scores(),
        report.interval,
        len(examples),
        tuple(outcome.is_right for outcome in outcomes),
        sum(math.prod(shape) for shape in shapes),
        round(elapsed_s, 1),
        round(tokens_per_s),
        _history(head),
    )


def _history(head: Head) -> tuple[Mapping[str, float], ...]:
    """The epochs' records, as the bundle has them."""
    text = head.bundle.read("history.csv").decode("utf-8")
    return tuple(
        {name: float(value) for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    )


def shared_measures(trials: Iterable[Trial]) -> list[str]:
    """The measures that all trials have: not every model has the same simple methods beside it."""
    found = list(trials)
    return [name for name in found[0].scores if all(name in trial.scores for trial in found)]


def means(trials: Sequence[Trial], measures: Iterable[str]) -> dict[str, float]:
    """The mean of each measure over some trials."""
    return {name: sum(one.scores[name] for one in trials) / len(trials) for name in measures}


def shown_score(value: float) -> str:
    """With four digits after the point where it may be a share, and else with two.

    Example:
        >>> shown_score(0.87654), shown_score(456.789)
        ('0.8765', '456.79')
    """
    return f"{value:.4f}" if abs(value) <= 1 else f"{value:,.2f}"


def deviation(values: Sequence[float]) -> float:
    """The standard deviation of a sample; 0 of a single value.

    Example:
        >>> deviation([1.0, 3.0]), deviation([2.0])
        (1.4142135623730951, 0.0)
    """
    mean = sum(values) / len(values)
    squares = math.fsum((value - mean) ** 2 for value in values)
    return math.sqrt(squares / (len(values) - 1)) if len(values) > 1 else 0.0
