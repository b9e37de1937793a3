"""Training in one call: what ``textrnn train NAME`` does, and what Python's users call.

The names of the command's options are the keywords of these functions. Whatever can be wrong with a
call is found before a text is read and before Keras is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.corpora.files.outputs import refuse_inputs
from textrnn.errors import ConfigurationError
from textrnn.training.classifier.files import ClassifierFiles
from textrnn.training.files import Files
from textrnn.training.generator.files import GeneratorFiles
from textrnn.training.initial import sizes_of_model
from textrnn.training.loading import loading_training
from textrnn.training.named import changed, named_settings, named_values
from textrnn.training.recipes.tasks import plan_class, train_function
from textrnn.training.tagger.files import TaggerFiles

if TYPE_CHECKING:
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.training.classifier.plan import ClassifierPlan
    from textrnn.training.generator.plan import GeneratorPlan
    from textrnn.training.loop.events import OnEvent
    from textrnn.training.settings import Plan
    from textrnn.training.tagger.plan import TaggerPlan

PathLike = str | Path
Data = str | Path | Iterable[Any]
OnMessage = Callable[[str], None]

_KEYWORDS = ("out", "plan", "embeddings", "init_from", "name", "language", "precision", "resume",
             "on_event", "on_message")  # fmt: skip


def train_classifier(
    train: Data,
    *,
    out: PathLike,
    validation: Data | None = None,
    unlabelled: Data = (),
    text: str | int | None = None,
    label: str | int | None = None,
    labels: Mapping[str, str] | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    embeddings: PathLike | None = None,
    init_from: PathLike | Sequence[PathLike] = (),
    plan: ClassifierPlan | None = None,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Classifier:
    """Train a classifier, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a file or folder; or ``(text, label)`` pairs,
            dictionaries, a pandas or Polars frame, a dictionary of columns, or
            :class:`textrnn.corpora.LabelledText`.
        out: the folder that becomes the bundle; while training, state lies in ``<out>.training``.
        validation: the same, to choose the best epoch by; by default cut from ``train``.
        unlabelled: a path, or texts: further ones without labels.
        text: column or key of the text, or its number; by default a usual one, as ``text``.
        label: the same for the label.
        labels: other names for labels, as ``{"1": "positive"}``.
        format: of the files; by default by suffix.
        encoding: of the files.
        embeddings: a file of word vectors to begin with.
        init_from: a model to begin with, or several: its vocabulary and, where nothing else is
            said, its sizes.
        plan: all settings; by default those of ``textrnn train classifier``.
        name: the model's name; by default the folder's.
        language: ISO 639-1 code; by default that of the texts.
        precision: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
        on_event: called with a :class:`textrnn.training.loop.events.TrainingEvent` after each step
            and epoch.
        on_message: called with a line on what happens before and after.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train classifier`` have: ``epochs=20``, ``learning_rate=0.01``,
            ``pooling=["mean"]``, ``layers=2``, ``bidirectional=False`` …

    Returns:
        The model.

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
        _data(train), _data(validation), format, encoding, _data(unlabelled), text, label,
        labels or {},
    )  # fmt: skip
    train_model(
        "classifier", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        on_event=on_event, on_message=on_message,
    )  # fmt: skip
    from textrnn.heads.classifier.classifier import Classifier

    return Classifier.load(out)


def train_tagger(
    train: Data,
    *,
    out: PathLike,
    validation: Data | None = None,
    unlabelled: Data = (),
    lexicon: Data = (),
    gazetteer: Mapping[str, Iterable[str]] | None = None,
    labels: Mapping[str, str] | None = None,
    format: str | None = None,
    encoding: str = "utf-8",
    embeddings: PathLike | None = None,
    init_from: PathLike | Sequence[PathLike] = (),
    plan: TaggerPlan | None = None,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **settings: Any,
) -> Tagger:
    """Train a tagger, write it as a bundle, and load it.

    Args:
        train: what to learn from: the path of a file or folder; or pairs
            ``(text, [(start, end, label), …])`` or ``(words, tags)``, dictionaries as annotation
            tools export them, a frame with a word a row, or
            :class:`textrnn.corpora.TaggedSentence` and :class:`textrnn.corpora.SpannedText`.
        out: as :func:`train_classifier` has it, like the others below.
        validation: the same as ``train``; by default whole documents are cut from that.
        unlabelled: a path, or texts: further ones for the vocabulary and the word vectors.
        lexicon: a path, or words to match, for a model of characters.
        gazetteer: lists of known names by their kind, as ``city``.
        labels: other names for labels; an empty one drops a label.
        format: of the files.
        encoding: of the files.
        embeddings: a file of word vectors to begin with.
        init_from: generators to begin with: their encoders, and the rows of words that both have.
        plan: all settings; by default those of ``textrnn train tagger``.
        name: the model's name.
        language: ISO 639-1 code.
        precision: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
        on_event: called after each step and epoch.
        on_message: called with a line on what happens.
        settings: settings that are to be other than the plan's, by the names that the options of
            ``textrnn train tagger`` have.

    Returns:
        The model.

    Raises:
        ConfigurationError, InputError, TrainingError, MissingExtraError: as
            :func:`train_classifier`.

    Example:
        >>> model = textrnn.train_tagger("names.conll", out="names", units=50)  # doctest: +SKIP
    """
    files = TaggerFiles(
        _data(train), _data(validation), format, encoding, _data(unlabelled), _data(lexicon),
        labels or {},
    )  # fmt: skip
    train_model(
        "tagger", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        on_event=on_event, on_message=on_message, gazetteer=gazetteer,
    )  # fmt: skip
    from textrnn.heads.tagger.tagger import Tagger

    return Tagger.load(out)


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
    embeddings: PathLike | None = None,
    init_from: PathLike | Sequence[PathLike] = (),
    plan: GeneratorPlan | None = None,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
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
        embeddings: a file of vectors of its tokens to begin with.
        init_from: a model to begin with, or several.
        plan: all settings; by default those of ``textrnn train generator``.
        name: the model's name.
        language: ISO 639-1 code.
        precision: ``int8`` or ``float32``.
        resume: go on where a stopped run left off.
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
    files = GeneratorFiles(_data(train), _data(validation), format, encoding, unit, reflow, text)
    train_model(
        "generator", files, settings, out=out, plan=plan, embeddings=embeddings,
        init_from=init_from, name=name, language=language, precision=precision, resume=resume,
        on_event=on_event, on_message=on_message,
    )  # fmt: skip
    from textrnn.heads.generator.generator import Generator

    return Generator.load(out)


def train_model(
    task: str,
    files: Files,
    settings: Mapping[str, Any],
    *,
    out: PathLike,
    plan: Plan | None = None,
    embeddings: PathLike | None = None,
    init_from: PathLike | Sequence[PathLike] = (),
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    **more: Any,
) -> None:
    """Train a model of any task and write it: see :func:`train_classifier`.

    Args:
        task: the task.
        files: what it learns from.
        settings: settings by their names.
        more: what else the task's function takes, as ``gazetteer``.
    """
    say = on_message or (lambda line: None)
    vectors = None if embeddings is None else Path(embeddings)
    models = [init_from] if isinstance(init_from, str | Path) else init_from
    paths = [Path(model) for model in models]
    plan = planned(task, files, settings, plan=plan, init_from=paths)
    read = [value for value in vars(files).values() if isinstance(value, Path)]
    refuse_inputs(Path(out), [*read, vectors, *paths])
    data = files.arguments(lambda line: say(f"note: {line}"))
    with loading_training():
        train = train_function(task)
        from textrnn.training.run import ModelInfo
    train(
        **data, **more, out=out, plan=plan, embeddings=vectors, init_from=paths,
        info=ModelInfo(name, language), precision=precision, resume=resume,
        on_event=on_event, on_message=on_message,
    )  # fmt: skip


def planned(
    task: str,
    files: Files,
    settings: Mapping[str, Any],
    *,
    plan: Plan | None,
    init_from: Sequence[Path],
) -> Plan:
    """The plan that settings by their names make.

    Args:
        task: the task.
        files: what it learns from, whose names a wrong one may have been meant for.
        settings: the settings.
        plan: what they change; by default the task's plan, with the sizes of the first model that
            it begins with.
        init_from: these models.

    Raises:
        ConfigurationError: there is no such setting, or it is wrong.
    """
    start = plan or plan_class(task)()
    for named in named_settings(files):
        if named.name in settings and named.name != named.path[0]:
            raise ConfigurationError(f"{named.name} is an option; the keyword is {named.path[0]}")
    known = [*(field.name for field in fields(files)), *_KEYWORDS]
    values = named_values(start, settings, also_known=known)
    if init_from:
        for name, path in zip(settings, values, strict=True):
            if hasattr(start, "tokenizer") and path[0] in ("tokenizer", "vectors"):
                raise ConfigurationError(
                    f"{name} has no say beside init_from: the vocabulary is the model's"
                )
    if init_from and plan is None:
        values = {**sizes_of_model(start, task, init_from[0]), **values}
    return changed(start, values)


def _data(data: Any) -> Any:
    return Path(data) if isinstance(data, str) else data
