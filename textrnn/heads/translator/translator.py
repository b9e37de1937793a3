"""The translator: texts of one language in, texts of another out, and what was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require_whole
from textrnn.decoding.search import Hypothesis
from textrnn.decoding.search_options import MOST_PENALTY, SearchOptions
from textrnn.heads.head import Head
from textrnn.heads.inputs import checked_texts
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.parts import check_numbers, read_graph, read_network
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns, Kind
from textrnn.heads.translator.cutting import Piece, cut_texts
from textrnn.heads.translator.joining import Joiner
from textrnn.heads.translator.network import TranslatorNetwork
from textrnn.heads.translator.parts import expected_graphs, read_tokenizers, require_full_stop
from textrnn.heads.translator.result import Translation
from textrnn.heads.translator.searching import Searcher
from textrnn.network import Network
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead, batches, with_answers, with_progress

if TYPE_CHECKING:
    from textrnn.corpora.pairs import Pair
    from textrnn.heads.card import CardFacts
    from textrnn.heads.examples import Examples, ExampleSource
    from textrnn.heads.translator.report import TranslationReport

_MOST_TOKENS = 200  # of a sentence that is read as a whole, where the model does not say
_LONGEST_TOKENS = 10_000


class Translator(Head):
    """Translates texts.

    Args:
        bundle: the model.
        threads: threads for the network; by default as many as this process has cores.

    Attributes:
        network: its description.
        source_tokenizer: cuts what it reads.
        tokenizer: makes what it writes; the same where both sides share a vocabulary.
        target_language: an ISO 639-1 code.
        max_tokens: of the source, that are read together; a longer sentence is cut.
        full_stop: added to sentences without a mark at their ends; empty where they are read as
            they are.
        search_defaults: what its bundle has for ``length_penalty`` and ``length_reward``, as fits
            it best, where whoever asks does not say.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a translator's.
    """

    task = "translator"
    command_line: ClassVar[tuple[str, ...]] = ("translate", "--text", "学而时习之，不亦说乎？")
    network_class: ClassVar[type[Network]] = TranslatorNetwork
    neighbours: ClassVar[Mapping[str, str]] = {}  # none reads a language that is near its own
    example_options: ClassVar[tuple[str, ...]] = ("source", "target", "target_file")
    main_score: ClassVar[str] = "BLEU"
    evaluate_options: ClassVar[tuple[str, ...]] = (
        "batch_size",
        "beam",
        "length_penalty",
        "length_reward",
    )
    pictures: ClassVar[tuple[str, ...]] = ("lengths.png",)
    top_score: ClassVar[float] = 100.0
    client_facts: ClassVar[Columns] = {"target_language": TEXT}

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        serving = bundle.manifest.serving
        fitted = {"length_penalty": (0.0, MOST_PENALTY), "length_reward": (0.0, MOST_PENALTY)}
        check_numbers(bundle, {"max_tokens": (1, _LONGEST_TOKENS), **fitted})
        self.search_defaults: dict[str, float] = {
            name: float(serving[name]) for name in fitted if name in serving
        }
        self.max_tokens: int = int(serving.get("max_tokens", _MOST_TOKENS))
        self.target_language: str = str(serving.get("target_language", ""))
        self.full_stop: str = require_full_stop(bundle)
        self.network: TranslatorNetwork = read_network(bundle, TranslatorNetwork)
        self.source_tokenizer, self.tokenizer = read_tokenizers(bundle, self.network)
        self._encoder, self._decoder = (
            Session(read_graph(bundle, expected, name=name), threads=threads, name=str(bundle.path))
            for name, expected in expected_graphs(self.network).items()
        )
        self._searcher = Searcher(self.network, self._encoder, self._decoder)
        self._joiner = Joiner(self.source_tokenizer, self.tokenizer, self.target_language)

    def _sessions(self) -> Iterable[Session]:
        return (self._encoder, self._decoder)

    def translate(
        self, texts: Iterable[str], *, batch_size: int = 64, **options: Any
    ) -> list[Translation]:
        """Translate some texts.

        Args:
            texts: in a list, an array or a Series.
            batch_size: the most sentences that are translated together.
            **options: see :class:`textrnn.decoding.search_options.SearchOptions`.

        Returns:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                or an option is unknown or out of range.

        Example:
            >>> import textrnn
            >>> translator = textrnn.load("models/mine")  # doctest: +SKIP
            >>> translator.translate(["学而时习之，不亦说乎？"])[0].text  # doctest: +SKIP
        """
        return list(self.answer(texts, batch_size=batch_size, read_ahead=True, **options))

    def work_of(self, given: Any, options: Mapping[str, Any]) -> int:
        """See :meth:`textrnn.heads.head.Head.work_of`; each beginning of a beam is written on."""
        beam = options.get("beam", SearchOptions().beam)
        return super().work_of(given, options) * int(beam)

    def answer(
        self,
        texts: Iterable[str],
        /,
        *,
        batch_size: int = 64,
        beam: int = 5,
        length_penalty: float | None = None,
        length_reward: float | None = None,
        coverage_penalty: float = 0.0,
        n_best: int = 1,
        no_repeat_ngram: int = 0,
        read_ahead: ReadAhead = False,
    ) -> Iterator[Translation]:
        """Translate any number of texts as they come, in bounded memory.

        A text is translated sentence by sentence; line ends are kept, and what has no letters is
        handed on as it is. A sentence of more than :attr:`max_tokens` is cut at a comma or a blank.

        Args:
            texts: an iterator of texts.
            batch_size: the most sentences that are translated together.
            beam: beginnings that are kept of each; 1 takes the most probable token each time.
            length_penalty: what longer translations may be less probable (Wu et al. 2016,
                eq. 14); 0: nothing; by default what fits the model, or 1.
            length_reward: what each token adds to the log-probability (He et al. 2016), against
                translations that say too little; by default what fits the model, or 0.
            coverage_penalty: how much it counts that words were hardly looked at (eq. 15).
            n_best: how many translations are found of each text.
            no_repeat_ngram: no sequence of so many tokens comes twice in a sentence; 0: any may.
            read_ahead: see :meth:`textrnn.heads.head.Head.answer`.

        Returns:
            One result for each text, in order.

        Raises:
            ConfigurationError: ``texts`` is a single string or holds something else than strings,
                or an option is out of range.
        """
        require_whole("batch_size", batch_size, least=1)
        lengths = {"length_penalty": length_penalty, "length_reward": length_reward}
        asked = {name: value for name, value in lengths.items() if value is not None}
        options = SearchOptions(
            beam=beam,
            coverage_penalty=coverage_penalty,
            n_best=n_best,
            no_repeat_ngram=no_repeat_ngram,
            **{**self.search_defaults, **asked},
        )
        checked = checked_texts(texts)
        return (
            result
            for taken in batches(checked, batch_size, read_ahead)
            for result in self._translated(taken, batch_size, options)
        )

    translate_stream = answer  # what it is called beside translate

    def _translated(
        self, texts: Sequence[str], batch_size: int, options: SearchOptions
    ) -> Iterator[Translation]:
        """Translate some texts, their sentences by like length."""
        cut = cut_texts(texts, self.source_tokenizer, self.max_tokens, full_stop=self.full_stop)
        read = sorted(
            (piece for pieces in cut for piece in pieces if len(piece.ids)),
            key=lambda piece: len(piece.ids),
        )
        found: dict[Piece, list[Hypothesis]] = {}
        for begin in range(0, len(read), batch_size):
            some = read[begin : begin + batch_size]
            sources = [piece.ids for piece in some]
            found |= zip(some, self._searcher.search(sources, options), strict=True)
        for text, pieces in zip(texts, cut, strict=True):
            yield self._joiner.translation(text, pieces, found, n_best=options.n_best)

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """See :meth:`textrnn.heads.head.Head.column_kinds`."""
        aligned: Kind = [
            {
                "start": INTEGER,
                "end": INTEGER,
                "source_start": INTEGER,
                "source_end": INTEGER,
                "weight": NUMBER,
            }
        ]
        kinds: Columns = {"translation": TEXT, "score": NUMBER, "alignment": aligned}
        if options.get("n_best", 1) > 1:
            kinds["hypotheses"] = [{"text": TEXT, "score": NUMBER}]
        return kinds

    @classmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """See :meth:`textrnn.heads.head.Head.card_facts`."""
        from textrnn.heads.translator.card import translator_facts

        return translator_facts(manifest)

    @classmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Pair]:
        """Pairs; see :func:`textrnn.corpora.pairs.read_pairs`."""
        from textrnn.corpora.pairs import PairSource, read_pairs

        pairs = PairSource(
            source.file,
            source.target_file,
            source.source,
            source.target,
            source.format,
            source.encoding,
        )
        return read_pairs(pairs, on_note=on_note)

    @classmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Pair]:
        """Pairs; see :func:`textrnn.corpora.pairs.given_pairs`."""
        from textrnn.corpora.pairs import given_pairs

        return given_pairs(
            data, source=source.source, target=source.target, name=source.file, on_note=on_note
        )

    def questions(self, example: Pair) -> Sequence[str]:
        """See :meth:`Head.questions`: its source."""
        return [example.source]

    def evaluate(
        self,
        examples: Examples,
        *,
        batch_size: int = 64,
        beam: int = 5,
        length_penalty: float | None = None,
        length_reward: float | None = None,
        source: str | int | None = None,
        target: str | int | None = None,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> TranslationReport:
        """Translate the sources of pairs and score the translations.

        Args:
            examples: see :meth:`textrnn.heads.head.Head.evaluate`.
            batch_size: the most sentences that are translated together.
            beam: beginnings that are kept of each.
            length_penalty: see :meth:`answer`.
            length_reward: see :meth:`answer`.
            source: column or key of the source, or its number; by default a usual one.
            target: the same of the translation.
            on_progress: called with 1 after each pair.
            on_note: told how many pairs were left out.
            on_outcome: told of each pair in order, by its translation.

        Raises:
            InputError: there are no pairs.
            MissingExtraError: sacreBLEU is not installed.
        """
        from textrnn.heads.translator.scores import Scorer, score_translations

        # what is missing is told before anything is read
        scorer = Scorer.of(self.target_language, self.tokenizer)

        def answers(sent: Iterator[Pair]) -> Iterator[Translation]:
            return self.answer(
                (pair.source for pair in sent),
                batch_size=batch_size,
                beam=beam,
                length_penalty=length_penalty,
                length_reward=length_reward,
                read_ahead=True,
            )

        pairs = self.examples_of(examples, on_note, source=source, target=target)
        answered = with_answers(pairs, answers)
        return score_translations(
            with_progress(answered, on_progress), scorer, on_outcome=on_outcome
        )
