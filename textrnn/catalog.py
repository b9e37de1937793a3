"""The tasks, and the models that ship with textrnn, by name."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.bundle.bundle import MANIFEST, Bundle
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError

if TYPE_CHECKING:
    from textrnn.heads.head import Head
    from textrnn.network import Network

# What a model can do, as manifests call it, and where its head is; loaded when it is asked for.
TASKS = {
    "classifier": "textrnn.heads.classifier.classifier:Classifier",
    "tagger": "textrnn.heads.tagger.tagger:Tagger",
    "generator": "textrnn.heads.generator.generator:Generator",
}

_MODELS = Path(__file__).parent / "models"

# Task and language to the model that answers where the user names none.
_DEFAULTS = {
    ("classifier", "en"): "sentiment-en",
    ("classifier", "zh"): "sentiment-zh",
    ("tagger", "en"): "ner-en",
    ("tagger", "zh"): "ner-zh",
    ("generator", "en"): "prose-en",
    ("generator", "zh"): "poetry-zh",
}


def head_class(task: str) -> type[Head]:
    """The head of a task.

    Raises:
        ConfigurationError: there is no such task.
    """
    if task not in TASKS:
        raise ConfigurationError(f"unknown task {task!r:.80}; known: {', '.join(TASKS)}")
    module, _, name = TASKS[task].partition(":")
    found: type[Head] = getattr(import_module(module), name)
    return found


def _head_of(bundle: Bundle) -> type[Head]:
    """The head that a bundle is for.

    Raises:
        BundleError: its task is unknown.
    """
    task = bundle.manifest.task
    if task not in TASKS:
        raise BundleError(f"{bundle.path}: unknown task {task!r:.80}")
    return head_class(task)


def shipped_models() -> list[str]:
    """The names of the models that ship with textrnn, sorted."""
    return sorted(path.parent.name for path in _MODELS.glob(f"*/{MANIFEST}"))


def model_path(name: str | Path) -> Path:
    """Where a model lies: a shipped one by its name, any other by its path.

    Raises:
        ModelNotFoundError: it is neither.
    """
    if not isinstance(name, str | Path):
        raise ConfigurationError(f"a model is a name or a path; received {name!r:.80}")
    if str(name) in shipped_models():
        return _MODELS / str(name)
    path = Path(name)
    with suppress(OSError, ValueError):  # a name that no file can have
        if path.exists():
            return path
    known = ", ".join(shipped_models()) or "none"
    raise ModelNotFoundError(
        f"no model {str(name)!r:.200}: it is neither a path nor a shipped model (shipped: {known})"
    )


def default_model(task: str, language: str) -> str:
    """The shipped model for a task in a language.

    Raises:
        ModelNotFoundError: none ships.
    """
    try:
        return _DEFAULTS[task, language]
    except KeyError:
        have = ", ".join(sorted(lang for kind, lang in _DEFAULTS if kind == task)) or "none"
        raise ModelNotFoundError(
            f"no {task} ships for the language {language!r} (there is one for: {have}); "
            "name a model with --model"
        ) from None


def default_models(task: str) -> list[str]:
    """The shipped models for a task, one a language."""
    return [name for (kind, _), name in _DEFAULTS.items() if kind == task]


def nearest_model(task: str, language: str) -> str:
    """The shipped model for a task in a language, or else the one that reads most of it, which the
    head tells: Chinese characters stand in Japanese, too, and Latin letters in most texts.

    Raises:
        ModelNotFoundError: none ships for the task.
    """
    if (task, language) not in _DEFAULTS:
        language = head_class(task).neighbours.get(language, "en")
    return default_model(task, language)


def model_language(name: str | Path) -> str:
    """The language that a model's manifest tells, an ISO 639-1 code.

    Raises:
        ModelNotFoundError, BundleError: as :func:`load`.
    """
    return Bundle.open(model_path(name)).manifest.language


def load(name: str | Path, *, threads: int | None = None) -> Any:
    """Load a model, ready to use.

    Args:
        name: a shipped model's name, as ``sentiment-en``, or the path of a bundle.
        threads: threads for the network; by default as many as this process has cores.

    Returns:
        A :class:`textrnn.heads.head.Head`: by the model's task a :class:`textrnn.Classifier`,
        :class:`textrnn.Tagger`, :class:`textrnn.Generator` …

    Raises:
        ConfigurationError: it is neither a name nor a path.
        ModelNotFoundError: there is no such model.
        BundleError: its files are damaged or its task is unknown.

    Example:
        >>> textrnn.load("sentiment-en").classify(["A joy."])[0].label  # doctest: +SKIP
        'positive'
        >>> textrnn.load("ner-en").tag("Ada lived in London.").entities  # doctest: +SKIP
    """
    bundle = Bundle.open(model_path(name))
    return _head_of(bundle)(bundle, threads=threads)


def described_network(bundle: Bundle) -> Network:
    """As :func:`textrnn.heads.parts.read_network`, of any task."""
    from textrnn.heads.parts import read_network

    return read_network(bundle, _head_of(bundle).network_class)
