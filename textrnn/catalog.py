"""The models that ship with textrnn, by name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from textrnn.bundle.bundle import MANIFEST, Bundle
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.parts import read_network
from textrnn.heads.tagger.network import TaggerNetwork

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
    """The shipped model for a task in a language, or else the one that reads most of it: Chinese
    characters stand in Japanese, too, and Latin letters in most texts. Nothing goes on in Japanese.

    Raises:
        ModelNotFoundError: none ships for the task.
    """
    near = "zh" if language == "ja" and task != "generator" else "en"
    return default_model(task, language if (task, language) in _DEFAULTS else near)


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
        A :class:`textrnn.Classifier`, :class:`textrnn.Tagger` or :class:`textrnn.Generator`, by
        the model's task.

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
    if bundle.manifest.task == "classifier":
        from textrnn.heads.classifier.classifier import Classifier

        return Classifier(bundle, threads=threads)
    if bundle.manifest.task == "tagger":
        from textrnn.heads.tagger.tagger import Tagger

        return Tagger(bundle, threads=threads)
    if bundle.manifest.task == "generator":
        from textrnn.heads.generator.generator import Generator

        return Generator(bundle, threads=threads)
    raise BundleError(f"{bundle.path}: unknown task {bundle.manifest.task!r:.80}")


def described_network(bundle: Bundle) -> dict[str, Any]:
    """As :func:`read_network`, of any task and as JSON values, with what is left out filled in."""
    kinds: dict[
        str, Callable[[dict[str, Any]], ClassifierNetwork | TaggerNetwork | GeneratorNetwork]
    ] = {
        "classifier": ClassifierNetwork.from_dict,
        "tagger": TaggerNetwork.from_dict,
        "generator": GeneratorNetwork.from_dict,
    }
    task = bundle.manifest.task
    if task not in kinds:
        raise BundleError(f"{bundle.path}: unknown task {task!r:.80}")
    return read_network(bundle, kinds[task]).as_dict()
