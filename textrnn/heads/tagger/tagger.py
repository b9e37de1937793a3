"""The tagger: texts in, names with labels, places and probabilities out.

Shapes: B windows in a batch, T tokens (padded), L tags.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require_whole
from textrnn.decoding.chain import Chain
from textrnn.errors import InputError
from textrnn.heads.head import Head
from textrnn.heads.inputs import checked_sentences, checked_texts_or_words
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.parts import read_graph, read_network, read_windows
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns
from textrnn.heads.tagger.cuts import Cutter
from textrnn.heads.tagger.network import TaggerNetwork
from textrnn.heads.tagger.parts import (
    expected_graphs,
    read_features,
    read_gazetteer,
    read_tables,
    read_temperature,
)
from textrnn.heads.tagger.pool import Decoding, Pool
from textrnn.heads.tagger.result import TaggedText
from textrnn.heads.tagger.spans import SpanDecoder
from textrnn.heads.tagger.word_vectors import WordVectors
from textrnn.network import Network
from textrnn.runtime.cores import chosen_threads
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead, run_pools, with_answers, with_progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from textrnn.corpora import SpannedText, TaggedSentence
    from textrnn.heads.card import CardFacts
    from textrnn.heads.examples import Examples, ExampleSource
    from textrnn.heads.tagger.report import SpanReport


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
        windows_of: gives the windows in which a text of so many tokens is read.
        vectors: turns words into what the network reads.
        decoder: turns what it says into spans.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a tagger's.
    """

    task = "tagger"
    command_line: ClassVar[tuple[str, ...]] = ("tag", "--text", "Marie left Warsaw.")
    pictures: ClassVar[tuple[str, ...]] = ("confusion.png", "reliability.png")
    main_score: ClassVar[str] = "F1"
    lower_is_better: ClassVar[tuple[str, ...]] = ("calibration error",)
    network_class: ClassVar[type[Network]] = TaggerNetwork
    example_options: ClassVar[tuple[str, ...]] = ("labels", "scheme")

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        manifest = bundle.manifest
        self.labels: tuple[str, ...] = manifest.labels
        self.windows_of: Callable[[int], list[tuple[int, int]]] = read_windows(bundle)
        temperature = read_temperature(bundle)
        network = read_network(bundle, TaggerNetwork)
        graphs, features = expected_graphs(network), read_features(bundle, network)
        tables = read_tables(bundle, network)
        learned = {name: tables.get(f"crf/{name}") for name in ("transitions", "start", "end")}
        self.level: str = features.level
        self._cutter = Cutter(self.level, simplify=bool(manifest.serving.get("simplify")))
        chain = Chain.over(network.head.tags, **learned)
        self.decoder: SpanDecoder = SpanDecoder(network.head.tags, chain, temperature=temperature)
        # One core is busy with cutting and decoding meanwhile.
        self.runs_together: int = chosen_threads(threads, beside=1)
        spelling = None
        if "words.onnx" in graphs:
            graph = read_graph(bundle, graphs["words.onnx"], name="words.onnx")
            spelling = Session(graph, threads=1, name=str(bundle.path))
        self.vectors: WordVectors = WordVectors(
            features,
            tables,
            spelling,
            gazetteer=read_gazetteer(bundle, network),
            bigram_units=network.bigram_units if network.bigram_count else 0,
            lexicon_units=network.lexicon_units if network.lexicon_count else 0,
        )
        self._decoding = Decoding(self.windows_of, self.vectors, self.decoder)
        graph = read_graph(bundle, graphs["model.onnx"])
        self._session = Session(graph, threads=1, name=str(bundle.path))

    def _sessions(self) -> Iterable[Session]:
        return (self._session, *self.vectors.sessions)

    def from_record(self, record: Mapping[str, Any]) -> str | list[str]:
        """A record's text; or where it has none the words of a sentence, under ``words``, as they
        were cut.

        Raises:
            InputError: there are neither, or the text is under several names.
        """
        words = record.get("words")
        try:
            text: str = super().from_record(record)
        except InputError:
            if isinstance(words, list | tuple):
                return list(words)
            raise
        return text

    @classmethod
    def record_of(cls, given: str | Sequence[str]) -> dict[str, Any]:
        """See :meth:`textrnn.heads.head.Head.record_of`."""
        return {"text": given} if isinstance(given, str) else {"words": list(given)}

    def answer(
        self,
        texts: Iterable[str | Sequence[str]],
        *,
        batch_size: int = 128,
        readings: int = 0,
        labels: Collection[str] | None = None,
        min_probability: float = 0.0,
        read_ahead: ReadAhead = False,
    ) -> Iterator[TaggedText]:
        """Find the names in any number of texts as they come, in bounded memory.

        A text longer than the model's window is read in overlapping windows, of which each
        answers for the stretch nearest its middle. A text's names and their probabilities do not
        depend on the texts that share its batch.

        Args:
            texts: an iterator of texts; of sentences cut into words, as :meth:`tag_words` reads
                them; or of both.
            batch_size: windows run together.
            readings: how many ways to read each text to return besides; 0 for none.
            labels: those whose names are kept; None keeps all.
            min_probability: less probable names are left out.
            read_ahead: see :meth:`textrnn.heads.head.Head.answer`.

        Returns:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than texts and
                lists of words, a word is empty, ``batch_size`` is below 1, or ``readings`` below 0.
        """
        require_whole("batch_size", batch_size, least=1)
        require_whole("readings", readings, least=0)
        pools = self._pools(texts, batch_size, read_ahead, readings=readings)
        results = (result for pool in pools for result in pool.results())
        if labels is None and not min_probability:
            return results
        return (result.only(labels, min_probability=min_probability) for result in results)

    tag_stream = answer  # what it is called beside tag

    def tag_probabilities(
        self, texts: Iterable[str | Sequence[str]], *, batch_size: int = 128
    ) -> Iterator[NDArray[np.float64]]:
        """How probable each tag is at each token: what another tagger can learn from this one.

        Args:
            texts: an iterator of texts, of sentences cut into words, or of both.
            batch_size: windows run together.

        Returns:
            For each text, in order, an array (tokens, tags) whose rows sum to 1; the columns are
            the tags of ``decoder.tags``. Tokens are those of :meth:`tag`, or the words given.

        Raises:
            ConfigurationError: as :meth:`answer` does.
        """
        require_whole("batch_size", batch_size, least=1)
        pools = self._pools(texts, batch_size, False, probable=True)
        return (found for pool in pools for found in pool.tag_probabilities())

    def _pools(
        self,
        texts: Iterable[str | Sequence[str]],
        batch_size: int,
        read_ahead: ReadAhead,
        *,
        readings: int = 0,
        probable: bool = False,
    ) -> Iterator[Pool]:
        return run_pools(
            map(self._cutter, checked_texts_or_words(texts)),
            lambda taken: Pool(taken, self._decoding, readings=readings, probable=probable),
            self._session.run,
            characters=lambda cut: len(cut.text),
            batch_size=batch_size,
            threads=self.runs_together,
            read_ahead=read_ahead,
        )

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
            self.answer(several, batch_size=batch_size, readings=readings, read_ahead=True)
        )
        return found[0] if isinstance(texts, str) else found

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
            read_ahead: see :meth:`textrnn.heads.head.Head.answer`.

        Returns:
            One result for each sentence, in order.

        Raises:
            ConfigurationError: a sentence is a string or holds something else than strings, a word
                is empty, ``batch_size`` is below 1, or ``readings`` below 0.
        """
        return self.answer(
            checked_sentences(sentences),
            batch_size=batch_size,
            readings=readings,
            read_ahead=read_ahead,
        )

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """See :meth:`textrnn.heads.head.Head.column_kinds`; readings where some are asked for."""
        place = {"start": INTEGER, "end": INTEGER, "text": TEXT, "label": TEXT}
        kinds: Columns = {"entities": [{**place, "probability": NUMBER}]}
        if options.get("readings"):
            kinds["readings"] = [{"probability": NUMBER, "entities": [place]}]
        return kinds

    @classmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """See :meth:`textrnn.heads.head.Head.card_facts`."""
        from textrnn.heads.tagger.card import tagger_facts

        return tagger_facts(manifest)

    @classmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[TaggedSentence | SpannedText]:
        """Sentences and texts with spans; see :func:`textrnn.corpora.read_tagged`."""
        from textrnn.corpora import TaggedSource, read_tagged

        tagged = TaggedSource(
            source.file, source.format, source.scheme, source.labels, source.encoding
        )
        return read_tagged(tagged, on_note=on_note)

    @classmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[TaggedSentence | SpannedText]:
        """Sentences and texts with spans; see :func:`textrnn.corpora.in_memory.tagged_texts`."""
        from textrnn.corpora.in_memory import tagged_texts

        return tagged_texts(data, labels=source.labels, name=source.file, on_note=on_note)

    def questions(self, example: TaggedSentence | SpannedText) -> Sequence[str | Sequence[str]]:
        """See :meth:`Head.questions`: its words, or else its text."""
        from textrnn.corpora import TaggedSentence

        return [example.words if isinstance(example, TaggedSentence) else example.text]

    def evaluate(
        self,
        examples: Examples,
        *,
        batch_size: int = 32,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> SpanReport:
        """Tag sentences and score the spans.

        Sentences that come in words are read as these words. Text that comes whole is cut by the
        tagger, and a span counts where both its borders agree with the right one's to the code
        point.

        Args:
            examples: sentences or texts with their right spans, as :meth:`Head.evaluate` takes
                examples.
            batch_size: windows run together.
            on_progress: called with 1 after each sentence.
            on_note: told of right spans that end within tokens.
            on_outcome: told of each sentence in order, by its spans; right where all are.

        Raises:
            InputError: a span has a label that the model does not, or there are no examples.
        """
        from textrnn.heads.tagger.scores import score_answers

        def answers(sent: Iterator[TaggedSentence | SpannedText]) -> Iterator[TaggedText]:
            inputs = (question for e in sent for question in self.questions(e))
            return self.answer(inputs, batch_size=batch_size, read_ahead=True)

        given = self.examples_of(examples, on_note)
        answered = with_progress(with_answers(given, answers), on_progress)
        report = score_answers(answered, labels=self.labels, on_outcome=on_outcome)
        if report.note:
            on_note(report.note)
        return report
