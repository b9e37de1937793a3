"""A classifier's settings, as they follow from how many texts it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textrnn.network import Embedding
from textrnn.training.classifier.plan import BagSettings, ClassifierPlan, HeadSettings
from textrnn.training.facts import Facts, settings_for
from textrnn.training.settings import TokenizerSettings

_MOST_CHARACTERS = 400_000  # of all texts together, that a shipped network learns in some minutes
_FOLDED = 150  # texts of which every one is needed to learn from and to validate
_FOLDS = 3
_FEW = 5_000  # texts whose words are nearly all rare


def begins_with_shipped(texts: Sequence[str]) -> bool:
    """Whether so many texts are so few that a shipped model is worth its time: it is large."""
    return len(texts) <= _FEW and sum(map(len, texts)) <= _MOST_CHARACTERS


def fitting_plan(facts: Facts) -> ClassifierPlan:
    """The settings for so many texts.

    Few texts need all words, small batches, some hundred steps and a bag of n-grams beside the
    network; they validate one another. Of many the plan's own defaults are right.
    """
    plan = ClassifierPlan()
    if facts.texts > _FEW:
        return plan
    # A shipped network is large and knows much: it takes long steps, and needs few of them.
    if facts.model is not None:
        fewest = 8 if facts.texts < 500 else 5
        training = settings_for(plan.training, facts, steps=100, fewest=fewest, smallest=8)
    else:
        training = settings_for(plan.training, facts, steps=400, fewest=12)
    # Pairs of words tell too little where hardly one is seen twice.
    bag = BagSettings(longest=1 if facts.texts <= _FOLDED else 2, min_frequency=1, strength=60.0)
    folds = _FOLDS if facts.texts <= _FOLDED and not facts.has_validation else 0
    return replace(
        plan,
        tokenizer=TokenizerSettings(min_frequency=1 if facts.texts < 1000 else 2),
        embedding=Embedding(dropout=0.3, word_dropout=0.1),
        head=HeadSettings(pooling=("attention", "max", "mean")),
        bag=bag,
        training=replace(
            training,
            learning_rate=2e-3 if facts.model is None else 5e-4,
            patience=0,
            folds=folds,
            best_by="loss" if facts.texts < 1000 else "score",
        ),
    )
