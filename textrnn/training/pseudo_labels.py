"""Labels that a finished classifier gives to texts without any, to train on them.

Shapes: L labels.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.catalog import model_path
from textrnn.configuration import require
from textrnn.errors import TrainingError
from textrnn.heads.classifier import Classifier
from textrnn.training.settings import PseudoLabelSettings


def pseudo_label(
    texts: Sequence[str],
    model: Path,
    labels: Sequence[str],
    settings: PseudoLabelSettings,
    *,
    random_state: int,
    saved: bytes | None = None,
    save: Callable[[bytes], object] = lambda content: None,
) -> tuple[list[str], NDArray[np.float64]]:
    """The texts that a model is sure enough of, in their order, and its answers.

    Args:
        texts: texts without labels.
        model: a classifier's bundle.
        labels: that it must have.
        settings: which answers are learned.
        random_state: decides which texts are drawn.
        saved: the answers to all these texts that an earlier run saved. One that goes on with it
            learns the same, whatever processor it is on now.
        save: called with the answers if none were saved.

    Returns:
        The texts, and the probabilities of ``labels``, (texts, L).

    Raises:
        ConfigurationError: the model has other labels.
        TrainingError: the saved answers are not those to these texts.
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
    if saved is not None:
        answers = np.load(io.BytesIO(saved), allow_pickle=False)
        if len(answers) != len(texts):
            raise TrainingError(
                f"the stopped run had {len(answers):,} unlabelled texts, not {len(texts):,}: "
                "resume with the same ones, or train without --resume"
            )
    else:
        stream = teacher.classify_stream(texts, token_weights=False, read_ahead=True)
        rows = [[answer.probabilities[label] for label in labels] for answer in stream]
        answers = np.array(rows, np.float64).reshape(-1, len(labels))
        content = io.BytesIO()
        np.save(content, answers)
        save(content.getvalue())
    sure = np.flatnonzero(answers.max(axis=1) >= settings.min_probability)
    return [texts[i] for i in sure.tolist()], answers[sure]
