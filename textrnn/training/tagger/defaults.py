"""A tagger's settings, as they follow from how many sentences it learns from."""

from __future__ import annotations

from dataclasses import replace

from textrnn.training.facts import Facts, settings_for
from textrnn.training.tagger.plan import TaggerPlan

MANY = 10_000  # sentences for which the plan's own defaults are right
_FOLDED = 150  # sentences of which every one is needed to learn from and to validate
_FOLDS = 3
_FEW = 500  # of which a tenth is too small for its F1 to tell epochs apart


def fitting_plan(facts: Facts) -> TaggerPlan:
    """The settings for so many sentences.

    Few sentences need small batches and some hundred steps at a higher rate, a third of them where
    the network begins with another's weights; and they validate one another.
    """
    plan = TaggerPlan()
    if facts.texts > MANY:
        return plan
    if facts.model is None:
        training = settings_for(plan.training, facts, steps=600, fewest=15)
    else:
        training = settings_for(plan.training, facts, steps=200, fewest=10)
    return replace(
        plan,
        training=replace(
            training,
            learning_rate=3e-3,
            patience=0,
            folds=_FOLDS if facts.texts <= _FOLDED and not facts.has_validation else 0,
            best_by="loss" if facts.texts < _FEW else "score",
        ),
    )
