"""A tagger's settings, as they follow from how many sentences it learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textrnn.corpora import SpannedText, TaggedSentence
from textrnn.training.facts import Facts, settings_for
from textrnn.training.named import Values
from textrnn.training.tagger.plan import TaggerPlan

Example = TaggedSentence | SpannedText

_MANY = 10_000  # sentences for which the plan's own defaults are right
_LONGEST_CHARACTERS = 1.5  # letters that a token has on average where tokens are characters
_OF_VOCABULARY = {
    ("features", name)
    for name in (
        "level",
        "vocabulary_size",
        "min_frequency",
        "characters",
        "shape_units",
        "bigrams",
        "simplify",
    )
}
_FOLDED = 150  # sentences of which every one is needed to learn from and to validate
_FOLDS = 3
_FEW = 500  # of which a tenth is too small for its F1 to tell epochs apart


def begins_with_shipped(train: Sequence[Example], language: str, changes: Values) -> bool:
    """Whether so few sentences begin with the shipped tagger of their language.

    Where something is said of the vocabulary they do not; nor does Chinese in words, since the
    shipped tagger reads characters.
    """
    told = any(path[:2] in _OF_VOCABULARY or path[0] == "vectors" for path in changes)
    words = [word for e in train if isinstance(e, TaggedSentence) for word in e.words]
    in_words = language == "zh" and sum(map(len, words)) > _LONGEST_CHARACTERS * len(words)
    return len(train) <= _MANY and not told and not in_words


def fitting_plan(facts: Facts) -> TaggerPlan:
    """The settings for so many sentences.

    Few sentences need small batches and some hundred steps at a higher rate, a third of them where
    the network begins with another's weights; and they validate one another.
    """
    plan = TaggerPlan()
    if facts.texts > _MANY:
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
