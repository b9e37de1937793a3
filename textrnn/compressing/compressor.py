"""A trained model that is made smaller, step by step; each task has a class of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.compressing.texts import plain_texts
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.examples import ExampleSource
from textrnn.network import Encoder, Network
from textrnn.training.card import write_card
from textrnn.training.settings import TrainingSettings

if TYPE_CHECKING:
    from pathlib import Path

    from textrnn.training.distilling import Distilled
    from textrnn.training.loop.events import OnEvent

# What is made smaller, and by what; loaded when it is asked for.
COMPRESSORS = {
    "classifier": "textrnn.compressing.classifier:ClassifierCompressor",
    "tagger": "textrnn.compressing.tagger:TaggerCompressor",
    "generator": "textrnn.compressing.generator:GeneratorCompressor",
}


class Compressor(ABC):
    """A model's network, weights and vocabulary, of which each step leaves fewer.

    Args:
        bundle: the whole model.

    Attributes:
        bundle: the same.
        network: the description, as it stands.
        weights: by name, as they stand.
        notes: lines on what went besides what was asked.
        gone: what the manifest says of serving that does not hold any more.
    """

    task: ClassVar[str]
    network: Network
    weights: dict[str, NDArray[np.float32]]

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.notes: list[str] = []
        self.gone: set[str] = set()

    @property
    @abstractmethod
    def words(self) -> int:
        """Rows of the vocabulary, as it stands."""

    def read(self, data: ExampleSource | Any, text: str | int | None) -> list[Any]:
        """What is distilled from: texts of a file, or those given, without labels.

        Args:
            data: these.
            text: column or key of the texts of what is given as a table.

        Raises:
            InputError: they cannot be read.
        """
        return plain_texts(data, text)

    @abstractmethod
    def cut_vocabulary(self, size: int, texts: list[Any]) -> None:
        """Leave the most frequent words alone, by ``texts`` where there are some.

        Raises:
            ConfigurationError: there are no more than that, or so few will not do.
        """

    @abstractmethod
    def prune(self, share: float) -> None:
        """Remove a share of the units of each encoder.

        Raises:
            ConfigurationError: none would be left.
        """

    @abstractmethod
    def distil(
        self, texts: list[Any], epochs: int, folder: Path, on_event: OnEvent | None
    ) -> Distilled:
        """Have the network, as it stands, learn what the whole one answers.

        Args:
            texts: what both read.
            epochs: passes over them.
            folder: for files that are needed meanwhile.
            on_event: called after each step and epoch.

        Raises:
            InputError: there are too few texts.
        """

    @abstractmethod
    def files(self, precision: str) -> dict[str, bytes]:
        """What serves, and the weights, by the files' names."""

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What the manifest's training says otherwise now: sizes that further training takes."""

    def training(self, epochs: int, rate: float = 1e-3) -> TrainingSettings:
        """How to distil: texts are learned in windows no longer than those that serve."""
        window = min(int(self.bundle.manifest.serving["window_tokens"]), 300)
        return TrainingSettings(
            learning_rate=rate,
            schedule="cosine",
            epochs=epochs,
            patience=0,
            max_tokens=window,
            window_overlap=min(50, window // 4),
        )


def open_compressor(bundle: Bundle) -> Compressor:
    """What makes a model smaller.

    Raises:
        ConfigurationError: there is nothing that does, or the model lacks its weights.
        BundleError: it is damaged, or does not tell how it was made.
    """
    task = bundle.manifest.task
    if task not in COMPRESSORS:
        known = ", ".join(f"{name}s" for name in COMPRESSORS)
        raise ConfigurationError(f"{bundle.name} is a {task}; what is made smaller are {known}")
    if "weights.npz" not in bundle.manifest.files:
        raise ConfigurationError(
            f"{bundle.name} has no weights.npz, the weights that further training begins with: it "
            "can be asked, and not be compressed"
        )
    try:
        write_card(bundle.manifest)  # as the smaller one's will be
    except KeyError as error:
        raise BundleError(f"{bundle.path}: it does not say how it was made: {error}") from error
    module, _, name = COMPRESSORS[task].partition(":")
    found: type[Compressor] = getattr(import_module(module), name)
    return found(bundle)


def encoder_sizes(encoders: tuple[Encoder, ...], training: Mapping[str, Any]) -> dict[str, Any]:
    """The encoders of a training's settings, where it has some, with the units that remain."""
    told = training.get("encoders", ())
    sizes = [{**was, "units": now.units} for was, now in zip(told, encoders, strict=False)]
    return {"encoders": sizes} if sizes else {}
