"""What a tagger begins with where nothing is said, and the plan that then fits its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textrnn.corpora import TaggedSentence
from textrnn.text.language import detect_language
from textrnn.training.fitting import fit_plan, shipped_beginning
from textrnn.training.named import Values
from textrnn.training.tagger.defaults import MANY, fitting_plan
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.sentences import Example, text_of
from textrnn.training.vocabulary import vector_settings

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


def fit_tagger(
    train: Sequence[Example],
    *,
    language: str,
    has_validation: bool,
    has_lists: bool,
    embeddings: Sequence[Path],
    init_from: Sequence[Path] | None,
    changes: Values,
) -> tuple[TaggerPlan, Sequence[Path]]:
    """The settings that fit some sentences, and the models that the weights begin with.

    Args:
        train: those to learn from.
        language: theirs; by default it is told from them.
        has_validation: whether others validate.
        has_lists: whether there are lists of names, or words of a lexicon.
        embeddings: word vectors to begin with.
        init_from: models to begin with; None for what fits.
        changes: what was said otherwise, by the paths of the settings.
    """
    texts = [text_of(example) for example in train]
    language = language or detect_language(texts)
    if embeddings:
        changes = vector_settings(embeddings, "features", changes)
    own = bool(embeddings) or has_lists
    if init_from is None and not own and suits_shipped(train, language, changes):
        init_from = shipped_beginning("tagger", TaggerPlan(), language, changes)
    plan = fit_plan(
        "tagger",
        fitting_plan,
        texts,
        language=language,
        has_validation=has_validation,
        init_from=init_from or (),
        changes=changes,
    )
    return plan, init_from or ()


def suits_shipped(train: Sequence[Example], language: str, changes: Values) -> bool:
    """Whether so few sentences are best begun with the shipped tagger of their language.

    Where something is said of the vocabulary they do not; nor does Chinese in words, since the
    shipped tagger reads characters.
    """
    told = any(path[:2] in _OF_VOCABULARY or path[0] == "vectors" for path in changes)
    words = [word for e in train if isinstance(e, TaggedSentence) for word in e.words]
    in_words = language == "zh" and sum(map(len, words)) > _LONGEST_CHARACTERS * len(words)
    return len(train) <= MANY and not told and not in_words
