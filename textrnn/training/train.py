"""Training in one call: what ``textrnn train NAME`` and Python's ``textrnn.train_NAME`` do.

The names of the command's options are the keywords of those functions. Whatever can be wrong with a
call is found before a text is read and before Keras is loaded.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.bundle.places import require_name
from textrnn.bundle.serving_settings import PRECISIONS
from textrnn.configuration import converted, path_of, require, require_choice, setting_of
from textrnn.errors import ConfigurationError, WeakModelWarning
from textrnn.training.files import Files
from textrnn.training.initial import UNITS, require_one_beginning, sizes_of_model
from textrnn.training.loading import loading_training
from textrnn.training.loop.clock import Clock
from textrnn.training.loop.target import settle_target
from textrnn.training.model_info import ModelInfo
from textrnn.training.named import Values, changed, named_settings, named_values
from textrnn.training.settings import WordPlan
from textrnn.training.tasks import plan_class, reads_words, run_function
from textrnn.training.weights.pretrained import check_units, vector_units

if TYPE_CHECKING:
    from textrnn.bundle.manifest import Manifest
    from textrnn.training.loop.events import OnEvent
    from textrnn.training.settings import Plan

PathLike = str | Path
Data = str | Path | Iterable[Any]
OnMessage = Callable[[str], None]

AUTO, NONE = "auto", "none"  # words for models to begin with
_KEYWORDS = ("out", "plan", "embeddings", "init_from", "name", "language", "precision", "resume",
             "force", "on_event", "on_message")  # fmt: skip


def train_model(
    task: str,
    files: Files,
    settings: Mapping[str, Any],
    *,
    out: PathLike,
    plan: Plan | None = None,
    embeddings: PathLike | Sequence[PathLike] | None = None,
    init_from: PathLike | Sequence[PathLike] = AUTO,
    name: str = "",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: OnMessage | None = None,
    clock: Clock | None = None,
    **more: Any,
) -> Manifest:
    """Train a model of any task and write it: see :func:`train_classifier`.

    Args:
        task: the task.
        files: what it learns from.
        settings: settings by their names.
        clock: of the call; by default it begins now.
        more: what else the task's function takes, as ``gazetteer``.

    Returns:
        What the bundle says of itself.
    """
    from textrnn.catalog import model_path

    clock = clock or Clock()
    for keyword, given in {"name": name, "language": language, "precision": precision}.items():
        converted(str, given, keyword)
    require_choice("precision", precision, PRECISIONS)
    if name:
        require_name(name)
    info = ModelInfo(name, language)
    for keyword, function in {"on_event": on_event, "on_message": on_message}.items():
        require(function is None or callable(function), f"{keyword}: no function: {function!r:.80}")
    say = on_message or (lambda line: None)
    vectors, paths = vector_files(embeddings), initial_models(init_from)
    values = checked_values(
        task, files, settings, plan=plan, init_from=paths or (), embeddings=vectors
    )
    read = [value for value in vars(files).values() if isinstance(value, Path)]
    read += [*vectors, *map(model_path, paths or ())]
    if finished := settle_target(
        path_of("out", out), inputs=read, resume=resume, force=force, say=say
    ):
        return finished
    data = files.arguments(lambda line: say(f"note: {line}"))
    files.require_fitting(changed(plan or plan_class(task)(), values), data)
    with loading_training(say):
        train = run_function(task)
    if reads_words(task):
        more |= {"embeddings": vectors, "init_from": paths, "precision": precision}
    return train(
        **data, **more, out=out, plan=plan and changed(plan, values), changes=values,
        info=info, resume=resume, on_event=on_event, on_message=on_message, clock=clock,
    )  # fmt: skip


def load_trained(out: PathLike, manifest: Manifest, *, on_message: OnMessage | None) -> Any:
    """The model that was trained; what makes it useless as it is is said, and warned of.

    Args:
        out: its folder.
        manifest: what :func:`train_model` gave.
        on_message: told in a line.
    """
    from textrnn.catalog import head_class
    from textrnn.training.weakness import weakness_of

    if weakness := weakness_of(manifest):
        line = f"{out} is of no use as it is: {weakness}"
        if on_message is not None:
            on_message(f"note: {line}")
        warnings.warn(line, WeakModelWarning, stacklevel=3)
    return head_class(manifest.task).load(out)


def vector_files(given: PathLike | Sequence[PathLike] | None) -> list[Path]:
    """The word vectors to begin with."""
    if given is None:
        return []
    return [Path(given)] if isinstance(given, str | Path) else [Path(file) for file in given]


def initial_models(given: PathLike | Sequence[PathLike]) -> list[Path] | None:
    """The models to begin with; None where those are to be chosen, as where none is named.

    Raises:
        ConfigurationError: the word for a choice, or for none, stands beside a model.
    """
    models = [given] if isinstance(given, str | Path) else list(given)
    words = [str(model) for model in models if str(model) in (AUTO, NONE)]
    if words and len(models) > 1:
        raise ConfigurationError(
            f"init_from: {words[0]} stands alone; received {len(models)} models"
        )
    if words == [NONE]:
        return []
    return None if words or not models else [Path(model) for model in models]


def checked_values(
    task: str,
    files: Files,
    settings: Mapping[str, Any],
    *,
    plan: Plan | None,
    init_from: Sequence[Path],
    embeddings: Sequence[Path] = (),
) -> Values:
    """Settings by their paths, of settings by their names.

    Args:
        task: the task.
        files: what it learns from, whose names a wrong one may have been meant for.
        settings: the settings.
        plan: what they change; by default what fits the data.
        init_from: these models.
        embeddings: these word vectors, whose units the embedding has where none are given.

    Raises:
        ConfigurationError: there is no such setting, or it is wrong.
        InputError: the word vectors cannot be read.
    """
    start = plan_class(task)() if plan is None else plan
    if not isinstance(start, plan_class(task)):
        expected, received = plan_class(task).__name__, type(start).__name__
        raise ConfigurationError(f"plan: expected a {expected}; received a {received}")
    for named in named_settings(files):
        if named.name in settings and named.name != named.path[0]:
            raise ConfigurationError(f"{named.name} is an option; the keyword is {named.path[0]}")
    known = [*(field.name for field in fields(files)), *_KEYWORDS]
    values = named_values(start, settings, also_known=known)
    require(
        reads_words(task) or not (init_from or embeddings),
        f"a {task} reads no words: it begins with neither word vectors nor another model",
    )
    if init_from:
        parts = fields(start)  # type: ignore[arg-type]
        decided = {part.name for part in parts if setting_of(part).of_model}
        for name, path in zip(settings, values, strict=True):
            if path[0] in decided:
                raise ConfigurationError(
                    f"{name} has no say beside init_from: the vocabulary is the model's"
                )
    sizes = sizes_of_model(start, task, init_from[0]) if init_from and plan is None else {}
    require_one_beginning(embeddings, init_from)
    if embeddings and plan is None:
        values.setdefault(UNITS, vector_units(embeddings))
    fits = changed(start, {**sizes, **values})
    if embeddings and isinstance(fits, WordPlan):
        check_units(embeddings, fits.embedding.units)
    return values


def as_data(data: Any) -> Any:
    """What a user names as data: a string is a path."""
    return Path(data) if isinstance(data, str) else data
