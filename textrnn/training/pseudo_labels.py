"""Labels that a finished classifier gives to texts without any, to train on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from textrnn.catalog import model_path
from textrnn.configuration import require
from textrnn.corpora import LabelledText
from textrnn.heads.classifier import Classifier
from textrnn.training.settings import PseudoLabelSettings


def pseudo_label(
    texts: Sequence[str],
    model: Path,
    labels: Sequence[str],
    settings: PseudoLabelSettings,
    *,
    random_state: int,
) -> list[LabelledText]:
    """The texts that a model is sure enough of, in their order, with its answers.

    Args:
        texts: texts without labels.
        model: a classifier's bundle.
        labels: that it must have.
        settings: which answers are learned.
        random_state: decides which texts are drawn.

    Raises:
        ConfigurationError: the model has other labels.
    """
    teacher = Classifier.load(model_path(model))
    require(
        set(teacher.labels) == set(labels),
        f"{model}: its labels are {', '.join(teacher.labels)}; those of the training texts are "
        f"{', '.join(labels)}",
    )
    if settings.texts and settings.texts < len(texts):
        rng = np.random.default_rng(random_state)
        drawn = np.sort(rng.choice(len(texts), settings.texts, replace=False))
        texts = [texts[i] for i in drawn]
    answers = teacher.classify_stream(texts, token_weights=False, read_ahead=True)
    return [
        LabelledText(answer.text, answer.label)
        for answer in answers
        if answer.probability >= settings.min_probability
    ]
