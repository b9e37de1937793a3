"""How well a network in training does on texts that it does not train on.

Shapes: L labels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import BundleError, TrainingError
from textrnn.runtime.session import Session, pad
from textrnn.runtime.stream import batches_by_length
from textrnn.text.windows import merge_logits, plan_windows
from textrnn.training.settings import TrainingSettings

Predict = Callable[[NDArray[np.int32]], NDArray[np.float32]]  # tokens (B, T) to logits (B, L)


def served(graph: bytes) -> Predict:
    """What predicts logits (B, L) from tokens (B, T) with the graph that serves, as it serves."""
    session = Session(graph, threads=1)

    def predict(tokens: NDArray[np.int32]) -> NDArray[np.float32]:
        lengths = np.count_nonzero(tokens, axis=1).astype(np.int32)
        return session.run({"tokens": tokens, "lengths": lengths})["logits"]

    return predict


def served_logits(
    graph: bytes, texts: Sequence[NDArray[np.int32]], settings: TrainingSettings
) -> NDArray[np.float32]:
    """Logits (texts, L) with the graph that serves.

    Raises:
        TrainingError: they are beyond what a model may answer.
    """
    try:
        return predict_logits(served(graph), texts, settings)
    except BundleError as error:
        raise TrainingError(
            f"training diverged at a learning rate of {settings.learning_rate:g}; try a lower one "
            f"({error})"
        ) from error


def predict_logits(
    predict: Predict, texts: Sequence[NDArray[np.int32]], settings: TrainingSettings
) -> NDArray[np.float32]:
    """Logits (texts, L), each text read whole, in windows where it is long."""
    every = [
        plan_windows(len(t), size=settings.reading_window, overlap=settings.reading_overlap)
        for t in texts
    ]
    owners = [(text, window) for text, bounds in enumerate(every) for window in bounds]
    windows = [texts[text][slice(*window)] for text, window in owners]
    parts: list[Any] = [None] * len(owners)
    size = 2 * settings.batch_size
    for members in batches_by_length(windows, size, size * settings.max_tokens):
        logits = predict(pad([windows[i] for i in members])[0])
        for i, row in zip(members, logits, strict=True):
            parts[i] = row
    rows, position = [], 0
    for bounds in every:
        rows.append(merge_logits(np.stack(parts[position : position + len(bounds)]), bounds))
        position += len(bounds)
    return np.stack(rows)


def cross_entropy_nats(logits: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Mean over the texts of minus the log-probability of the right label.

    Args:
        logits: (texts, L).
        labels: the right label's number, (texts,).

    Example:
        >>> round(cross_entropy_nats(np.zeros((3, 2), np.float32), np.array([0, 1, 1])), 4)
        0.6931
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(len(labels)), labels].mean())


def accuracy(logits: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Share of the texts whose highest logit, (texts, L), is that of the right label."""
    return float((logits.argmax(axis=1) == labels).mean())
