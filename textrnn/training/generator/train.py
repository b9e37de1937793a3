"""Training a generator in one call, from Python as from the shell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from textrnn.training.generator.files import GeneratorFiles
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
    from textrnn.heads.generator.generator import Generator
    from textrnn.training.generator.plan import GeneratorPlan
    from textrnn.training.loop.events import OnEvent


def train_generator(
    train: Data | Callable[[], Iterable[Any]],
    *,
    out: PathLike,
    validation: Data | Callable[[], Iterable[Any]] | None = None,
    text: str | None = None,
    unit: str = "file",
    reflow: bool = False,
    format: str | None = None,
    encoding: str = "utf-8",
    embeddings: PathLike | Sequence[PathLike] | None = None,
    init_from: PathLike | Sequence[PathLike] = AUTO,
    plan: GeneratorPlan | None = None,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Generator:
    """Train a generator, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a file or folder; or texts, each a document,
            dictionaries, a frame, :class:`textrnn.corpora.Passage`, or a function that gives these
            each time it is called, for what is larger than the memory.
        out: as :func:`train_classifier` has it, like the others below.
        validation: the same as ``train``; by default cut from that.
        text: column or key of the text.
        unit: whether a document of a ``.txt`` is a ``line`` or the ``file``.
        reflow: whether the lines of a file's paragraphs are joined.
        format: of the files.
        encoding: of the files.
        embeddings: vectors of its tokens to begin with: a name of those that ship, as ``char-zh``,
            a file, or several, whose numbers stand end to end. The embedding has their units.
        init_from: a model to begin with, or several. By ``auto`` up to 2,000,000 characters begin
            with the shipped generator of their language, where no ``plan``, size or vocabulary is
            given; by ``none`` with nothing.
        plan: all settings; by default those of ``textrnn train generator``.
        name: the model's name.
        language: ISO 639-1 code.
        precision: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
        force: whether a model at ``out``, or the state of a stopped run, may be replaced.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens, and with a sample after each epoch.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train generator`` have.

    Returns:
        The model.

    Raises:
        ConfigurationError, InputError, TrainingError, MissingExtraError: as
            :func:`train_classifier`.

    Example:
        >>> model = textrnn.train_generator("novel.txt", out="novel", epochs=3)  # doctest: +SKIP
        >>> model.generate("It was")[0].text  # doctest: +SKIP
    """
    files = GeneratorFiles(
        as_data(train), as_data(validation), format, encoding, unit, reflow, text
    )
    manifest = train_model(
        "generator", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        force=force, on_event=on_event, on_message=on_message,
    )  # fmt: skip
    model: Generator = load_trained(out, manifest, on_message=on_message)
    return model
