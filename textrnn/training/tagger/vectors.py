"""Vectors that a tagger's tables begin with: trained on its texts, or of another model.

Shapes: V rows of the embedding, E units.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.configuration import to_dict
from textrnn.embeddings import train_vectors
from textrnn.heads.tagger.features import FIRST, UNK, Features, find_matches
from textrnn.training.settings import VectorSettings
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.vocabularies import Corpus
from textrnn.training.weights.initial_model import InitialModel
from textrnn.training.weights.transfer import aligned_rows


def make_vectors(
    corpus: Corpus, features: Features, plan: TaggerPlan, *, without_embedding: bool
) -> dict[str, NDArray[np.float32]]:
    """Vectors to begin with, trained on the corpus.

    Args:
        corpus: the texts.
        features: the vocabularies.
        plan: how to train, and the units of each table; for the lexicon each text is cut into the
            longest words that match.
        without_embedding: whether the embedding begins with other rows.

    Returns:
        The rows of each table, (rows, units).
    """
    units = {} if without_embedding else {"embedding": plan.embedding.units}
    if features.bigrams:
        units["bigrams"] = plan.features.bigram_units
    if features.lexicon:
        units["lexicon"] = plan.features.lexicon_units
    texts: dict[str, Callable[[], list[NDArray[np.int32]]]] = {
        "embedding": lambda: corpus.rows(features),
        "bigrams": lambda: [features.bigram_rows(keys) for keys in corpus.spelled()],
        "lexicon": lambda: [_segmented(keys, features.lexicon) for keys in corpus.spelled()],
    }
    rows = {
        "embedding": len(features.words),
        "bigrams": len(features.bigrams),
        "lexicon": len(features.lexicon),
    }
    state = plan.training.random_state
    return {
        name: _train(texts[name](), rows[name] + FIRST, units[name], plan.vectors, state)
        for name in units
    }


def known_rows(
    model: InitialModel, features: Features, plan: TaggerPlan
) -> tuple[NDArray[np.float32], int]:
    """The embedding's rows, (V, E), those of words that another model has as they are there, and
    how many these are.
    """
    return aligned_rows(
        model,
        features.words,
        rows=len(features.words) + FIRST,
        units=plan.embedding.units,
        random_state=plan.training.random_state,
    )


def pack_vectors(vectors: Mapping[str, NDArray[np.float32]]) -> bytes:
    """The rows of each table as a file of a run's folder."""
    content = io.BytesIO()
    np.savez(content, **vectors)  # type: ignore[arg-type]
    return content.getvalue()


def unpack_vectors(content: bytes) -> dict[str, NDArray[np.float32]]:
    """What :func:`pack_vectors` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _train(
    texts: list[NDArray[np.int32]],
    rows: int,
    units: int,
    settings: VectorSettings,
    random_state: int,
) -> NDArray[np.float32]:
    return train_vectors(
        lambda: (text.tolist() for text in texts),
        vocabulary_size=rows,
        units=units,
        random_state=random_state,
        **to_dict(settings),
    )


def _segmented(keys: Sequence[str], lexicon: Mapping[str, int]) -> NDArray[np.int32]:
    """A text as rows of the lexicon: at each place the longest word that matches, else unknown."""
    longest: dict[int, int] = {}
    for start, end in find_matches(keys, lexicon):
        longest[start] = end  # of one start the longest comes last
    rows, place = [], 0
    while place < len(keys):
        end = longest.get(place, place + 1)
        rows.append(lexicon.get("".join(keys[place:end]), UNK))
        place = end
    return np.array(rows, np.int32)
