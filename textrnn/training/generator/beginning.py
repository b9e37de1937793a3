"""What a generator begins with where nothing is said, and the plan that it then has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.corpora import Passage
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.parts import read_network, read_tokenizer
from textrnn.text.language import detect_language
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.fitting import fit_plan, shipped_beginning
from textrnn.training.generator.defaults import fitting_plan
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.initial import UNITS
from textrnn.training.named import Values
from textrnn.training.weights.pretrained import vector_units

_MOST_CHARACTERS = 2_000_000  # of a text that a shipped network learns in some minutes
_MOST_UNKNOWN = 0.01  # of its tokens
_SAMPLED = 20_000  # tokens, of which the unknown ones are counted


def fit_generator(
    train: Callable[[], Iterable[Passage]],
    *,
    language: str,
    embeddings: Sequence[Path],
    init_from: Sequence[Path] | None,
    changes: Values,
) -> tuple[GeneratorPlan, Sequence[Path]]:
    """The plan of a training, and the models that its weights begin with.

    Args:
        train: gives the documents to learn from each time it is called.
        language: theirs; empty to tell it from them.
        embeddings: word vectors to begin with.
        init_from: models to begin with; None to choose.
        changes: what was said of settings, by their paths.
    """

    def texts() -> Iterator[str]:
        return (passage.text for passage in train())

    if embeddings:
        changes = {UNITS: vector_units(embeddings), **changes}
    backward = bool(changes.get(("language_model", "backward")))
    if init_from is None and not backward:
        language = language or detect_language(texts())
        models = shipped_beginning("generator", GeneratorPlan(), language, changes)
        if models and suits_shipped(texts(), models[0]):
            init_from = models
    plan = fit_plan(
        "generator",
        partial(fitting_plan, backward=backward),
        (),
        language=language,
        init_from=init_from or (),
        changes=changes,
    )
    return plan, init_from or ()


def suits_shipped(texts: Iterable[str], model: Path) -> bool:
    """Whether texts are so few that a shipped generator is worth its time, and it can spell them:
    characters that were no verse's are unknown to one of verses.
    """
    bundle = Bundle.open(model_path(model))
    network = read_network(bundle, GeneratorNetwork)
    tokenizer = read_tokenizer(bundle, network.vocabulary_size)
    characters = tokens = unknown = 0
    for text in texts:
        characters += len(text)
        if characters > _MOST_CHARACTERS:
            return False
        if tokens < _SAMPLED:
            ids = tokenizer.encode(text).ids
            tokens += len(ids)
            unknown += int(np.count_nonzero(ids == Tokenizer.UNK))
    return unknown <= _MOST_UNKNOWN * tokens
