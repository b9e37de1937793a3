"""Beginning with another tagger: its vocabularies, its lists of names, its weights.

Few sentences hold few of a language's words. A tagger that has learned others knows many, and what
names look like; of it all is of use but the scores of the tags of labels that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.configuration import require
from textrnn.heads.parts import read_network
from textrnn.heads.tagger.features import UNK, Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.parts import read_features, read_gazetteer, read_tables
from textrnn.network import Network
from textrnn.text.words import word_key
from textrnn.training.tagger.counterparts import counterparts
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.weights.files import check_weights, read_weights
from textrnn.training.weights.initial_model import InitialWeights

_FILES = ("model.onnx", "features.json", "tables.npz", "weights.npz")


@dataclass(frozen=True)
class InitialTagger(InitialWeights):
    """A tagger to begin with.

    Attributes:
        described: its network.
        features: its vocabularies.
        gazetteer: its lists of names; None where it has none.
        simplify: whether it reads traditional Chinese as simplified.
    """

    described: TaggerNetwork
    features: Features
    gazetteer: Gazetteer | None
    simplify: bool

    @classmethod
    def open(cls, path: Path) -> InitialTagger:
        """Read a shipped tagger, by its name, or a bundle.

        Raises:
            ModelNotFoundError: there is none.
            BundleError: it is damaged, or no tagger.
        """
        bundle = Bundle.open(model_path(path))
        network = read_network(bundle, TaggerNetwork)
        tables = read_tables(bundle, network)
        one = np.float32(1.0)
        weights = read_weights(bundle) | {
            name: rows.astype(np.float32) * tables.get(f"{name}/scale", one)
            for name, rows in tables.items()
            if not name.endswith("/scale")
        }
        check_weights(weights, bundle)
        return cls(
            path,
            "".join(bundle.manifest.files[name].sha256 for name in _FILES),
            bundle.manifest.task,
            bundle.manifest.labels,
            bundle.manifest.language,
            network.as_dict(),
            weights,
            network,
            read_features(bundle, network),
            read_gazetteer(bundle, network),
            bool(bundle.manifest.serving.get("simplify")),
        )

    def counterparts(self, labels: Sequence[str]) -> dict[str, str]:
        """Of some labels those that mean what one of this model's does, each with that one."""
        return counterparts(labels, self.labels)

    def columns(self, network: Network) -> dict[int, int]:
        """Of a tagger's tags ``O`` and those of labels that have a counterpart, each with the
        number of its own; none where no label has one.
        """
        known = self.counterparts(network.labels)
        if not known or not isinstance(network, TaggerNetwork):
            return {}
        theirs = {tag: number for number, tag in enumerate(self.described.head.tags)}
        found = {}
        for number, tag in enumerate(network.head.tags):
            letter, _, label = tag.partition("-")
            counterpart = f"{letter}-{known[label]}" if label in known else letter
            if counterpart in theirs:
                found[number] = theirs[counterpart]
        return found

    def fitted(self, plan: TaggerPlan) -> TaggerPlan:
        """A plan whose network reads of a token what this model does.

        Raises:
            ConfigurationError: something is wanted that this model decides, otherwise.
        """
        require(
            plan.vectors.method == "none",
            "an embedding begins with trained word vectors or with another model's rows, not with "
            "both",
        )
        network, wanted = self.described, plan.features
        ours = replace(
            wanted,
            level=self.features.level,
            simplify=self.simplify,
            characters=network.characters,
            shape_units=network.shape_units,
            bigrams=network.bigram_count,
            bigram_units=network.bigram_units,
            lexicon=network.lexicon_count,
            lexicon_units=network.lexicon_units,
            context_trained=False,
        )
        usual = TaggerPlan().features
        for name, value in vars(wanted).items():
            require(
                value in (getattr(ours, name), getattr(usual, name)),
                f"{name} has no say beside init_from: the vocabulary is the model's",
            )
        return replace(plan, features=ours)

    def extended(self, sentences: Iterable[Sequence[str]]) -> tuple[Features, NDArray[np.float32]]:
        """The vocabularies with the words of some sentences besides.

        Returns:
            The vocabularies, and the rows of their words, (V, E): a word that is new begins as
            unknown ones do.
        """
        ours, known = self.features, self.weights["embedding"]
        words = dict.fromkeys([*ours.words, *map(word_key, chain.from_iterable(sentences))])
        features = Features(
            ours.level,
            words,
            characters=ours.characters,
            bigrams=ours.bigrams,
            lexicon=ours.lexicon_counts,
        )
        more = np.tile(known[UNK], (len(words) - len(ours.words), 1))
        return features, np.concatenate([known, more])


def is_tagger(path: Path) -> bool:
    """Whether a model, by its name or path, is a tagger."""
    return Bundle.open(model_path(path)).manifest.task == "tagger"
