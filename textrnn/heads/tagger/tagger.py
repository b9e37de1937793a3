"""The tagger: texts in, names with labels, places and probabilities out.

Shapes: B windows in a batch, T tokens (padded), L tags.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.configuration import require_whole
from textrnn.corpora import Span
from textrnn.decoding.chain import Chain
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.head import Head, checked_sentences, checked_texts
from textrnn.heads.parts import read_graph, read_network
from textrnn.heads.tagger.entity import Entity
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.parts import read_features, read_gazetteer, read_tables, tagger_plans
from textrnn.heads.tagger.result import Reading, TaggedText
from textrnn.heads.tagger.spans import SpanDecoder, joined_spans, stitched
from textrnn.heads.tagger.word_vectors import WordVectors
from textrnn.runtime.cores import chosen_threads
from textrnn.runtime.session import Inputs, Outputs, Session
from textrnn.runtime.stream import ReadAhead, run_pools
from textrnn.text.simplify import simplify
from textrnn.text.windows import plan_windows
from textrnn.text.words import find_words

_Offsets = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Cut:
    """A text, where its tokens are, and what they are."""

    text: str
    offsets: _Offsets
    words: Sequence[str]


class Tagger(Head):
    """Finds the names in texts.

    Args:
        bundle: the model.
        threads: batches that the network reads at the same time; by default as many as this
            process has cores, less the one that cuts and decodes.

    Attributes:
        bundle: the model.
        labels: what a name can be, as ``PER``.
        level: what it reads a text as: ``word`` or ``character``.
        plan: gives the windows in which a text of so many tokens is read.
        vectors: turns words into what the network reads.
        decoder: turns what it says into spans.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a tagger's.
    """

    task = "tagger"

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        manifest = bundle.manifest
        self.labels = manifest.labels
        try:
            size = int(manifest.serving["window_tokens"])
            overlap = int(manifest.serving["window_overlap"])
            temperature = float(manifest.serving["temperature"])
        except (KeyError, TypeError, ValueError) as error:
            raise BundleError(f"{bundle.path}: the manifest's 'serving' lacks {error}") from error
        self.plan = partial(plan_windows, size=size, overlap=overlap)
        network = read_network(bundle, TaggerNetwork.from_dict)
        plans = tagger_plans(network)
        features = read_features(bundle, network)
        tables = read_tables(bundle, network)
        learned = {name: tables.get(f"crf/{name}") for name in ("transitions", "start", "end")}
        self.level = features.level
        self._simplify = bool(manifest.serving.get("simplify"))
        chain = Chain.over(network.head.tags, **learned)
        self.decoder = SpanDecoder(network.head.tags, chain, temperature=temperature)
        # One core is busy with cutting and decoding meanwhile.
        self._threads = chosen_threads(threads, beside=1)
        spelling = None
        if "words.onnx" in plans:
            graph = read_graph(bundle, plans["words.onnx"], name="words.onnx")
            spelling = Session(graph, threads=1, name=str(bundle.path))
        self.vectors = WordVectors(
            features,
            tables,
            spelling,
            gazetteer=read_gazetteer(bundle, network),
            bigram_units=network.bigram_units if network.bigram_count else 0,
            lexicon_units=network.lexicon_units if network.lexicon_count else 0,
        )
        graph = read_graph(bundle, plans["model.onnx"])
        self._session = Session(graph, threads=1, name=str(bundle.path))

    def _sessions(self) -> Iterable[Session]:
        return (self._session, *self.vectors.sessions)

    # A string is a sequence of strings too: the first overload takes it.
    @overload
    def tag(  # type: ignore[overload-overlap]
        self, texts: str, *, batch_size: int = ..., readings: int = ...
    ) -> TaggedText: ...

    @overload
    def tag(
        self, texts: Iterable[str], *, batch_size: int = ..., readings: int = ...
    ) -> list[TaggedText]: ...

    def tag(
        self, texts: str | Iterable[str], *, batch_size: int = 128, readings: int = 0
    ) -> TaggedText | list[TaggedText]:
        """Find the names in a text, or in several.

        Args:
            texts: one text, or several in a list, an array or a Series.
            batch_size: windows run together.
            readings: how many ways to read each text to return besides, best first; 0 for none.

        Returns:
            One result, or a list of one for each text, in order.

        Raises:
            ConfigurationError: ``texts`` holds something else than strings, ``batch_size`` is below
                1, or ``readings`` below 0.
        """
        several = [texts] if isinstance(texts, str) else texts
        found = list(
            self.tag_stream(several, batch_size=batch_size, readings=readings, read_ahead=True)
        )
        return found[0] if isinstance(texts, str) else found

    def tag_stream(
        self,
        texts: Iterable[str],
        *,
        batch_size: int = 128,
        readings: int = 0,
        read_ahead: ReadAhead = False,
    ) -> Iterator[TaggedText]:
        """Find the names in any number of texts as they come, in bounded memory.

        A text longer than the model's window is read in overlapping windows, of which each
        answers for the stretch nearest its middle. A text's names and their probabilities do not
        depend on the texts that share its batch.

        Args:
            texts: an iterator of texts.
            batch_size: windows run together.
            readings: how many ways to read each text to return besides; 0 for none.
            read_ahead: whether texts may be asked for while answers to earlier ones are due: a
                little faster, but not for a source that waits for its answers; or a function that
                says, before each text, whether it can be had without waiting.

        Yields:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                ``batch_size`` is below 1, or ``readings`` below 0.
        """
        return self._tag_pools(
            map(self._cut, checked_texts(texts)), batch_size, readings, read_ahead
        )

    def tag_words(
        self,
        sentences: Iterable[Sequence[str]],
        *,
        batch_size: int = 128,
        readings: int = 0,
        read_ahead: ReadAhead = False,
    ) -> Iterator[TaggedText]:
        """Find the names in sentences that are cut into words already, as CoNLL columns are.

        Args:
            sentences: the words of each; joined by spaces (for a model of characters by nothing)
                they are the text of the result.
            batch_size: windows run together.
            readings: how many ways to read each sentence to return besides; 0 for none.
            read_ahead: as for :meth:`tag_stream`.

        Yields:
            One result for each sentence, in order.

        Raises:
            ConfigurationError: a sentence is a string or holds something else than strings, a word
                is empty, ``batch_size`` is below 1, or ``readings`` below 0.
        """
        cuts = map(self._joined, checked_sentences(sentences))
        return self._tag_pools(cuts, batch_size, readings, read_ahead)

    def _cut(self, text: str) -> _Cut:
        offsets = tuple(find_words(text, level=self.level))
        read = simplify(text) if self._simplify else text
        return _Cut(text, offsets, [read[start:end] for start, end in offsets])

    def _joined(self, words: Sequence[str]) -> _Cut:
        joiner = " " if self.level == "word" else ""
        offsets, place = [], 0
        for number, word in enumerate(words, start=1):
            if not word.strip(" \t\r\n"):
                raise ConfigurationError(f"word {number} of {list(words[:20])!r:.80} is empty")
            offsets.append((place, place + len(word)))
            place += len(word) + len(joiner)
        text = joiner.join(words)
        if self._simplify:
            words = [simplify(word) for word in words]
        return _Cut(text, tuple(offsets), words)

    def _tag_pools(
        self, cuts: Iterator[_Cut], batch_size: int, readings: int, read_ahead: ReadAhead
    ) -> Iterator[TaggedText]:
        require_whole("batch_size", batch_size, least=1)
        require_whole("readings", readings, least=0)
        pools = run_pools(
            cuts,
            lambda taken: _Pool(self, taken, readings),
            self._session.run,
            characters=lambda cut: len(cut.text),
            batch_size=batch_size,
            threads=self._threads,
            read_ahead=read_ahead,
        )
        return (result for pool in pools for result in pool.results())


class _Pool:
    """Some texts on their way through a tagger."""

    def __init__(self, tagger: Tagger, cuts: list[_Cut], readings: int) -> None:
        self._vectors, self._decoder = tagger.vectors, tagger.decoder
        self._cuts, self._readings = cuts, readings
        self._plans = [tagger.plan(len(cut.words)) for cut in cuts]
        pairs = zip(cuts, self._plans, strict=True)
        self.windows = [cut.words[begin:end] for cut, plan in pairs for begin, end in plan]
        self._spans: list[list[tuple[Span, float]]] = [[] for _ in self.windows]
        self._emissions: list[Any] = [None] * len(self.windows)

    def inputs(self, members: Sequence[int]) -> Inputs:
        """What the network reads of some windows' words, and their lengths."""
        batch = [self.windows[i] for i in members]
        return {"features": self._vectors.look_up(batch), "lengths": self._lengths(members)}

    def take(self, members: Sequence[int], outputs: Outputs) -> None:
        """Decode the emissions (B, T, L) of some windows; keep them where readings are wanted."""
        emissions, lengths = outputs["emissions"], self._lengths(members)
        for i, found in zip(members, self._decoder.spans(emissions, lengths), strict=True):
            self._spans[i] = found
        if self._readings:
            for i, rows, length in zip(members, emissions, lengths, strict=True):
                self._emissions[i] = rows[:length]

    def _lengths(self, members: Sequence[int]) -> NDArray[np.int32]:
        return np.fromiter((len(self.windows[i]) for i in members), np.int32, len(members))

    def results(self) -> Iterator[TaggedText]:
        """One for each text, when all windows are taken."""
        position = 0
        for cut, plan in zip(self._cuts, self._plans, strict=True):
            part = slice(position, position + len(plan))
            position += len(plan)
            entities = tuple(
                _entity(cut, span, probability)
                for span, probability in joined_spans(self._spans[part], plan)
            )
            found: tuple[Reading, ...] = ()
            if self._readings:
                found = self._found_readings(cut, stitched(self._emissions[part], plan))
            yield TaggedText(cut.text, entities, cut.offsets, found, len(plan))

    def _found_readings(self, cut: _Cut, emissions: NDArray[np.float32]) -> tuple[Reading, ...]:
        """The most probable ways to read a text; an entity's probability is the reading's own."""
        return tuple(
            Reading(tuple(_entity(cut, span, probability) for span in spans), probability)
            for spans, probability in self._decoder.readings(emissions, self._readings)
        )


def check_labels(wanted: Collection[str] | None, known: Sequence[str]) -> None:
    """See that a model has the labels that are to be kept.

    Raises:
        ConfigurationError: it has not.
    """
    for name in sorted(set(wanted or ()) - set(known)):
        raise ConfigurationError(
            f"--labels: {name!r} is not one of the model's: {', '.join(known)}"
        )


def _entity(cut: _Cut, span: Span, probability: float) -> Entity:
    start, end = cut.offsets[span.start][0], cut.offsets[span.end - 1][1]
    return Entity(start, end, cut.text[start:end], span.label, probability)
