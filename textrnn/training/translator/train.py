"""Training a translator in one call, from Python as from the shell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.training.train import (
    AUTO,
    Data,
    OnMessage,
    PathLike,
    as_data,
    load_trained,
    train_model,
)
from textrnn.training.translator.files import TranslatorFiles

if TYPE_CHECKING:
    from textrnn.heads.translator.translator import Translator
    from textrnn.training.loop.events import OnEvent
    from textrnn.training.translator.plan import TranslatorPlan


def train_translator(
    train: Data,
    *,
    out: PathLike,
    target_file: PathLike | None = None,
    validation: Data | None = None,
    validation_target: PathLike | None = None,
    source: str | int | None = None,
    target: str | int | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    plan: TranslatorPlan | None = None,
    embeddings: PathLike | Sequence[PathLike] | None = None,
    init_from: PathLike | Sequence[PathLike] = AUTO,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Translator:
    """Train a translator, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a table of pairs, or of sentences, a line each, whose
            translations ``target_file`` has; or pairs ``(source, target)``, dictionaries, a frame
            of pandas or Polars, or :class:`textrnn.corpora.pairs.Pair`.
        out: the folder that becomes the model.
        target_file: the file of the translations of ``train``, line by line.
        validation: the same as ``train``, to choose the epoch by; by default some of its pairs.
        validation_target: the file of the translations of ``validation``.
        source: column or key of the source, or its number from 0.
        target: the same of the translation.
        format: of the files.
        encoding: of the files.
        plan: all settings; what it leaves open follows from the pairs.
        embeddings: word vectors for the source's tokens to begin with.
        init_from: translators to begin with.
        name: the model's name.
        language: of the sources, as ISO 639-1 has it; by default found.
        precision: of the graphs that serve: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
        force: whether a model at ``out``, or the state of a stopped run, may be replaced.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train translator`` have.

    Returns:
        The model.

    Raises:
        ConfigurationError, InputError, TrainingError, MissingExtraError: as
            :func:`train_classifier`.

    Example:
        >>> model = textrnn.train_translator("pairs.tsv", out="mine")  # doctest: +SKIP
    """
    files = TranslatorFiles(
        as_data(train), as_data(validation), format, encoding, _path(target_file),
        _path(validation_target), source, target,
    )  # fmt: skip
    manifest = train_model(
        "translator", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        force=force, on_event=on_event, on_message=on_message,
    )  # fmt: skip
    model: Translator = load_trained(out, manifest, on_message=on_message)
    return model


def _path(given: PathLike | None) -> Path | None:
    return None if given is None else Path(given)
