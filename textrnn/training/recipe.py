"""Recipes: one TOML file that says how a model is made, from the texts to the card."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from textrnn.configuration import from_dict, require, require_choice, require_rate
from textrnn.corpora import (
    LabelledText,
    Source,
    drop_overlap,
    read_labelled,
    read_texts,
    split_by_text,
    text_key,
)
from textrnn.errors import ConfigurationError, InputError, MissingExtraError
from textrnn.network import Embedding, Encoder
from textrnn.runtime.compile import PRECISIONS
from textrnn.training.classifier import ClassifierPlan, ModelInfo
from textrnn.training.settings import (
    HeadSettings,
    TokenizerSettings,
    TrainingSettings,
    VectorSettings,
)


@dataclass(frozen=True)
class RecipeSource:
    """One file of texts.

    Attributes:
        file: path below the data folder.
        corpus: the corpus' name, for the card.
        licence: its terms, for the card.
        format: as :class:`textrnn.corpora.Source` has it; by default from the file's name.
        text: column or key of the text.
        label: column or key of the label.
        labels: new names for the labels.
        constant_label: the label of every text, where the file has none.
        encoding: of the file.
        validation_share: share of a training file that is cut off for validation.
    """

    file: str
    corpus: str = ""
    licence: str = ""
    format: str | None = None
    text: str | int | None = None
    label: str | int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    constant_label: str | None = None
    encoding: str = "utf-8"
    validation_share: float = 0.0

    def __post_init__(self) -> None:
        require_rate("validation_share", self.validation_share)

    def below(self, folder: Path) -> Source:
        """The file as the corpora room reads it."""
        return Source(
            file=str(folder / self.file),
            format=self.format,
            text=self.text,
            label=self.label,
            labels=self.labels,
            constant_label=self.constant_label,
            encoding=self.encoding,
        )


@dataclass(frozen=True)
class RecipeData:
    """Which texts do what. A text in ``exclude``, ``validation`` or ``test`` never trains."""

    train: tuple[RecipeSource, ...]
    validation: tuple[RecipeSource, ...] = ()
    unlabelled: tuple[RecipeSource, ...] = ()
    exclude: tuple[RecipeSource, ...] = ()
    test: tuple[RecipeSource, ...] = ()


@dataclass(frozen=True)
class Recipe:
    """A whole recipe; the tables are those of the settings they are named after."""

    name: str
    data: RecipeData
    task: str = "classifier"
    language: str = "en"
    description: str = ""
    licence: str = ""
    notes: str = ""
    precision: str = "int8"
    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    embedding: Embedding = field(default_factory=Embedding)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))
    head: HeadSettings = field(default_factory=HeadSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self) -> None:
        require_choice("task", self.task, ("classifier",))
        require_choice("precision", self.precision, PRECISIONS)
        require(len(self.data.train) >= 1, "data.train must name at least one file")

    @property
    def plan(self) -> ClassifierPlan:
        """The settings of the training."""
        return ClassifierPlan(
            tokenizer=self.tokenizer,
            embedding=self.embedding,
            vectors=self.vectors,
            encoders=self.encoders,
            head=self.head,
            training=self.training,
        )


@dataclass(frozen=True)
class RecipeTexts:
    """The texts that a recipe's files hold, leaks removed."""

    train: Sequence[LabelledText]
    validation: Sequence[LabelledText] | None
    unlabelled: Sequence[str]
    corpora: tuple[dict[str, Any], ...]


def read_recipe(path: str | Path) -> Recipe:
    """Read a recipe.

    Raises:
        InputError: the file cannot be read or is not TOML.
        ConfigurationError: a setting is unknown or wrong; the message names the file and table.
    """
    path = Path(path)
    try:
        data = _toml_loads()(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path}: not TOML: {error}") from error
    return from_dict(Recipe, data, where=str(path))


def data_folder(given: str | Path | None) -> Path:
    """Where a recipe's files lie: the folder given, or the environment's ``TEXTRNN_DATA``.

    Raises:
        ConfigurationError: neither is set, or there is no such folder.
    """
    name = given or os.environ.get("TEXTRNN_DATA")
    if not name:
        raise ConfigurationError("a recipe needs its data: give --data DIR or set TEXTRNN_DATA")
    if not Path(name).is_dir():
        raise ConfigurationError(f"{name}: the data folder does not exist")
    return Path(name)


def read_recipe_texts(
    recipe: Recipe, folder: Path, *, on_message: Callable[[str], None] = lambda line: None
) -> RecipeTexts:
    """Read a recipe's texts, and drop from the training texts whatever must not be learned.

    Args:
        recipe: the recipe.
        folder: the data folder.
        on_message: called with a line on each thing dropped.

    Raises:
        InputError: a file is missing or malformed.
    """
    data, state = recipe.data, recipe.training.random_state
    validation = [e for source in data.validation for e in read_labelled(source.below(folder))]
    train: list[LabelledText] = []
    for source in data.train:
        examples = list(read_labelled(source.below(folder)))
        if source.validation_share:
            examples, cut = split_by_text(
                examples, fraction=source.validation_share, random_state=state
            )
            validation += cut
        train += examples
    kept_out = {text_key(example.text) for example in validation}
    for source in (*data.exclude, *data.test):
        kept_out |= {text_key(text) for text in read_texts(source.below(folder))}
    train, dropped = drop_overlap(train, kept_out)
    on_message(f"dropped {dropped:,} training texts that validation, tests or exclude hold")
    plain = [text for source in data.unlabelled for text in read_texts(source.below(folder))]
    unlabelled = [text for text in plain if text_key(text) not in kept_out]
    if plain:
        on_message(f"dropped {len(plain) - len(unlabelled):,} unlabelled texts likewise")
    return RecipeTexts(train, validation or None, unlabelled, _corpora(data, folder))


def model_info(recipe: Recipe, corpora: tuple[dict[str, Any], ...]) -> ModelInfo:
    """What the recipe's bundle says of itself."""
    return ModelInfo(
        name=recipe.name,
        language=recipe.language,
        description=recipe.description,
        licence=recipe.licence,
        corpora=corpora,
        notes=recipe.notes,
    )


def _corpora(data: RecipeData, folder: Path) -> tuple[dict[str, Any], ...]:
    """A record for each file: what it is, what for, and the sha256 of its bytes."""
    uses: Iterable[tuple[str, tuple[RecipeSource, ...]]] = (
        ("training", data.train),
        ("validation", data.validation),
        ("unlabelled", data.unlabelled),
        ("test", data.test),
    )
    return tuple(
        {
            "name": source.corpus or source.file,
            "use": use + (" and validation" if source.validation_share else ""),
            "file": source.file,
            "texts": sum(1 for _ in read_texts(source.below(folder))),
            "licence": source.licence,
            "sha256": hashlib.sha256((folder / source.file).read_bytes()).hexdigest(),
        }
        for use, sources in uses
        for source in sources
    )


def _toml_loads() -> Callable[[str], dict[str, Any]]:
    """Python's own reader, or before 3.11 the package that it came from."""
    name = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    try:
        loads: Callable[[str], dict[str, Any]] = import_module(name).loads
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading a recipe", "train") from error
    return loads
