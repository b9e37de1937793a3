"""Models that another one's weights begin with, as they are read from their bundles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network, model_path
from textrnn.configuration import from_dict
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.parts import read_tokenizer
from textrnn.network import Network
from textrnn.text.language import language_name
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.settings import TokenizerSettings
from textrnn.training.weights.files import check_weights, read_weights

Weights = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class InitialWeights:
    """The weights of a model to begin with.

    Attributes:
        path: its bundle.
        sha256: of its graph and of its weights, one after the other.
        task: what it does.
        labels: those of its answers.
        language: that of its texts, an ISO 639-1 code; empty where it is not known.
        network: the description of its network.
        weights: by the names that the head gives its weights; those of a language model that
            reads backward stand for ``backward``, as a bidirectional encoder has them.
    """

    path: Path
    sha256: str
    task: str
    labels: tuple[str, ...]
    language: str
    network: dict[str, Any]
    weights: Weights

    def counterparts(self, labels: Sequence[str]) -> dict[str, str]:
        """Of some labels those that this model knows, each with what they are called there."""
        return {label: label for label in labels if label in self.labels}

    def columns(self, network: Network) -> dict[int, int]:
        """Of a network's outputs those that have a counterpart in this model, each with that one's
        number.
        """
        known = self.counterparts(network.labels)
        return {
            number: self.labels.index(known[label])
            for number, label in enumerate(network.labels)
            if label in known
        }

    def note_on_language(self, language: str) -> str:
        """A line on texts in another language than those that this model has learned from."""
        if not self.language or not language or self.language == language:
            return ""
        own, other = language_name(self.language), language_name(language)
        return f"has learned {own}, and these texts are in {other}: it may know few of their words"

    def note_on_labels(self, labels: Sequence[str]) -> str:
        """A line on which labels begin as one of another name, and which at random."""
        known = self.counterparts(labels)
        renamed = [f"{ours} as its {theirs}" for ours, theirs in known.items() if ours != theirs]
        parts = [", ".join(renamed)] * bool(renamed)
        if new := sorted(set(labels) - known.keys()):
            parts.append(f"has no label {', '.join(new)}, which begins at random")
        return "; ".join(parts)


@dataclass(frozen=True)
class InitialModel(InitialWeights):
    """A model to begin with that has a tokenizer: a generator or a classifier.

    Attributes:
        tokenizer: its tokenizer.
        tokenizer_settings: how that was made.
    """

    tokenizer: Tokenizer
    tokenizer_settings: TokenizerSettings

    @classmethod
    def open(cls, path: Path) -> InitialModel:
        """Read a shipped model, by its name, or a bundle.

        Raises:
            ModelNotFoundError: there is none.
            BundleError: it is damaged.
            ConfigurationError: it is a tagger, whose words have no tokenizer.
        """
        bundle = Bundle.open(model_path(path))
        manifest = bundle.manifest
        if "tokenizer.json" not in manifest.files:
            raise ConfigurationError(
                f"{path}: a {manifest.task}; a generator or a classifier is needed"
            )
        network = described_network(bundle).as_dict()
        try:
            settings = from_dict(TokenizerSettings, manifest.training["tokenizer"])
        except (KeyError, ConfigurationError) as error:
            raise BundleError(f"{path}: it does not say how its tokenizer was made") from error
        weights = read_weights(bundle)
        check_weights(weights, bundle)
        if manifest.serving.get("backward"):
            weights = turned(weights)
        tokenizer = read_tokenizer(bundle, network["vocabulary_size"])
        return cls(
            path,
            # An 8-bit classifier's embedding is in its graph alone.
            "".join(
                manifest.files[name].sha256
                for name in ("model.onnx", "weights.npz")
                if name in manifest.files
            ),
            manifest.task,
            manifest.labels,
            manifest.language,
            network,
            weights,
            tokenizer,
            settings,
        )


def open_initial_models(paths: Sequence[Path]) -> list[InitialModel]:
    """Read the models that a run begins with.

    Raises:
        ModelNotFoundError: one is not there.
        BundleError: one is damaged.
        ConfigurationError: they do not share a vocabulary, or one is of no use.
    """
    models = [InitialModel.open(path) for path in paths]
    for model in models[1:]:
        ours, theirs = model.tokenizer, models[0].tokenizer
        if ours.to_json() != theirs.to_json() or ours.simplify != theirs.simplify:
            raise ConfigurationError(
                f"{model.path} and {models[0].path} have different vocabularies; train one of "
                "them with init_from=… of the other"
            )
    return models


def turned(weights: Weights) -> Weights:
    """The weights of forward encoders as those of backward ones, and the other way round."""
    other = {"/forward/": "/backward/", "/backward/": "/forward/"}
    found = {}
    for name, value in weights.items():
        key = next((direction for direction in other if direction in name), None)
        found[name.replace(key, other[key]) if key else name] = value
    return found
