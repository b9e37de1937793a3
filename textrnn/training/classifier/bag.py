"""Training a bag of n-grams: logistic regression on which n-grams a text has, not how often.

By ``ratios`` (Wang & Manning 2012, section 2.3, with logistic regression for the support vector
machine) the feature of an n-gram is the log-ratio of its share among the texts of a label to its
share among the others, each label against the rest where there are more than two.

By ``rarity`` it is the inverse document frequency (Spärck Jones 1972), of words over the number of
its tokens: of few texts no ratio is sure, and hardly a pair is seen twice. Beside the n-grams stand
the sums of the vectors of a text's words, where there are vectors. The weight of a word is then its
own and what its vector says of it, so that a word has a weight which no text to learn from had.

In both a text's features are divided by the square root of the number of its different n-grams.

Shapes: B texts, P n-grams of texts, N kept n-grams, V tokens, E numbers of a vector, L labels.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import InputError
from textrnn.heads.classifier.bag import BagOfNgrams, text_ngrams, token_hashes
from textrnn.training.classifier.plan import BagSettings

_STEPS = 30  # of the solver by ratios, which need not come to the very end
_STEPS_BY_RARITY = 100
_VECTOR_SCALE = 2.0  # of a word's vector beside the word itself, on average
_EQUAL_TEXTS = 50  # of each label, that its share is drawn towards the others' by

Ids = NDArray[np.int32]
_Linear = tuple[NDArray[np.float32], NDArray[np.float32]]  # weights (N, L) and biases (L,)


def train_bag(
    texts: Sequence[Ids],
    numbers: NDArray[np.int64],
    labels: int,
    settings: BagSettings,
    vectors: NDArray[np.float32] | None = None,
) -> BagOfNgrams:
    """A bag of n-grams from texts.

    Args:
        texts: token ids, (tokens,) each.
        numbers: the label's number of each.
        labels: L.
        settings: how to train.
        vectors: of the tokens, (V, E), rows of zeros where there is none; by rarity alone.

    Raises:
        InputError: no n-gram is in as many texts as it has to be.
    """
    ngrams = Ngrams.of(texts, settings)
    if settings.weights == "ratios":
        weights, bias = _by_ratios(ngrams, numbers, labels, settings.strength)
        hashes = ngrams.kept
    else:
        hashes, weights, bias = _by_rarity(ngrams, texts, numbers, labels, settings, vectors)
    return BagOfNgrams(settings.longest, hashes, weights, bias, ending=settings.ending)


@dataclass(frozen=True)
class Ngrams:
    """The n-grams of texts that are in texts enough.

    Attributes:
        texts: how many.
        kept: their hashes, sorted, (N,).
        counts: how many texts have each, (N,).
        rows: the text of each n-gram of a text, sorted, (P,).
        places: its number among the kept, (P,).
        scale: what the features of each text are multiplied by, (B,).
    """

    texts: int
    kept: NDArray[np.uint32]
    counts: NDArray[np.int64]
    rows: NDArray[np.int64]
    places: NDArray[np.int64]
    scale: NDArray[np.float64]

    @classmethod
    def of(cls, texts: Sequence[Ids], settings: BagSettings) -> Ngrams:
        """Those of some texts.

        Raises:
            InputError: none is in as many texts as it has to be.
        """
        rows, hashes = text_ngrams(texts, longest=settings.longest, ending=settings.ending)
        scale = 1.0 / np.sqrt(np.maximum(np.bincount(rows, minlength=len(texts)), 1.0))
        found, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
        frequent = counts >= settings.min_frequency
        if not frequent.any():
            raise InputError(
                f"the bag of n-grams is empty: none is in {settings.min_frequency:,} texts; give "
                "more texts, or lower min_frequency under [bag] in a recipe"
            )
        within = frequent[places]
        numbers = np.cumsum(frequent) - 1
        return cls(
            len(texts),
            found[frequent],
            counts[frequent],
            rows[within],
            numbers[places[within]],
            scale,
        )

    def features(self) -> Any:
        """One for each n-gram that a text has, scaled: a sparse matrix, (B, N)."""
        from scipy.sparse import csr_array

        # The rows come sorted; the solver wants its indices in 32 bits.
        borders = np.searchsorted(self.rows, np.arange(self.texts + 1)).astype(np.int32)
        values = self.scale[self.rows].astype(np.float32)
        shape = (self.texts, len(self.kept))
        return csr_array((values, self.places.astype(np.int32), borders), shape=shape)


def _by_ratios(ngrams: Ngrams, numbers: NDArray[np.int64], labels: int, strength: float) -> _Linear:
    features = ngrams.features()

    def fit(label: int) -> tuple[NDArray[np.float32], float]:
        return _one_against_rest(features, ngrams, numbers == label, strength)

    if labels == 2:
        column, bias = fit(1)
        halves = np.stack([-column, column], axis=1) * np.float32(0.5)
        return halves, np.array([-bias / 2, bias / 2], np.float32)
    pairs = [fit(label) for label in range(labels)]
    columns = np.stack([column for column, _ in pairs], axis=1)
    return columns, np.array([bias for _, bias in pairs], np.float32)


def _one_against_rest(
    features: Any, ngrams: Ngrams, is_label: NDArray[np.bool_], strength: float
) -> tuple[NDArray[np.float32], float]:
    """Weights (N,) and bias of the log-odds of a label; one that no text has is told from none."""
    if not is_label.any():
        return np.zeros(features.shape[1], np.float32), -math.log(2 * len(is_label) + 1)
    size = features.shape[1]
    ours = np.bincount(ngrams.places, is_label[ngrams.rows], minlength=size) + 1.0
    others = np.bincount(ngrams.places, ~is_label[ngrams.rows], minlength=size) + 1.0
    ratio = np.log((ours / ours.sum()) / (others / others.sum())).astype(np.float32)
    scaled = features.copy()
    scaled.data = scaled.data * ratio[scaled.indices]
    model = _fitted(
        scaled,
        is_label,
        {"C": strength, "solver": "liblinear", "dual": True, "max_iter": _STEPS},
    )
    return (model.coef_[0] * ratio).astype(np.float32), float(model.intercept_[0])


def _by_rarity(
    ngrams: Ngrams,
    texts: Sequence[Ids],
    numbers: NDArray[np.int64],
    labels: int,
    settings: BagSettings,
    vectors: NDArray[np.float32] | None,
) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.float32]]:
    """Hashes, weights and biases of all n-grams that have a weight."""
    from scipy.sparse import csr_array, hstack

    values = rarities(ngrams, texts, settings)
    features = ngrams.features()
    features.data = features.data * values[features.indices]
    table, places = np.zeros((0, 0), np.float32), np.zeros(0, np.int64)
    if vectors is not None:
        words = _words(texts, len(vectors), ngrams.scale)
        places = np.flatnonzero(vectors.any(axis=1))
        table = _centred(vectors, places, np.asarray((words != 0).sum(axis=0)).ravel())
        features = hstack([features, csr_array(words @ table)], format="csr")
    model = _fitted(
        features,
        numbers,
        {
            "C": settings.strength,
            "max_iter": _STEPS_BY_RARITY,
            "class_weight": _towards_equal(numbers),
        },
    )
    columns, bias = _for_all_labels(model, labels, len(numbers))
    weights = columns[: len(values)] * values[:, None]
    of_words = table[places] @ columns[len(values) :]
    alone = token_hashes(len(table))[places]
    hashes, rows = np.unique(np.concatenate([ngrams.kept, alone]), return_inverse=True)
    joined = np.zeros((len(hashes), labels), np.float32)
    np.add.at(joined, rows, np.concatenate([weights, of_words]).astype(np.float32))
    return hashes, joined, bias


def rarities(ngrams: Ngrams, texts: Sequence[Ids], settings: BagSettings) -> NDArray[np.float64]:
    """The inverse document frequency of each n-gram over a power of its length, (N,)."""
    sizes = np.full(len(ngrams.kept), settings.longest)
    for size in range(settings.longest - 1, 0, -1):
        _, shorter = text_ngrams(texts, longest=size, ending=settings.ending)
        sizes[np.isin(ngrams.kept, shorter)] = size
    frequencies = np.log((1 + ngrams.texts) / (1 + ngrams.counts)) + 1
    return np.asarray(frequencies / sizes**settings.length_power)


def _words(texts: Sequence[Ids], tokens: int, scale: NDArray[np.float64]) -> Any:
    """Which tokens each text has, scaled: a sparse matrix, (B, V)."""
    from scipy.sparse import csr_array

    different = [np.unique(ids) for ids in texts]
    rows = np.repeat(np.arange(len(texts)), [len(ids) for ids in different])
    columns = np.concatenate([np.zeros(0, np.int32), *different])
    return csr_array((scale[rows], (rows, columns)), shape=(len(texts), tokens))


def _centred(
    vectors: NDArray[np.float32], places: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The vectors less their mean in the texts, of one size on average; (V, E).

    Args:
        vectors: (V, E).
        places: of those that are vectors.
        counts: how many texts have each, (V,).
    """
    share = counts[places] / max(int(counts[places].sum()), 1)
    table = np.zeros_like(vectors)
    table[places] = vectors[places] - share @ vectors[places]
    size = math.sqrt(float(share @ np.square(table[places]).sum(axis=1)))
    table *= np.float32(_VECTOR_SCALE / max(size, 1e-9))
    return table


def _towards_equal(numbers: NDArray[np.int64]) -> dict[int, float]:
    """The weight of each label: few texts say little of how frequent labels are."""
    found, counts = np.unique(numbers, return_counts=True)
    wanted = (counts + _EQUAL_TEXTS) / (counts.sum() + _EQUAL_TEXTS * len(counts))
    return dict(zip(found.tolist(), (wanted * counts.sum() / counts).tolist(), strict=True))


def _for_all_labels(model: Any, labels: int, texts: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weights (features, L) and biases (L,); a label that no text has is improbable."""
    coefficients, intercepts = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:
        coefficients = np.concatenate([-coefficients, coefficients], axis=1) / 2
        intercepts = np.array([-intercepts[0], intercepts[0]]) / 2
    weights = np.zeros((len(coefficients), labels), np.float32)
    bias = np.full(labels, intercepts.min() - math.log(texts + 1), np.float32)
    weights[:, model.classes_], bias[model.classes_] = coefficients, intercepts
    return weights, bias


def _fitted(features: Any, targets: NDArray[Any], options: dict[str, Any]) -> Any:
    """A logistic regression; it is no matter if it stops before its end."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(random_state=0, **options).fit(features, targets)
