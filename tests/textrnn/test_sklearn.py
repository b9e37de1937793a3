"""The classifier that scikit-learn's pipelines, searches and cross-validation take."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator
from sklearn_checks import TINY, OfNumbers

import textrnn
from made_up import made_up_reviews
from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.sklearn import TextClassifier

REVIEWS = made_up_reviews(60)
TEXTS = [review.text for review in REVIEWS]
STARS = [5 if review.label == "positive" else 1 for review in REVIEWS]
# Of scikit-learn's checks, those that train nothing; ``sklearn_checks.py`` runs the others.
UNTRAINED = (
    "check_estimator_cloneable", "check_estimator_repr", "check_estimator_tags_renamed",
    "check_valid_tag_types", "check_no_attributes_set_in_init", "check_mixin_order",
    "check_estimators_unfitted", "check_do_not_raise_errors_in_init_or_set_params",
    "check_parameters_default_constructible", "check_set_params", "check_get_params_invariance",
    "check_fit1d", "check_estimators_empty_data_messages",
    "check_complex_data", "check_classifiers_one_label", "check_classifiers_regression_target",
    "check_supervised_y_no_nan", "check_requires_y_none",
)  # fmt: skip


def checks() -> list[Any]:
    made = estimator_checks_generator(OfNumbers(**TINY))
    named = [(check.func.__name__, partial(check, estimator)) for estimator, check in made]
    return [pytest.param(check, id=name) for name, check in named if name in UNTRAINED]


@pytest.mark.parametrize("check", checks())
def test_scikit_learn_finds_nothing_wrong(check: Callable[[], None]) -> None:
    check()


def test_scikit_learn_checks_what_it_can_of_texts() -> None:
    with pytest.warns(SkipTestWarning, match="Can't test estimator TextClassifier"):
        found = check_estimator(TextClassifier(**TINY))
    assert [check["status"] for check in found] == ["passed"] * len(found)


def test_parameters_are_the_settings_by_their_names() -> None:
    estimator = TextClassifier(epochs=3, precision="float32")
    parameters = estimator.get_params()
    assert [parameters[name] for name in ("epochs", "units", "random_state")] == [3, None, 0]
    assert repr(estimator) == "TextClassifier(epochs=3, precision='float32')"
    assert clone(estimator.set_params(units=7)).get_params() == {**parameters, "units": 7}
    with pytest.raises(TypeError, match="unknown setting 'epoch'; did you mean 'epochs'"):
        TextClassifier(epoch=3)
    with pytest.raises(NotFittedError):
        estimator.predict(["A joy."])
    with pytest.raises(ConfigurationError, match="epochs must be at least 1"):
        TextClassifier(epochs=0).fit(TEXTS, STARS)


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        (["a", 5], [0, 1], "expected texts; received 5 at 1"),
        (["a", "b", "c"], [0, 1], "3 texts, but 2 labels"),
        ([], [], "there are no texts to learn from"),
        (["a", "b"], ["x", "x"], "of one class only: "),
        ([["a", "b"], ["c", "d"]], [0, 1], "expected texts; received "),
        (np.array([["a", "b"], ["c", "d"]]), [0, 1], "received 2 dimensions"),
        ("ab", [0, 1], "expected several texts, as a list; received 'ab'"),
        (["a", "b"], [[0, 1], [1, 0]], "y should be a 1d array"),
        (iter(["a", "b", "c"]), iter([0, 1]), "3 texts, but 2 labels"),
    ],
)
def test_what_are_no_texts_with_labels_is_refused(texts: Any, labels: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TextClassifier(**TINY).fit(texts, labels)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "sklearn"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "textrnn.sklearn")
    with pytest.raises(MissingExtraError, match=r"textrnn\.sklearn needs .*\[train\]'"):
        import_module("textrnn.sklearn")


@pytest.mark.train
def test_it_learns_is_pickled_and_saved(tmp_path: Path) -> None:
    estimator = TextClassifier(**{**TINY, "epochs": 8}).fit(pandas.Series(TEXTS), np.array(STARS))
    assert estimator.classes_.tolist() == [1, 5]
    assert estimator.score(TEXTS, STARS) > 0.9
    trained = estimator.model_.bundle.manifest.training  # not what fits so few texts: a bag, folds
    assert (trained["training"]["folds"], trained["bag"]["longest"]) == (0, 0)
    chances = estimator.predict_proba(np.array(TEXTS)[:, None])
    assert chances.shape == (60, 2)
    assert np.allclose(chances.sum(axis=1), 1)
    assert estimator.predict(TEXTS).tolist() == [[1, 5][best] for best in chances.argmax(axis=1)]
    assert estimator.predict_proba([]).shape == (0, 2)
    content, folder = pickle.dumps(estimator), estimator.model_.bundle.path
    del estimator
    assert not folder.exists()
    again = pickle.loads(content)
    assert (again.predict_proba(TEXTS) == chances).all()
    again.save(tmp_path / "mine")
    assert textrnn.load(tmp_path / "mine").classify(TEXTS[:1])[0].label in ("1", "5")
    assert not hasattr(clone(again), "model_")


@pytest.mark.train
def test_a_search_through_a_pipeline() -> None:
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    pipeline = make_pipeline(lower, TextClassifier(**TINY))
    labels = [review.label for review in REVIEWS]
    search = GridSearchCV(pipeline, {"textclassifier__epochs": [1, 8]}, cv=2, refit=False)
    search.fit(TEXTS, labels)
    assert [tried["textclassifier__epochs"] for tried in search.cv_results_["params"]] == [1, 8]
    assert search.best_params_ == {"textclassifier__epochs": 8}
    assert search.best_score_ > 0.8
