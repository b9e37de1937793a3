"""A tagger's settings, as they follow from how many sentences it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textrnn.training.facts import Facts, settings_for
from textrnn.training.named import Values
from textrnn.training.tagger.plan import TaggerPlan

_MANY = 10_000  # sentences for which the plan's own defaults are right
_FEW = 500  # of which a tenth is too small for its F1 to tell epochs apart


def begins_with_shipped(texts: Sequence[str], changes: Values) -> bool:
    """Whether the words of so few sentences get the shipped model's rows, if what was said of
    settings leaves their size, the words and what a token is as they are.
    """
    fixed = {("embedding", "units"), ("features", "level"), ("features", "vocabulary_size")}
    told = any(path in fixed or path[0] == "vectors" for path in changes)
    return len(texts) <= _MANY and not told


def fitting_plan(facts: Facts) -> TaggerPlan:
    """The settings for so many sentences.

    Few sentences need small batches and some hundred steps at a higher rate.
    """
    plan = TaggerPlan()
    if facts.texts > _MANY:
        return plan
    training = settings_for(plan.training, facts, steps=600, fewest=15)
    return replace(
        plan,
        training=replace(
            training,
            learning_rate=3e-3,
            patience=0,
            best_by="loss" if facts.texts < _FEW else "score",
        ),
    )
