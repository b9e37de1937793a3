"""scikit-learn's own checks on ``TextClassifier``: they hand numbers, so numbers are told as texts.

``check_estimator`` asks an estimator of texts next to nothing, since its checks are made for tables
of numbers. ``OfNumbers`` writes each row down as a text, so that they can be held against what lies
below. ``python tests/support/sklearn_checks.py`` runs all of them, which takes some minutes; the
tests run those that train nothing. One cannot apply: ``check_array_api_input``, since arrays of
other libraries than NumPy hold no texts.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from string import ascii_lowercase as _LETTERS
from typing import Any

from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

from textrnn.sklearn import TextClassifier

TINY: dict[str, Any] = {
    "units": 4, "embedding_units": 4, "cell": "rnn", "pooling": ("mean",), "bidirectional": False,
    "epochs": 4, "learning_rate": 0.05, "batch_size": 8, "vocabulary_size": 500, "folds": 0,
    "bag_ngrams": 0, "init_from": "none",
}  # fmt: skip


class OfNumbers(TextClassifier):
    """Reads each row of a table as a text of its numbers, coarse and fine: ``ap3 ap312``."""

    def fit(self, X: Any, y: Any) -> OfNumbers:  # type: ignore[override]  # noqa: N803
        table, labels = validate_data(self, X, y)
        super().fit(_told(table), labels)
        return self

    def predict_proba(self, X: Any) -> Any:  # noqa: N803
        check_is_fitted(self)
        return super().predict_proba(_told(validate_data(self, X, reset=False)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = False
        return tags


def _told(table: Iterable[Iterable[float]]) -> list[str]:
    return [
        " ".join(
            f"{letter}{'m' if value < 0 else 'p'}{round(abs(value) * grain)}"
            for letter, value in zip(_LETTERS, row, strict=False)
            for grain in (1, 100)
        )
        for row in table
    ]


def _show(*, check_name: str, status: str, exception: Exception | None, **_: Any) -> None:
    sys.stdout.write(f"{status:8} {check_name} {exception or ''}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    check_estimator(OfNumbers(**TINY), on_fail=None, callback=_show)
