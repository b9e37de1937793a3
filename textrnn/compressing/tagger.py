"""A smaller tagger of a tagger.

Shapes: V words, U units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.compressing.compressor import Compressor, encoder_sizes
from textrnn.compressing.units import Reader, prune_units
from textrnn.configuration import require
from textrnn.corpora import Span, SpannedText
from textrnn.heads.tagger.features import FIRST, Features
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.tagger import Tagger
from textrnn.text.cutting import order_by_count
from textrnn.text.simplify import simplify
from textrnn.training.tagger.initial import InitialTagger
from textrnn.training.tagger.pack import pack_tagger
from textrnn.training.tagger.plan import TaggerPlan
from textrnn.training.tagger.sentences import as_sentence

if TYPE_CHECKING:
    from textrnn.training.distilling import Distilled
    from textrnn.training.loop.events import OnEvent

_LEAST = FIRST + 1  # rows: padding, what is unknown, a word


class TaggerCompressor(Compressor):
    """See :class:`Compressor`."""

    task = "tagger"
    network: TaggerNetwork

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle)
        self.model = InitialTagger.open(bundle.path)
        self.network, self.weights = self.model.described, self.model.weights
        self.features = self.model.features
        require(
            not self.network.head.attention_heads,
            f"{bundle.name} has self-attention; such taggers are served, and no longer made",
        )

    @property
    def words(self) -> int:
        """See :attr:`Compressor.words`."""
        return self.network.vocabulary_size

    def cut_vocabulary(self, size: int, texts: list[str]) -> None:
        """See :meth:`Compressor.cut_vocabulary`; characters, bigrams and the lexicon stay."""
        whole = self.words
        require(
            _LEAST <= size < whole,
            f"vocabulary: the model has rows for {whole:,} words; ask for {_LEAST} to "
            f"{whole - 1:,}, or leave it out; received {size:,}",
        )
        ranks = order_by_count(whole, self._counts(texts))
        chosen = [row for row in ranks if row >= FIRST][: size - FIRST]
        kept = np.array([*range(FIRST), *sorted(chosen)], np.int64)
        names = list(self.features.words)
        self.features = Features(
            self.features.level,
            [names[row - FIRST] for row in kept[FIRST:].tolist()],
            characters=self.features.characters,
            bigrams=self.features.bigrams,
            lexicon=self.features.lexicon_counts,
        )
        self.weights["embedding"] = self.weights["embedding"][kept]
        self.network = replace(self.network, vocabulary_size=len(kept))

    def _counts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """How often each word's row is looked up in texts, (V,)."""
        counts = np.zeros(self.words, np.int64)
        read = simplify if self.model.simplify else str
        for text in texts:
            sentence = as_sentence(SpannedText(read(text), ()), level=self.features.level)
            rows = [self.features.word(word) for word in sentence.words]
            counts += np.bincount(np.array(rows, np.int64), minlength=len(counts))
        return counts

    def prune(self, share: float) -> None:
        """See :meth:`Compressor.prune`."""
        self.weights, encoders = prune_units(
            self.weights, self.network.encoders, [Reader("output/kernel")], share
        )
        self.network = replace(self.network, encoders=encoders)

    def distil(
        self, texts: list[str], epochs: int, folder: Path, on_event: OnEvent | None
    ) -> Distilled:
        """See :meth:`Compressor.distil`."""
        from textrnn.training.tagger.distil import distil_tagger

        with Tagger(self.bundle) as whole:
            answered = [
                SpannedText(t.text, tuple(Span(e.start, e.end, e.label) for e in t.entities))
                for t in whole.tag(texts)
            ]
        plan = self.model.fitted(TaggerPlan(training=self.training(epochs)))
        found = distil_tagger(
            self.network, self.weights, answered, self.features, self.model.gazetteer, plan,
            on_event=on_event,
        )  # fmt: skip
        self.weights = found.weights
        return found

    def files(self, precision: str) -> dict[str, bytes]:
        """See :meth:`Compressor.files`."""
        return pack_tagger(
            self.network,
            self.weights,
            self.features,
            gazetteer=self.model.gazetteer,
            precision=precision,
        )

    def settings(self) -> dict[str, Any]:
        """See :meth:`Compressor.settings`."""
        training = self.bundle.manifest.training
        sizes = encoder_sizes(self.network.encoders, training)
        if "features" in training:
            sizes["features"] = {**training["features"], "vocabulary_size": self.words}
        return sizes
