"""A text classifier as scikit-learn's pipelines, searches and cross-validation take it.

It needs scikit-learn, as training does: the extra ``train``.
"""

from __future__ import annotations

import inspect
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.configuration import unknown_key_message
from textrnn.corpora import LabelledText
from textrnn.errors import MissingExtraError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.training.classifier.files import ClassifierFiles
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.named import named_settings
from textrnn.training.train import AUTO, train_model

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import check_random_state, column_or_1d
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError as error:
    raise MissingExtraError("textrnn.sklearn", "train") from error

if TYPE_CHECKING:
    from textrnn.training.loop.events import OnEvent

# Parameters besides the settings of a plan: those of ``textrnn.train_classifier``.
_OWN: dict[str, Any] = {"embeddings": None, "init_from": AUTO, "language": "", "precision": "int8"}
# None is as it fits the texts, which no setting of a classifier's plan can be.
_SETTINGS: dict[str, Any] = {named.name: None for named in named_settings(ClassifierPlan())}
_ALL = {**_SETTINGS, "random_state": 0, **_OWN}
_LARGEST_SEED = 2**31 - 1


class TextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc, unused-ignore]
    """Learns to give texts their labels; see :func:`textrnn.train_classifier`.

    The trained model lies in a temporary folder, which goes with the estimator: :meth:`save` keeps
    it. A pickled estimator has its model with it.

    Args:
        parameters: the settings of ``textrnn.train_classifier`` by their names, ``embeddings``,
            ``init_from``, ``language`` and ``precision``; what each means tells ``textrnn train
            classifier --help``. A setting that is None, the default, is as it fits the texts.
            ``random_state`` is 0, or what scikit-learn takes for one.

    Attributes:
        classes_: the labels, sorted, of the kind that was given.
        model_: the :class:`textrnn.Classifier`.

    Raises:
        TypeError: there is no such parameter.

    Example:
        >>> from sklearn.model_selection import cross_val_score
        >>> cross_val_score(TextClassifier(epochs=20), texts, labels, cv=5)  # doctest: +SKIP
    """

    classes_: NDArray[Any]
    model_: Classifier

    def __init__(self, **parameters: Any) -> None:
        for name in parameters:
            if name not in _ALL:
                raise TypeError(unknown_key_message(name, list(_ALL)))
        self.__dict__.update({**_ALL, **parameters})

    # scikit-learn asks the signature for the parameters.
    __init__.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
                for name, default in _ALL.items()
            ),
        ]
    )

    def fit(
        self,
        X: Iterable[str],  # noqa: N803
        y: Iterable[Any],
        *,
        on_event: OnEvent | None = None,
        on_message: Callable[[str], None] | None = None,
    ) -> TextClassifier:
        """Train on texts and their labels.

        Args:
            X: texts: a list, an array, a Series, or a table of one column.
            y: a label for each.
            on_event: called after each step and epoch.
            on_message: called with a line on what happens.

        Returns:
            Itself.

        Raises:
            ValueError: they are no texts, none at all, not as many as there are labels, or of one
                label only.
            ConfigurationError: a parameter is wrong.
            InputError: a label cannot be one, as ``uncertain``.
            TrainingError: the texts cannot be learned from.
        """
        texts, targets = _texts(X), column_or_1d(_held(y), warn=True)
        if not texts:
            raise ValueError("there are no texts to learn from")
        check_classification_targets(targets)
        if len(texts) != len(targets):
            raise ValueError(f"{len(texts)} texts, but {len(targets)} labels")
        classes = np.unique(targets)
        if len(classes) < 2:
            raise ValueError(f"the texts are of one class only: {classes.tolist()}")
        examples = [LabelledText(t, str(v)) for t, v in zip(texts, targets.tolist(), strict=True)]
        path = self._path_of_model()
        train_model(
            "classifier",
            ClassifierFiles(examples),
            self._settings(),
            out=path,
            **{name: getattr(self, name) for name in _OWN},
            on_event=on_event,
            on_message=on_message,
        )
        self.classes_, self.model_ = classes, Classifier.load(path)
        return self

    def predict(self, X: Iterable[str]) -> NDArray[Any]:  # noqa: N803
        """The most probable label of each text, (texts,)."""
        best = self.predict_proba(X).argmax(axis=1)
        chosen: NDArray[Any] = self.classes_[best]
        return chosen

    def predict_proba(self, X: Iterable[str]) -> NDArray[np.float64]:  # noqa: N803
        """The probability of each label in the order of ``classes_``, (texts, labels)."""
        check_is_fitted(self)
        names = [str(value) for value in self.classes_.tolist()]
        answers = self.model_.answer(_texts(X), read_ahead=True)
        rows = [[answer.probabilities[name] for name in names] for answer in answers]
        return np.array(rows, np.float64).reshape(-1, len(names))

    def save(self, path: str | Path) -> None:
        """Write the trained model, for ``textrnn.load`` and ``textrnn classify --model``.

        Raises:
            ConfigurationError: something that is no model is there.
        """
        check_is_fitted(self)
        bundle = self.model_.bundle
        write_bundle(Path(path), bundle.manifest, _contents(bundle))

    def _settings(self) -> dict[str, Any]:
        """The settings that were given."""
        given = {name: getattr(self, name) for name in _SETTINGS}
        if not isinstance(seed := given["random_state"], Integral):
            given["random_state"] = int(check_random_state(seed).randint(_LARGEST_SEED))
        return {name: value for name, value in given.items() if value is not None}

    def _path_of_model(self) -> Path:
        """Where a model may lie for as long as this estimator needs it."""
        folder = Path(tempfile.mkdtemp(prefix="textrnn-"))
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder / "model"

    def __getstate__(self) -> dict[str, Any]:
        state = {**super().__getstate__()}
        state.pop("_remove", None)
        if model := state.pop("model_", None):
            state["_bundle"] = model.bundle.manifest, _contents(model.bundle)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        bundle = state.pop("_bundle", None)
        super().__setstate__(state)
        if bundle is not None:
            path = self._path_of_model()
            write_bundle(path, *bundle)
            self.model_ = Classifier.load(path)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = tags.input_tags.string = True
        return tags


def _held(given: Iterable[Any]) -> Any:
    """A list of what can be read only once; what else there is as it is."""
    return list(given) if isinstance(given, Iterator) else given


def _texts(given: Iterable[str]) -> list[str]:
    """Texts, of whatever holds them.

    Raises:
        ValueError: they are none.
    """
    if isinstance(given, str):
        raise ValueError(f"expected several texts, as a list; received {given!r:.80}")
    values = _held(given)
    values = values if isinstance(values, list) else np.asarray(values, object)
    if isinstance(values, np.ndarray):
        if values.ndim == 2 and values.shape[1] == 1:
            values = values[:, 0]
        if values.ndim != 1:
            raise ValueError(f"expected texts in one dimension; received {values.ndim} dimensions")
    for number, value in enumerate(values):
        if not isinstance(value, str):
            raise ValueError(f"expected texts; received {value!r:.80} at {number}")
    return list(values)


def _contents(bundle: Bundle) -> dict[str, bytes]:
    return {name: bundle.read(name) for name in bundle.manifest.files}
