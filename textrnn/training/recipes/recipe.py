"""Recipes: one TOML file that says how a model is made, from the texts to the card."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from textrnn.configuration import from_dict, require, require_choice
from textrnn.errors import ConfigurationError, InputError, MissingExtraError
from textrnn.heads.generator.network import GeneratorHead
from textrnn.network import Embedding, Encoder
from textrnn.runtime.graph import PRECISIONS
from textrnn.training.classifier.plan import (
    AuxiliarySettings,
    BagSettings,
    ClassifierPlan,
    ConsistencySettings,
    HeadSettings,
)
from textrnn.training.generator.plan import GeneratorPlan, LanguageSettings
from textrnn.training.recipes.sources import RecipeData
from textrnn.training.settings import TokenizerSettings, TrainingSettings, VectorSettings
from textrnn.training.tagger.plan import FeatureSettings, TaggerHeadSettings, TaggerPlan

TASKS = ("classifier", "tagger", "generator")
_MOST_BYTES = 1_000_000  # of a recipe


@dataclass(frozen=True)
class Recipe:
    """What every recipe says; the tables are those of the settings they are named after.

    ``init_from`` names the models that it begins with, which have recipes of their own.
    """

    name: str
    data: RecipeData
    task: str = "classifier"
    language: str = "en"
    description: str = ""
    licence: str = ""
    notes: str = ""
    precision: str = "int8"
    init_from: tuple[str, ...] = ()
    embedding: Embedding = field(default_factory=Embedding)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    encoders: tuple[Encoder, ...] = field(default_factory=lambda: (Encoder(),))
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def __post_init__(self) -> None:
        require_choice("task", self.task, TASKS)
        require_choice("precision", self.precision, PRECISIONS)
        require(len(self.data.train) >= 1, "data.train must name at least one file")


@dataclass(frozen=True)
class ClassifierRecipe(Recipe):
    """A recipe for a classifier."""

    tokenizer: TokenizerSettings = field(default_factory=TokenizerSettings)
    head: HeadSettings = field(default_factory=HeadSettings)
    consistency: ConsistencySettings = field(default_factory=ConsistencySettings)
    bag: BagSettings = field(default_factory=BagSettings)
    auxiliary: AuxiliarySettings = field(default_factory=AuxiliarySettings)

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
            consistency=self.consistency,
            bag=self.bag,
            auxiliary=self.auxiliary,
        )


@dataclass(frozen=True)
class TaggerRecipe(Recipe):
    """A recipe for a tagger."""

    features: FeatureSettings = field(default_factory=FeatureSettings)
    head: TaggerHeadSettings = field(default_factory=TaggerHeadSettings)

    @property
    def plan(self) -> TaggerPlan:
        """The settings of the training."""
        return TaggerPlan(
            features=self.features,
            embedding=self.embedding,
            vectors=self.vectors,
            encoders=self.encoders,
            head=self.head,
            training=self.training,
        )


@dataclass(frozen=True)
class GeneratorRecipe(Recipe):
    """A recipe for a generator; ``vectors`` says nothing to it."""

    encoders: tuple[Encoder, ...] = field(
        default_factory=lambda: (Encoder(units=256, bidirectional=False),)
    )
    tokenizer: TokenizerSettings = field(
        default_factory=lambda: TokenizerSettings(level="bpe", lowercase=False)
    )
    head: GeneratorHead = field(default_factory=GeneratorHead)
    language_model: LanguageSettings = field(default_factory=LanguageSettings)

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            not (self.language_model.backward and self.data.test),
            "a generator that reads backward is not measured: leave out data.test",
        )

    @property
    def plan(self) -> GeneratorPlan:
        """The settings of the training."""
        return GeneratorPlan(
            tokenizer=self.tokenizer,
            embedding=self.embedding,
            encoders=self.encoders,
            head=self.head,
            language=self.language_model,
            training=self.training,
        )


AnyRecipe = ClassifierRecipe | TaggerRecipe | GeneratorRecipe

_RECIPES: dict[str, type[AnyRecipe]] = {
    "classifier": ClassifierRecipe,
    "tagger": TaggerRecipe,
    "generator": GeneratorRecipe,
}


def read_recipe(path: str | Path) -> AnyRecipe:
    """Read a recipe.

    Raises:
        InputError: the file cannot be read or is not TOML.
        ConfigurationError: a setting is unknown or wrong; the message names the file and table.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise InputError(f"{path}: too long for a recipe (over {_MOST_BYTES:,} bytes)")
        data = _toml_loads()(content.decode("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"{path}: not TOML: {error}") from error
    except RecursionError as error:
        raise InputError(f"{path}: tables or lists are nested too deep") from error
    # A task that is none of these is refused by the recipe's own checks.
    kind = _RECIPES.get(str(data.get("task", "classifier")), ClassifierRecipe)
    recipe = from_dict(kind, data, where=str(path))
    try:
        recipe.plan  # noqa: B018 - whether its tables go together
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    return recipe


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


def _toml_loads() -> Callable[[str], dict[str, Any]]:
    """Python's own reader, or before 3.11 the package that it came from."""
    name = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    try:
        loads: Callable[[str], dict[str, Any]] = import_module(name).loads
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading a recipe", "train") from error
    return loads
