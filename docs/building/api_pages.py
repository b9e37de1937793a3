"""The reference of Python: which names stand on which page; mkdocstrings adds the docstrings."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from pages import ROOT

import textrnn
from textrnn import corpora, embeddings, lab

_INSIDE = ("corpora", "embeddings", "cli")  # folders at the top that install below textrnn/
_PAGES = {
    "models": ("Models and answers", textrnn, (
        "load", "shipped_models", "Router", "Classifier", "Classification", "TokenWeight", "Tagger",
        "TaggedText", "TaggedToken", "Entity", "Generator", "Generation", "Translator",
        "Translation", "Forecaster", "Forecast", "Bundle", "Tokenizer",
    )),
    "training": ("Training", textrnn, (
        "train_classifier", "train_tagger", "train_generator", "train_translator",
        "train_forecaster", "ClassifierPlan", "TaggerPlan", "GeneratorPlan", "TranslatorPlan",
        "ForecasterPlan", "WeakModelWarning",
    )),
    "experiments": ("Experiments", textrnn, (
        "compare", "NetworkComparison", "cross_validate", "CrossValidation", "tune", "Tuning",
    )),
    "errors": ("Errors", textrnn, (
        "TextRNNError", "BundleError", "ConfigurationError", "InputError", "ModelNotFoundError",
    )),
    "corpora": ("textrnn.corpora", corpora, None),
    "embeddings": ("textrnn.embeddings", embeddings, None),
    "lab": ("textrnn.lab", lab, None),
}  # fmt: skip


def api_pages() -> Iterator[tuple[str, str]]:
    """Each page: its name and its Markdown."""
    for page, (title, package, names) in _PAGES.items():
        told = [name for name in names or package.__all__ if name in package._HOMES]
        sections = "\n".join(f"::: {_home(package, name)}.{name}\n" for name in told)
        yield page, f"# {title}\n\n{sections}"
    yield "sklearn", "# textrnn.sklearn\n\n::: textrnn.sklearn.TextClassifier\n"


def _home(package: ModuleType, name: str) -> str:
    """The module of a public name, which packages keep for loading it when it is used."""
    home: str = package._HOMES[name]
    return home if home.startswith("textrnn.") else f"{package.__name__}.{home}"


def source_tree() -> Path:
    """A folder in which the package lies as it is installed, of links to the repository."""
    tree = Path(tempfile.mkdtemp(prefix="textrnn-docs-")) / "textrnn"
    tree.mkdir()
    for path in [*(ROOT / "textrnn").iterdir(), *(ROOT / name for name in _INSIDE)]:
        (tree / path.name).symlink_to(path)
    return tree.parent
