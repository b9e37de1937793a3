"""Training a classifier in one call, from Python as from the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textrnn.configuration import converted
from textrnn.training.classifier.files import ClassifierFiles
from textrnn.training.train import (
    AUTO,
    Data,
    OnMessage,
    PathLike,
    as_data,
    load_trained,
    train_model,
)

if TYPE_CHECKING:
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.training.classifier.plan import ClassifierPlan
    from textrnn.training.loop.events import OnEvent


def train_classifier(
    train: Data,
    *,
    out: PathLike,
    validation: Data | None = None,
    unlabelled: Data = (),
    text: str | int | None = None,
    label: str | int | None = None,
    labels: Mapping[Any, str] | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    embeddings: PathLike | Sequence[PathLike] | None = None,
    init_from: PathLike | Sequence[PathLike] = AUTO,
    plan: ClassifierPlan | None = None,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Classifier:
    """Train a classifier, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a file or folder; or ``(text, label)`` pairs,
            dictionaries, a pandas or Polars frame, a dictionary of columns, or
            :class:`textrnn.corpora.LabelledText`. A dictionary of labels with their probabilities
            may stand in place of a label.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: the same, to choose the best epoch by; by default cut from ``train``.
        unlabelled: a path, or texts: further ones without labels.
        text: column or key of the text, or its number; by default a usual one, as ``text``.
        label: the same for the label.
        labels: other names for labels, as ``{1: "positive"}``.
        format: of the files; by default by suffix.
        encoding: of the files.
        embeddings: word vectors to begin with, whose words the vocabulary holds, too: a name of
            those that ship, as ``glove-en``, a file, or several, whose numbers stand end to end.
            The embedding has their units, and as many words as 12 MB hold.
        init_from: a model to begin with, or several: its vocabulary and, where nothing else is
            said, its sizes. By ``auto`` few texts begin with the word vectors of their language, or
            with its shipped classifier where the labels have to do with its own, if no ``plan``
            and no size is given; by ``none`` with nothing.
        plan: all settings; by default those that fit the texts.
        name: the model's name; by default the folder's.
        language: ISO 639-1 code; by default that of the texts.
        precision: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
        force: whether a model at ``out``, or the state of a stopped run, may be replaced.
        on_event: called with a :class:`textrnn.training.loop.events.TrainingEvent` after each step
            and epoch.
        on_message: called with a line on what happens before and after.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train classifier`` have: ``epochs=20``, ``learning_rate=0.01``,
            ``pooling=["mean"]``, ``layers=2``, ``bidirectional=False`` …

    Returns:
        The model. Where it is of no use as it is, since it answers one label alone or is no better
        than always answering the commonest, that is warned of (``WeakModelWarning``), and stands
        in ``model.bundle.manifest.training["measured"]``.

    Raises:
        ConfigurationError: a setting is unknown or wrong, or there is nothing to validate on.
        InputError: an example or a file cannot be read.
        TrainingError: the texts cannot be learned from, or a checkpoint is of another run.
        MissingExtraError: Keras is not installed.

    Example:
        >>> model = textrnn.train_classifier(
        ...     [("A joy.", "good"), ("A bore.", "bad"), …], out="mine", epochs=5
        ... )  # doctest: +SKIP
        >>> model.classify(["What a joy."])[0].label  # doctest: +SKIP
        'good'
    """
    files = ClassifierFiles(
        as_data(train), as_data(validation), format, encoding, as_data(unlabelled), text, label,
        converted(Mapping[str, str], labels or {}, "labels"),
    )  # fmt: skip
    manifest = train_model(
        "classifier", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        force=force, on_event=on_event, on_message=on_message,
    )  # fmt: skip
    model: Classifier = load_trained(out, manifest, on_message=on_message)
    return model
