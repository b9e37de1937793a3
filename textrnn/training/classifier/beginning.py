"""What a classifier begins with where nothing is said, and the plan that then fits its texts.

A shipped classifier is a good beginning where its labels have to do with those wanted: that of
sentiment for other shades of it. For all else word vectors are, which know what words are alike.
The choice is made by labels of texts that validate later, too.

Shapes: A answers, L labels.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.catalog import load
from textrnn.corpora import LabelledText
from textrnn.embeddings.catalog import shipped_vectors
from textrnn.text.language import detect_language
from textrnn.training.classifier.defaults import fitting_plan, is_few, suits_shipped
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.fitting import OF_VOCABULARY, fit_plan, shipped_beginning
from textrnn.training.initial import UNITS
from textrnn.training.named import Values
from textrnn.training.vocabulary import vector_settings

_ASKED = 200  # texts, drawn from all: files may be sorted by label
_NATS = 0.1  # that an answer must tell of a label; of two labels as frequent there are 0.69


def fit_classifier(
    examples: Sequence[LabelledText],
    *,
    language: str,
    has_validation: bool,
    embeddings: Sequence[Path],
    init_from: Sequence[Path] | None,
    changes: Values,
) -> tuple[ClassifierPlan, Sequence[Path], Sequence[Path]]:
    """The plan that fits some texts, the models that the weights begin with, and the word vectors.

    Args:
        examples: all texts.
        language: theirs; empty to tell it from them.
        has_validation: whether others validate.
        embeddings: word vectors to begin with.
        init_from: models to begin with; None to choose.
        changes: what was said of settings, by their paths.
    """
    texts = [example.text for example in examples]
    language = language or detect_language(texts)
    if init_from is None and not embeddings:
        init_from, embeddings = fitting_beginning(examples, language, changes)
    if embeddings:
        changes = vector_settings(embeddings, "tokenizer", changes)
    plan = fit_plan(
        "classifier",
        fitting_plan,
        texts,
        language=language,
        has_validation=has_validation,
        has_vectors=bool(embeddings),
        init_from=init_from or (),
        changes=changes,
    )
    return plan, init_from or (), embeddings


def fitting_beginning(
    examples: Sequence[LabelledText], language: str, changes: Values
) -> tuple[Sequence[Path], Sequence[Path]]:
    """The models, or else the word vectors, that few texts begin with where neither is named.

    Args:
        examples: all texts.
        language: theirs.
        changes: what was said of settings: where that is of the vocabulary or of the network's
            size, the beginning's own would not fit.
    """
    texts = [example.text for example in examples]
    told = any(path[0] in OF_VOCABULARY or path == UNITS for path in changes)
    if told or not texts or not is_few(texts):
        return [], []
    if suits_shipped(texts):
        models = shipped_beginning("classifier", ClassifierPlan(), language, changes)
        if models and _tells(models[0], _drawn(examples)):
            return models, []
    names = [v.name for v in shipped_vectors().values() if v.language == language]
    return [], [Path(name) for name in names[:1]]


def _drawn(examples: Sequence[LabelledText]) -> Sequence[LabelledText]:
    return random.Random(0).sample(examples, min(len(examples), _ASKED))


def _tells(model: Path, examples: Sequence[LabelledText]) -> bool:
    """Whether a model's answers tell enough of other labels."""
    answers = [result.label for result in load(model).classify([e.text for e in examples])]
    _, rows = np.unique(answers, return_inverse=True)
    _, columns = np.unique([example.label for example in examples], return_inverse=True)
    table = np.zeros((rows.max() + 1, columns.max() + 1), np.int64)
    np.add.at(table, (rows, columns), 1)
    return tells_enough(table)


def tells_enough(table: NDArray[np.int64]) -> bool:
    """Whether answers tell enough of labels, and of few texts more than by chance.

    What they seem to tell by chance varies: 2N nats are distributed as chi-squared, where N is the
    number of texts (Wilks 1938).

    Args:
        table: how often each answer met each label, (A, L).

    Example:
        >>> tells_enough(np.array([[9, 2], [1, 8]]))
        True
        >>> tells_enough(np.array([[0, 3, 6, 3], [3, 0, 2, 1], [1, 0, 1, 0]]))
        False
    """
    deviation = math.sqrt(2 * _freedom(table)) / (2 * table.sum())
    return bool(information_nats(table) >= max(_NATS, 2 * deviation))


def information_nats(table: NDArray[np.int64]) -> float:
    """What an answer tells of a label on average, less what chance would seem to tell.

    Args:
        table: how often each answer met each label, (A, L).

    Example:
        >>> information_nats(np.array([[30, 30], [30, 30]])) < 0
        True
        >>> round(information_nats(np.array([[50, 0], [0, 50]])), 3)
        0.688
    """
    total = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    found = table > 0
    information = (table[found] / total) @ np.log(table[found] / expected[found])
    return float(information - _freedom(table) / (2 * total))  # Miller 1955


def _freedom(table: NDArray[np.int64]) -> int:
    """The degrees of freedom of a table of answers and labels."""
    return int((table.shape[0] - 1) * (table.shape[1] - 1))
