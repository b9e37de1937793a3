"""A smaller generator of a generator.

Shapes: V tokens, E units of the embedding, U units of an encoder.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from textrnn.bundle.bundle import Bundle
from textrnn.compressing.compressor import Compressor, encoder_sizes
from textrnn.compressing.texts import count_tokens
from textrnn.compressing.units import Reader, prune_units
from textrnn.corpora import Passage
from textrnn.errors import InputError
from textrnn.heads.examples import ExampleSource
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.graph import compile_generator
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.parts import read_network
from textrnn.text.cutting import cut_tokenizer
from textrnn.training.weights.files import pack_whole_weights
from textrnn.training.weights.initial_model import InitialModel

if TYPE_CHECKING:
    from textrnn.training.distilling import Distilled
    from textrnn.training.loop.events import OnEvent

_FINGERPRINT = "fingerprint.npz"


class GeneratorCompressor(Compressor):
    """See :class:`Compressor`."""

    task = "generator"
    network: GeneratorNetwork

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle)
        model = InitialModel.open(bundle.path)
        self.network = read_network(bundle, GeneratorNetwork)
        self.weights = model.weights
        self.whole = self.tokenizer = model.tokenizer
        self.taught_by = self.network, self.weights

    @property
    def words(self) -> int:
        """See :attr:`Compressor.words`."""
        return self.network.vocabulary_size

    def read(self, data: ExampleSource | Any, text: str | int | None) -> list[Passage]:
        """See :meth:`Compressor.read`: documents, in pieces."""
        if isinstance(data, ExampleSource):
            found = list(Generator.read_examples(data))
        else:
            found = list(Generator.given_examples(data, ExampleSource("train", text=text)))
        if not any(passage.text.strip() for passage in found):
            where = data.file if isinstance(data, ExampleSource) else "train"
            raise InputError(f"{where}: there is no text")
        return found

    def cut_vocabulary(self, size: int, texts: list[Passage]) -> None:
        """See :meth:`Compressor.cut_vocabulary`; the fingerprint of the training text goes."""
        counts = count_tokens(self.whole, [piece.text for piece in texts]) if texts else None
        self.tokenizer, kept = cut_tokenizer(self.whole, size, counts)
        for name in ("embedding", "output/bias"):
            self.weights[name] = self.weights[name][kept]
        if not self.network.head.tied:
            self.weights["output/kernel"] = self.weights["output/kernel"][:, kept]
        self.network = replace(self.network, vocabulary_size=len(kept))
        self.taught_by = self.network, dict(self.weights)
        if _FINGERPRINT in self.bundle.manifest.files:
            self.notes.append(
                "the fingerprint of its training text goes, which knows tokens by their old "
                "numbers: --novelty has nothing to tell"
            )

    def prune(self, share: float) -> None:
        """See :meth:`Compressor.prune`."""
        network, weights = self.network, dict(self.weights)
        reader = "projection/kernel" if network.head.tied else "output/kernel"
        if network.head.tied and not network.projects:
            # The embedding's units stay, to which those that are left have to be led.
            weights[reader] = np.eye(network.embedding.units, dtype=np.float32)
        pruned, encoders = prune_units(weights, network.encoders, [Reader(reader)], share)
        smaller = replace(network, encoders=encoders)
        if network.head.tied and not smaller.projects:
            # As many units as the embedding's, where no projection stands: one unit fewer.
            self.prune(share + 1 / network.encoders[-1].units)
            return
        self.network, self.weights = smaller, pruned

    def distil(
        self, texts: list[Passage], epochs: int, folder: Path, on_event: OnEvent | None
    ) -> Distilled:
        """See :meth:`Compressor.distil`: half by the text, half by the whole network's answers."""
        from textrnn.training.generator.distil import distil_generator

        found = distil_generator(
            self.network, self.weights, self.taught_by, texts, self.tokenizer,
            self.training(epochs), folder=folder, on_event=on_event,
        )  # fmt: skip
        self.weights = found.weights
        return found

    def files(self, precision: str) -> dict[str, bytes]:
        """See :meth:`Compressor.files`."""
        files = {
            "tokenizer.json": self.tokenizer.to_json().encode("utf-8"),
            "model.onnx": compile_generator(self.network, self.weights, precision=precision),
            "weights.npz": pack_whole_weights(self.weights),
        }
        if self.words == self.whole.vocabulary_size and _FINGERPRINT in self.bundle.manifest.files:
            files[_FINGERPRINT] = self.bundle.read(_FINGERPRINT)
        return files

    def settings(self) -> dict[str, Any]:
        """See :meth:`Compressor.settings`."""
        training = self.bundle.manifest.training
        tokenizer = {**training["tokenizer"], "vocabulary_size": self.words}
        return {"tokenizer": tokenizer, **encoder_sizes(self.network.encoders, training)}
