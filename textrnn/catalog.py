"""The tasks, and the models by name: those that ship with textrnn, and those of one's own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.exchange import copy_bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.bundle.places import bundles_in, find_bundle, model_folders, require_name, user_folder
from textrnn.configuration import did_you_mean, require, some_of, unknown_key_message
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError

if TYPE_CHECKING:
    from textrnn.heads.classifier.classifier import Classifier
    from textrnn.heads.forecaster.forecaster import Forecaster
    from textrnn.heads.generator.generator import Generator
    from textrnn.heads.head import Head
    from textrnn.heads.tagger.tagger import Tagger
    from textrnn.heads.translator.translator import Translator
    from textrnn.network import Network

# What a model can do, as manifests call it, and where its head is; loaded when it is asked for.
TASKS = {
    "classifier": "textrnn.heads.classifier.classifier:Classifier",
    "tagger": "textrnn.heads.tagger.tagger:Tagger",
    "generator": "textrnn.heads.generator.generator:Generator",
    "forecaster": "textrnn.heads.forecaster.forecaster:Forecaster",
    "translator": "textrnn.heads.translator.translator:Translator",
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
    ("translator", "en"): "en-zh",
    ("translator", "zh"): "classical-zh",
}


# The shipped models, for editors, which complete what such a model can do.
ClassifierName = Literal["sentiment-en", "sentiment-zh"]
TaggerName = Literal["ner-en", "ner-zh"]
GeneratorName = Literal["poetry-zh", "prose-en"]
ForecasterName = Literal["town-load"]
TranslatorName = Literal["classical-zh", "en-zh", "zh-en"]


def head_class(task: str) -> type[Head]:
    """The head of a task.

    Raises:
        ConfigurationError: there is no such task.
    """
    if task not in TASKS:
        raise ConfigurationError(unknown_key_message(task, TASKS, what="task"))
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
    """Where a model lies.

    Args:
        name: a shipped model's name, which always means that one; the name of a model in the
            current folder, its ``models`` or the user's folder (``TEXTRNN_MODELS``), whichever
            has it first; or a path.

    Raises:
        ModelNotFoundError: it is none of them.
        ConfigurationError: it is no name, or several models in a folder have it.
    """
    if not isinstance(name, str | Path):
        raise ConfigurationError(f"a model is a name or a path; received {name!r:.80}")
    if str(name) in shipped_models():
        return _MODELS / str(name)
    if found := find_bundle(str(name)):
        return found
    path = Path(name)
    with suppress(OSError, ValueError):  # a name that no file can have
        if path.exists():
            return path
    shipped, own = shipped_models(), [found.name for found in own_models()]
    known = f"shipped: {', '.join(shipped) or 'none'}"
    known += f"; your own: {some_of(own)}" * bool(own)
    raise ModelNotFoundError(
        f"no model {str(name)!r:.200}: it is neither a path nor a model's name ({known})"
        f"{did_you_mean(str(name), (*shipped, *own))}"
    )


@dataclass(frozen=True)
class FoundModel:
    """A model, and what :func:`load` knows it by: a name, or its path where that means another."""

    name: str
    bundle: Bundle


def own_models(
    *, on_damage: Callable[[BundleError], None] = lambda error: None
) -> list[FoundModel]:
    """The models of the current folder, of its ``models`` and of the user's folder.

    Args:
        on_damage: told of those whose manifest cannot be read.
    """
    found, taken, seen = list[FoundModel](), set(shipped_models()), {_MODELS.resolve()}
    for folder in model_folders():
        if folder.resolve() in seen:
            continue
        seen.add(folder.resolve())
        bundles = list(bundles_in(folder, on_damage=on_damage))
        for bundle in bundles:
            name = bundle.path.name
            found.append(FoundModel(str(bundle.path) if name in taken else name, bundle))
        taken |= {name for bundle in bundles for name in (bundle.path.name, bundle.name)}
    return found


def default_model(task: str, language: str) -> str:
    """The shipped model for a task in a language.

    Raises:
        ModelNotFoundError: none ships.
    """
    try:
        return _DEFAULTS[task, language]
    except KeyError:
        have = ", ".join(sorted(lang for kind, lang in _DEFAULTS if kind == task))
        there = f" for the language {language!r} (there is one for: {have})" if have else ""
        raise ModelNotFoundError(
            f"no {task} ships with textrnn{there}; name a model of your own, which "
            f"`textrnn train {task}` makes"
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


@overload
def load(name: ClassifierName, *, threads: int | None = None) -> Classifier: ...
@overload
def load(name: TaggerName, *, threads: int | None = None) -> Tagger: ...
@overload
def load(name: GeneratorName, *, threads: int | None = None) -> Generator: ...
@overload
def load(name: ForecasterName, *, threads: int | None = None) -> Forecaster: ...
@overload
def load(name: TranslatorName, *, threads: int | None = None) -> Translator: ...
@overload
def load(name: str | Path, *, threads: int | None = None) -> Any: ...
def load(name: str | Path, *, threads: int | None = None) -> Any:
    """Load a model, ready to use.

    Args:
        name: a shipped model's name, as ``sentiment-en``, that of one of your own, or the path of
            a bundle, as :func:`model_path` finds it.
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


def import_model(file: str | Path, *, name: str = "", replace: bool = False) -> Path:
    """Put a model where :func:`load` finds it by its name, whatever the current folder: into the
    user's folder. It is looked at as :func:`load` does before anything is written.

    Args:
        file: the model's zip or folder.
        name: what it is to be called there; by default the name on its card.
        replace: whether a model that is called so already may go.

    Returns:
        The model's new folder.

    Raises:
        ModelNotFoundError: the file is no model.
        BundleError: it is damaged, or made by a newer textrnn.
        ConfigurationError: it cannot be called so, or another is.
    """
    bundle = Bundle.open(file)
    name = name or bundle.name
    require_name(name)
    require(
        name not in shipped_models(), f"{name} is a shipped model's name; give another (name=…)"
    )
    target = user_folder() / name
    require(
        replace or not target.exists(),
        f"{target}: there is a model of that name already; replace it (replace=True), or give this "
        "one another (name=…)",
    )
    _head_of(bundle)(bundle, threads=1).close()
    copy_bundle(bundle, target)
    return target


def described_network(bundle: Bundle) -> Network:
    """As :func:`textrnn.heads.parts.read_network`, of any task."""
    from textrnn.heads.parts import read_network

    return read_network(bundle, _head_of(bundle).network_class)
