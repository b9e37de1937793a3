"""What experiments of each task learn from in tests, and the smallest network for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from head_cases import HEADS
from made_up import (
    made_up_load,
    made_up_pairs,
    made_up_reviews,
    made_up_sentences,
    made_up_verses,
)


@dataclass(frozen=True)
class ExperimentCase:
    """A task, as experiments are tested with it.

    Attributes:
        examples: to learn from and to measure by.
        measure: the main score.
        asks: whether examples ask something that is answered.
    """

    examples: Sequence[Any]
    measure: str
    asks: bool = True


CASES = {
    "classifier": ExperimentCase(made_up_reviews(24), "accuracy"),
    "tagger": ExperimentCase(made_up_sentences(24), "F1"),
    "generator": ExperimentCase(made_up_verses(60), "perplexity of a token", asks=False),
    "forecaster": ExperimentCase([made_up_load(120)], "MSE"),
    "translator": ExperimentCase(made_up_pairs(24), "BLEU"),
}


def small_plan(task: str) -> Any:
    """The smallest network of a task, trained for one epoch."""
    plan, _ = next(iter(HEADS[task].runs.values()))
    return replace(
        plan,
        encoders=(replace(plan.encoders[0], cell="rnn", units=4),),
        training=replace(
            plan.training, epochs=1, patience=0, average_epochs=1, validation_split=0.3
        ),
    )
