"""The generator: a seed in, texts out, a token at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import converted, require, require_whole
from textrnn.errors import BundleError, ConfigurationError, InputError
from textrnn.heads.generator.choices import Choice, next_choices
from textrnn.heads.generator.controls import (
    CACHE_LIMIT,
    Controls,
    Seed,
    chosen_controls,
    require_between,
)
from textrnn.heads.generator.fingerprint import Fingerprint
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.generator.parts import expected_graph, read_fingerprint
from textrnn.heads.generator.result import Generation
from textrnn.heads.generator.seeds import SeedReader
from textrnn.heads.generator.writing import in_order, write_each, write_texts
from textrnn.heads.head import Head
from textrnn.heads.inputs import iterated, text_of_record
from textrnn.heads.options import AnswerOption, documented_options
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.parts import read_graph, read_network, read_tokenizer
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns
from textrnn.heads.written import Written
from textrnn.network import Network
from textrnn.renamed import renamed
from textrnn.runtime.session import Session
from textrnn.runtime.stepper import Stepper
from textrnn.runtime.stream import ReadAhead, batches
from textrnn.text.language import NEUTRAL, has_latin_letters, language_of

if TYPE_CHECKING:
    from textrnn.corpora import Passage
    from textrnn.decoding.step import Reader
    from textrnn.heads.card import CardFacts
    from textrnn.heads.examples import Examples, ExampleSource
    from textrnn.heads.generator.novelty import NoveltyReport
    from textrnn.heads.generator.report import GenerationReport
    from textrnn.text.tokenizer import Tokenizer

TEXTS_LIMIT = 10_000


class Generator(Head):
    """Writes texts on from a seed.

    Args:
        bundle: the model.
        threads: threads for the network; by default as many as this process has cores.

    Attributes:
        bundle: the model.
        network: its description.
        tokenizer: its tokenizer.
        stepper: its network, a token at a time.
        seeds: what it reads of seeds; ``encode`` and ``unknown_characters`` are its methods.

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a generator's.
    """

    task = "generator"
    command_line: ClassVar[tuple[str, ...]] = ("generate", "--seed", "The ")
    main_score: ClassVar[str] = "perplexity of a token"
    lower_is_better: ClassVar[tuple[str, ...]] = (
        "perplexity of a token",
        "bits per character",
        "share of unknown tokens",
    )
    network_class: ClassVar[type[Network]] = GeneratorNetwork
    writes: ClassVar[bool] = True
    neighbours: ClassVar[Mapping[str, str]] = {}  # none goes on in a language that is near its own
    example_options: ClassVar[tuple[str, ...]] = ("text", "unit", "reflow")
    evaluate_options: ClassVar[tuple[str, ...]] = ("samples", "temperature", "cache")

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        if bundle.manifest.serving.get("backward"):
            raise BundleError(
                f"{bundle.path}: this model reads backward and does not write; a classifier begins "
                f"with it: train one with init_from={str(bundle.path)!r}"
            )
        precision = str(bundle.manifest.serving.get("precision"))
        self.network: GeneratorNetwork = read_network(bundle, GeneratorNetwork)
        self.tokenizer: Tokenizer = read_tokenizer(bundle, self.network.vocabulary_size)
        graph = read_graph(bundle, expected_graph(self.network))
        self._session = Session(graph, threads=threads, name=str(bundle.path))
        self.stepper: Stepper = Stepper(
            self._session, self.network.state_units, precision=precision
        )
        self.seeds: SeedReader = SeedReader(self.tokenizer)
        self.encode: Callable[[str], NDArray[np.int32]] = self.seeds.encode
        self.unknown_characters: Callable[[str], tuple[str, ...]] = self.seeds.unknown_characters

    def _sessions(self) -> Iterable[Session]:
        return (self._session,)

    @cached_property
    def fingerprint(self) -> Fingerprint | None:
        """Which n-grams the training text had; None where the bundle keeps no fingerprint."""
        return read_fingerprint(self.bundle)

    def from_record(self, record: Mapping[str, Any]) -> Seed:
        """A record's seed, under ``seed`` or where a text is, with those of its fields that are
        called as a control is.

        Raises:
            InputError: there is no seed, or it is no text; or a control has a value of another
                type.
        """
        text = record["seed"] if "seed" in record else text_of_record(record)
        known = self.answer_options()
        try:
            controls = {
                name: converted(known[name].kind, value, name)
                for name, value in record.items()
                if name in known
            }
        except ConfigurationError as error:
            raise InputError(f"a record: {error}") from error
        return Seed(text, controls)

    @classmethod
    def record_of(cls, given: str | Seed) -> dict[str, Any]:
        """See :meth:`textrnn.heads.head.Head.record_of`."""
        seed = given if isinstance(given, Seed) else Seed(given)
        return {"seed": seed.text, **seed.controls}

    def text_of(self, given: Seed, options: Mapping[str, Any]) -> str:
        """The seed, and characters that begin verses or name their form, which are Chinese too."""
        controls = {**options, **given.controls}
        named = (controls.get(name) or "" for name in ("acrostic", "form"))
        return "".join(map(str, (given.text, *named)))

    def work_of(self, given: Seed, options: Mapping[str, Any]) -> int:
        """See :meth:`textrnn.heads.head.Head.work_of`; a beam writes many texts."""
        chosen = chosen_controls({**options, **given.controls})
        return len(given.text) + chosen.length * chosen.beam

    @classmethod
    @cache
    def answer_options(cls) -> dict[str, AnswerOption]:
        """See :meth:`textrnn.heads.head.Head.answer_options`: the controls."""
        hints = get_type_hints(Controls)
        return documented_options(Controls, hints, hints)

    def answer(
        self,
        seeds: Iterable[str | Seed],
        /,
        *,
        batch_size: int = 64,
        read_ahead: ReadAhead = False,
        **controls: Any,
    ) -> Iterator[Generation]:
        """Write one text on from each seed: that of :meth:`generate`.

        Args:
            seeds: texts, or what :meth:`from_record` makes; their own controls go first.
            batch_size: the most texts written at once.
            read_ahead: see :meth:`textrnn.heads.head.Head.answer`.
            **controls: see :class:`Controls`.

        Returns:
            One text for each seed, in order.

        Raises:
            ConfigurationError: a control is unknown or out of range, at once.
            SeedError: a seed is no text or does not fit the form, when it is reached.
        """
        require(not isinstance(seeds, str), "expected several seeds; put a single one in a list")
        require_whole("batch_size", batch_size, least=1)
        chosen_controls(controls, "batch_size")
        given = iterated(seeds, "seeds")
        every = (seed if isinstance(seed, Seed) else Seed(seed) for seed in given)
        return (
            text
            for batch in batches(every, batch_size, read_ahead)
            for own, several in groupby(batch, key=lambda seed: seed.controls)
            for text in self._write_each(several, chosen_controls({**controls, **own}))
        )

    def _write_each(self, seeds: Iterable[Seed], controls: Controls) -> list[Generation]:
        texts = [seed.text for seed in seeds]
        return write_each(self._reader(controls.cache), self.seeds, texts, controls)

    def _reader(self, cache: int, *, grows: bool = False) -> Reader:
        """Its network, a token at a time, with a continuous cache of so many; 0: without."""
        if not cache:
            return self.stepper
        from textrnn.decoding.cache import CachedStep

        return CachedStep(
            self.stepper, f"state_{len(self.network.encoders) - 1}/h", cache, grows=grows
        )

    def written(self, given: Seed, /, **controls: Any) -> Iterator[Written[Generation]]:
        """See :meth:`textrnn.heads.head.Head.written`: a text as it grows."""
        return self.generate_stream(given.text, **{**controls, **given.controls})

    @classmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """See :meth:`textrnn.heads.head.Head.column_kinds`."""
        return {
            "seed": TEXT,
            "continuation": TEXT,
            "tokens": INTEGER,
            "log_probability": NUMBER,
            "perplexity": NUMBER,
            "finish": TEXT,
            "random_state": INTEGER,
        }

    @classmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """See :meth:`textrnn.heads.head.Head.card_facts`."""
        from textrnn.heads.generator.card import generator_facts

        return generator_facts(manifest)

    @classmethod
    def first_calls(cls, manifest: Manifest, model: str) -> list[str]:
        """See :meth:`textrnn.heads.head.Head.first_calls`; what reads backward is not asked."""
        if manifest.serving.get("backward"):
            return [f"textrnn train classifier --train FILE --init-from {model} --out FOLDER"]
        return super().first_calls(manifest, model)

    @classmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Passage]:
        """Documents in pieces; see :func:`textrnn.corpora.read_documents`."""
        from textrnn.corpora import DocumentSource, read_documents

        documents = DocumentSource(
            source.file,
            source.format,
            source.unit,
            None if source.text is None else str(source.text),
            key=source.key,
            only=source.only,
            without=source.without,
            reflow=source.reflow,
            replace=source.replace,
            encoding=source.encoding,
        )
        return read_documents(documents)

    @classmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Passage]:
        """Documents in pieces; see :func:`textrnn.corpora.in_memory.passages`."""
        from textrnn.corpora.in_memory import passages

        return passages(data, text=source.text, name=source.file)

    def evaluate(
        self,
        examples: Examples,
        *,
        samples: int = 0,
        length: int = 200,
        temperature: float = 0.8,
        cache: int = 0,
        random_state: int = 0,
        text: str | int | None = None,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> GenerationReport:
        """Foresee documents that it did not learn from, and write some.

        Args:
            examples: documents, as :meth:`Head.evaluate` takes examples.
            samples: texts to write, from nothing.
            length: the most tokens of each.
            temperature: they are drawn at.
            cache: so many tokens of a document, those just read, are more probable to come again;
                see :mod:`textrnn.decoding.cache`; 0: none.
            random_state: of the first.
            on_progress: called with how many tokens of the documents were read.
            on_note: has nothing to tell.
            on_outcome: never called: no token is an answer.

        Raises:
            InputError: there are no documents.
            ConfigurationError: a number is out of range.
        """
        from textrnn.heads.generator.report import GenerationReport
        from textrnn.heads.generator.scores import measure_perplexity

        require_between("cache", cache, 0, CACHE_LIMIT)
        writing: Iterator[Written[Generation]] = iter(())
        if samples:  # what is wrong with their settings is told before the documents are read
            writing = self.generate_stream(
                num=samples, length=length, temperature=temperature, random_state=random_state
            )
        given = self.examples_of(examples, on_note, text=text)
        reader = self._reader(cache, grows=True)
        found = measure_perplexity(reader, self.tokenizer, given, on_progress=on_progress)
        written = in_order(writing)
        return GenerationReport(found, self.novelty(written) if written else None, tuple(written))

    def novelty(self, results: Iterable[Generation]) -> NoveltyReport:
        """What is new in texts that it wrote, seeds left out, and what is copied."""
        from textrnn.heads.generator.novelty import measure_novelty

        ids = [self.encode(result.continuation) for result in results]
        return measure_novelty(ids, self.fingerprint, self.tokenizer.decode)

    @renamed(n="num")
    def generate(self, seed: str = "", *, num: int = 1, **controls: Any) -> list[Generation]:
        """Write texts that begin with ``seed``.

        Args:
            seed: kept as it is; empty, a text begins as the training texts did.
            num: how many; the text i is the one that a call with ``random_state + i`` writes. A
                beam search can find fewer.
            **controls: see :class:`Controls`.

        Returns:
            The texts; of a beam search the most probable first.

        Raises:
            ConfigurationError: a control is unknown or out of range, or the seed does not fit the
                form.

        Example:
            >>> import textrnn
            >>> writer = textrnn.load("poetry-zh")  # doctest: +SKIP
            >>> writer.generate("床前明月光", form="五绝", rhyme=True)[0].text  # doctest: +SKIP
        """
        return in_order(self.generate_stream(seed, num=num, **controls))

    @renamed(n="num")
    def generate_stream(
        self, seed: str = "", *, num: int = 1, **controls: Any
    ) -> Iterator[Written[Generation]]:
        """As :meth:`generate`, with news of each text as it is written.

        Yields:
            The pieces of all texts, each text's in order; those of a beam search at its end.

        Raises:
            ConfigurationError: as :meth:`generate` does, at once.
        """
        chosen = chosen_controls(controls, "num")
        require_between("the number of texts", num, 1, TEXTS_LIMIT)
        require(
            chosen.beam == 1 or num <= chosen.beam, f"a beam of {chosen.beam} finds no {num} texts"
        )
        return write_texts(self._reader(chosen.cache), self.seeds, seed, n=num, controls=chosen)

    @renamed(count="num")
    def choices(self, text: str, num: int = 8, *, temperature: float = 1.0) -> list[Choice]:
        """The most probable tokens to come next after ``text``, those left out that are only a part
        of a character.

        Args:
            text: what there is so far.
            num: how many.
            temperature: above 0.
        """
        return next_choices(self.stepper, self.seeds, text, num, temperature=temperature)

    def foreign_language(self, seed: str) -> str:
        """The language of a seed, where it is another than the model's; else nothing."""
        own, language = self.bundle.manifest.language, language_of(seed)
        is_own = language in (own, NEUTRAL) or (language == "en" and has_latin_letters(own))
        return "" if is_own else language
