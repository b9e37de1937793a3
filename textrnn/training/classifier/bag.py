"""Training a bag of n-grams: logistic regression on naive Bayes' log-count ratios.

Wang & Manning 2012, section 2.3, with logistic regression for the support vector machine: the
feature of an n-gram that a text has is the log-ratio of its share among the texts of a label to its
share among the others (whether it is there and not how often), over the square root of the number
of the text's different n-grams. Each label against the rest, where there are more than two.

Shapes: P n-grams of texts, N kept n-grams, L labels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import InputError
from textrnn.heads.classifier.bag import BagOfNgrams, text_ngrams
from textrnn.training.classifier.plan import BagSettings

_STEPS = 30  # of the solver, which need not come to the very end


def train_bag(
    texts: Sequence[NDArray[np.int32]],
    numbers: NDArray[np.int64],
    labels: int,
    settings: BagSettings,
) -> BagOfNgrams:
    """A bag of n-grams from texts.

    Args:
        texts: token ids, (tokens,) each.
        numbers: the label's number of each.
        labels: L.
        settings: how to train.

    Raises:
        InputError: no n-gram is in as many texts as it has to be.
    """
    from scipy.sparse import csr_array

    rows, hashes = text_ngrams(texts, longest=settings.longest, ending=settings.ending)
    scale = 1.0 / np.sqrt(np.maximum(np.bincount(rows, minlength=len(texts)), 1.0))
    found, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    frequent = counts >= settings.min_frequency
    kept, numbers_of_kept = found[frequent], np.cumsum(frequent) - 1
    within = frequent[places]
    rows, places = rows[within], numbers_of_kept[places[within]]
    if not len(kept):
        raise InputError(
            f"the bag of n-grams is empty: none is in {settings.min_frequency:,} texts; give more "
            "texts, or lower min_frequency under [bag] in a recipe"
        )
    shape = (len(texts), len(kept))
    # The rows come sorted; the solver wants its indices in 32 bits.
    borders = np.searchsorted(rows, np.arange(len(texts) + 1)).astype(np.int32)
    values = scale[rows].astype(np.float32)
    features = csr_array((values, places.astype(np.int32), borders), shape=shape)

    def fit(label: int) -> tuple[NDArray[np.float32], float]:
        return _one_against_rest(features, rows, places, numbers == label, settings)

    if labels == 2:
        column, bias = fit(1)
        return BagOfNgrams(
            settings.longest,
            kept,
            np.stack([-column, column], axis=1) * np.float32(0.5),
            np.array([-bias / 2, bias / 2], np.float32),
            ending=settings.ending,
        )
    pairs = [fit(label) for label in range(labels)]
    columns = np.stack([column for column, _ in pairs], axis=1)
    biases = np.array([bias for _, bias in pairs], np.float32)
    return BagOfNgrams(settings.longest, kept, columns, biases, ending=settings.ending)


def _one_against_rest(
    features: Any,
    rows: NDArray[np.int64],
    places: NDArray[np.int64],
    is_label: NDArray[np.bool_],
    settings: BagSettings,
) -> tuple[NDArray[np.float32], float]:
    """Weights (N,) and bias of the log-odds of a label; one that no text has is told from none."""
    if not is_label.any():
        return np.zeros(features.shape[1], np.float32), -math.log(2 * len(is_label) + 1)
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    size = features.shape[1]
    ours = np.bincount(places, is_label[rows], minlength=size) + 1.0
    others = np.bincount(places, ~is_label[rows], minlength=size) + 1.0
    ratio = np.log((ours / ours.sum()) / (others / others.sum())).astype(np.float32)
    scaled = features.copy()
    scaled.data = scaled.data * ratio[scaled.indices]
    model = LogisticRegression(
        C=settings.strength, solver="liblinear", dual=True, max_iter=_STEPS, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(scaled, is_label)
    return (model.coef_[0] * ratio).astype(np.float32), float(model.intercept_[0])
