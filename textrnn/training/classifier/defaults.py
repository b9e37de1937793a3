"""A classifier's settings, as they follow from how many texts it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textrnn.heads.classifier.network import HeadSettings
from textrnn.network import Embedding
from textrnn.training.classifier.plan import BagSettings, ClassifierPlan
from textrnn.training.facts import Facts, settings_for
from textrnn.training.settings import TokenizerSettings

_FEW = 5_000  # texts whose words are nearly all rare
_MOST_CHARACTERS = 400_000  # of all texts together, that a shipped network learns in some minutes
_FOLDED = 150  # texts of which every one is needed to learn from and to validate
_SMALL_FOLDED, _SMALL_FOLDED_TOKENS = 1_000, 30_000  # that a small network learns again in seconds
_FOLDS = 3
# Inverse document frequencies, which suit any number of texts; pairs of words count half.
_BAG = BagSettings(longest=2, weights="rarity", min_frequency=1, strength=2.0)
_PAIRED = 500  # texts from which on pairs of Chinese characters, most of them words, are seen again


def is_few(texts: Sequence[str]) -> bool:
    """Whether so few texts need more than what they say themselves."""
    return len(texts) <= _FEW


def suits_shipped(texts: Sequence[str]) -> bool:
    """Whether a shipped model, which is large, learns so many texts in time."""
    return is_few(texts) and sum(map(len, texts)) <= _MOST_CHARACTERS


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
        training = settings_for(plan.training, facts, steps=300, fewest=10)
    return replace(
        plan,
        tokenizer=TokenizerSettings(min_frequency=1 if facts.texts < 1000 else 2),
        embedding=Embedding(
            dropout=0.3,
            word_dropout=0.1,
            # What is right of words that no text has is bent by texts that are few.
            frozen_epochs=-1 if facts.has_vectors and facts.texts <= _SMALL_FOLDED else 0,
        ),
        head=HeadSettings(pooling=("attention", "max", "mean")),
        bag=_fitting_bag(facts),
        training=replace(
            training,
            learning_rate=2e-3 if facts.model is None else 5e-4,
            patience=0,
            folds=_FOLDS if _is_folded(facts) else 0,
            best_by="loss" if facts.texts <= _SMALL_FOLDED else "score",
        ),
    )


def _fitting_bag(facts: Facts) -> BagSettings:
    """A bag in which pairs count half, but all where they are words that texts have in common."""
    paired = facts.language == "zh" and facts.texts >= _PAIRED
    return replace(_BAG, length_power=0.0) if paired else _BAG


def _is_folded(facts: Facts) -> bool:
    """Whether texts validate one another."""
    small = (
        facts.model is None
        and facts.texts <= _SMALL_FOLDED
        and facts.tokens <= _SMALL_FOLDED_TOKENS
    )
    return not facts.has_validation and (facts.texts <= _FOLDED or small)
