"""The generator: a seed in, texts out, a token at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle, Manifest
from textrnn.configuration import require
from textrnn.decoding.bans import Bans
from textrnn.decoding.beam import beam_search
from textrnn.decoding.draft import Draft
from textrnn.decoding.drawing import draw_texts
from textrnn.decoding.rules import Form, Rules
from textrnn.decoding.sampling import Dice, softmax
from textrnn.decoding.step import States
from textrnn.decoding.vocabulary import Vocabulary
from textrnn.errors import BundleError, ConfigurationError, SeedError
from textrnn.heads.card import CardFacts
from textrnn.heads.examples import ExampleSource
from textrnn.heads.generator.controls import (
    Controls,
    Seed,
    chosen_controls,
    require_between,
    require_text,
)
from textrnn.heads.generator.fingerprint import Fingerprint
from textrnn.heads.generator.network import GeneratorNetwork
from textrnn.heads.generator.parts import generator_plan
from textrnn.heads.generator.result import Generation
from textrnn.heads.generator.script import ChineseScript
from textrnn.heads.head import Head, text_of_record
from textrnn.heads.parts import named, read_graph, read_network, read_tokenizer
from textrnn.heads.result import INTEGER, NUMBER, TEXT, Columns
from textrnn.runtime.session import Session
from textrnn.runtime.stepper import Stepper
from textrnn.runtime.stream import ReadAhead
from textrnn.text.language import NEUTRAL, has_latin_letters, language_of
from textrnn.text.tokenizer import Tokenizer

if TYPE_CHECKING:
    from textrnn.corpora import Passage
    from textrnn.heads.generator.novelty import NoveltyReport
    from textrnn.heads.generator.report import GenerationReport
    from textrnn.text.traditional import TraditionalWriter

TEXTS_LIMIT = 10_000
_TOGETHER = 64  # texts written at once
_BLANKS = " \t\xa0\u1680\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))


def require_seed(seed: str) -> None:
    """Raise :class:`SeedError` where a seed is no text."""
    try:
        require_text("the seed", seed)
    except ConfigurationError as error:
        raise SeedError(str(error)) from None


@dataclass(frozen=True)
class Written:
    """News from a text in the making.

    Attributes:
        number: which text, from 0.
        piece: what was written since the last news of it.
        result: the finished text, with the last piece; else None.
    """

    number: int
    piece: str
    result: Generation | None = None


@dataclass(frozen=True)
class Choice:
    """A token that may come next, as text, and how probable it is; the text of an end is empty."""

    text: str
    probability: float


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

    Raises:
        BundleError: a file of the bundle is damaged, or the bundle is not a generator's.
    """

    task = "generator"
    network_class = GeneratorNetwork
    neighbours: ClassVar[Mapping[str, str]] = {}  # none goes on in a language that is near its own
    evaluate_options = ("samples", "temperature")

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        super().__init__(bundle, threads=threads)
        if bundle.manifest.serving.get("backward"):
            raise BundleError(
                f"{bundle.path}: this model reads backward and does not write; other models begin "
                "with it: textrnn train classifier --init-from"
            )
        precision = str(bundle.manifest.serving.get("precision"))
        self.network = read_network(bundle, GeneratorNetwork)
        self.tokenizer = read_tokenizer(bundle, self.network.vocabulary_size)
        graph = read_graph(bundle, generator_plan(self.network))
        self._session = Session(graph, threads=threads, name=str(bundle.path))
        self.stepper = Stepper(self._session, self.network.state_units, precision=precision)
        self._vocabulary = Vocabulary(self.tokenizer)
        self._script = ChineseScript(self.tokenizer)

    def _sessions(self) -> Iterable[Session]:
        return (self._session,)

    @cached_property
    def fingerprint(self) -> Fingerprint | None:
        """Which n-grams the training text had; None where the bundle keeps no fingerprint."""
        if "fingerprint.npz" not in self.bundle.manifest.files:
            return None
        bundle = self.bundle
        return named(bundle, lambda: Fingerprint.from_bytes(bundle.read("fingerprint.npz")))

    def from_record(self, record: Mapping[str, Any]) -> Seed:
        """A record's seed, under ``seed`` or where a text is, with those of its fields that are
        called as a control is.

        Raises:
            InputError: there is no seed, or it is no text.
        """
        text = record["seed"] if "seed" in record else text_of_record(record)
        known = {one.name for one in fields(Controls)}
        return Seed(text, {name: value for name, value in record.items() if name in known})

    def answer(
        self, seeds: Iterable[str | Seed], /, *, read_ahead: ReadAhead = False, **controls: Any
    ) -> Iterator[Generation]:
        """Write one text on from each seed: that of :meth:`generate`.

        Args:
            seeds: texts, or what :meth:`from_record` makes; their own controls go first.
            read_ahead: makes no difference: each is answered before the next is asked for.
            **controls: see :class:`Controls`.

        Returns:
            One text for each seed, in order.

        Raises:
            ConfigurationError: a control is unknown or out of range, at once.
            SeedError: a seed is no text or does not fit the form, when it is reached.
        """
        require(not isinstance(seeds, str), "expected several seeds; put a single one in a list")
        chosen_controls(controls)
        every = (seed if isinstance(seed, Seed) else Seed(seed) for seed in seeds)
        return (self.generate(seed.text, n=1, **{**controls, **seed.controls})[0] for seed in every)

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

    def evaluate(
        self,
        examples: Iterable[Passage],
        *,
        samples: int = 0,
        length: int = 200,
        temperature: float = 0.8,
        random_state: int = 0,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
    ) -> GenerationReport:
        """Foresee documents that it did not learn from, and write some.

        Args:
            examples: documents in pieces.
            samples: texts to write, from nothing.
            length: the most tokens of each.
            temperature: they are drawn at.
            random_state: of the first.
            on_progress: called with how many tokens of the documents were read.
            on_note: has nothing to tell.

        Raises:
            InputError: there are no documents.
            ConfigurationError: a number is out of range.
        """
        from textrnn.heads.generator.report import GenerationReport
        from textrnn.heads.generator.scores import measure_perplexity

        writing: Iterator[Written] = iter(())
        if samples:  # what is wrong with their settings is told before the documents are read
            writing = self.generate_stream(
                n=samples, length=length, temperature=temperature, random_state=random_state
            )
        found = measure_perplexity(self.stepper, self.tokenizer, examples, on_progress=on_progress)
        written = _in_order(writing)
        return GenerationReport(found, self.novelty(written) if written else None, tuple(written))

    def novelty(self, results: Iterable[Generation]) -> NoveltyReport:
        """What is new in texts that it wrote, seeds left out, and what is copied."""
        from textrnn.heads.generator.novelty import measure_novelty

        ids = [self.encode(result.continuation) for result in results]
        return measure_novelty(ids, self.fingerprint, self.tokenizer.decode)

    def generate(self, seed: str = "", *, n: int = 1, **controls: Any) -> list[Generation]:
        """Write texts that begin with ``seed``.

        Args:
            seed: kept as it is; empty, a text begins as the training texts did.
            n: how many; text i of n is the one that a single call with ``random_state + i`` writes.
                A beam search can find fewer.
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
        return _in_order(self.generate_stream(seed, n=n, **controls))

    def generate_stream(self, seed: str = "", *, n: int = 1, **controls: Any) -> Iterator[Written]:
        """As :meth:`generate`, with news of each text as it is written.

        Yields:
            The pieces of all texts, each text's in order; those of a beam search at its end.

        Raises:
            ConfigurationError: as :meth:`generate` does, at once.
        """
        chosen = chosen_controls(controls)
        require_seed(seed)
        require_between("the number of texts", n, 1, TEXTS_LIMIT)
        require(chosen.beam == 1 or n <= chosen.beam, f"a beam of {chosen.beam} finds no {n} texts")
        rules, sampling = self._rules(chosen, seed), chosen.sampling
        writer = self._script.writer(chosen.script, seed, chosen.acrostic)
        first = secrets.randbits(32) if chosen.random_state is None else chosen.random_state
        unknown = self.unknown_characters(seed)

        def finished(draft: Draft, number: int) -> Generation:
            state = first + (0 if chosen.beam > 1 else number)
            return Generation(
                seed,
                _written(draft.continuation, writer),
                draft.tokens,
                draft.log_probability,
                draft.finish,
                state,
                unknown,
            )

        def write() -> Iterator[Written]:
            blank = self._blank(seed, rules)
            states = self._states_before_last(blank.ids)
            if chosen.beam > 1:
                logits, states = self.stepper.step([blank.last], states)
                drafts = beam_search(
                    self.stepper, blank, logits, states, width=chosen.beam, sampling=sampling
                )
                for number, draft in enumerate(drafts[:n]):
                    found = finished(draft, number)
                    yield Written(number, found.continuation, found)
                return
            for begin in range(0, n, _TOGETHER):
                numbers = range(begin, min(n, begin + _TOGETHER))
                drafts = [blank.copy() for _ in numbers]
                writers = [writer() if writer else None for _ in numbers]
                dice = [Dice(first + number) for number in numbers]
                for row, news in draw_texts(self.stepper, drafts, dice, states, sampling):
                    done, shown = bool(drafts[row].finish), writers[row]
                    piece = news if shown is None else shown.write(news, is_last=done)
                    if piece or done:
                        result = finished(drafts[row], begin + row) if done else None
                        yield Written(begin + row, piece, result)

        return write()

    def _rules(self, controls: Controls, seed: str) -> Rules:
        form: Form | None = None
        if controls.form is not None or controls.rhyme or controls.acrostic:
            from textrnn.heads.generator.verse import VerseForm

            form = VerseForm(
                self.tokenizer,
                name=controls.form or "free",
                rhyme=controls.rhyme,
                acrostic=self._script.plain(controls.acrostic),
            )
            form.check(seed)
            require(
                controls.length >= form.length,
                f"length {controls.length} is too short for {form.name}, which takes {form.length}",
            )
            require(
                controls.min_length == 0 or not form.verses,
                "min-length does not go with a form that has its own length",
            )
        banned, stop = (
            tuple(map(self._script.plain, strings)) for strings in (controls.ban, controls.stop)
        )
        bans = Bans(banned, self._vocabulary.pieces) if banned else None
        return Rules(
            controls.length,
            controls.min_length,
            stop,
            bans,
            form,
            controls.no_repeat_ngram,
        )

    def _blank(self, seed: str, rules: Rules) -> Draft:
        """A draft that holds a seed alone, as the model reads it.

        Where words bring the space before them, blanks at the seed's end would be tokens of their
        own, after which the model has hardly ever seen a word: they are left to the next token.
        Other models do not read the blanks at its end that they do not know.
        """
        seed = self._script.read(seed)
        read, given = seed, ""
        if self._vocabulary.begins_with_space:
            read = seed.rstrip(_BLANKS)
            if read != seed and read and read[-1] not in "\r\n":
                given = " "
        else:
            read = seed.rstrip("".join(b for b in _BLANKS if b not in self._vocabulary.ids))
        ids = self.tokenizer.encode(read).ids.tolist()
        return Draft(seed, ids, self._vocabulary, rules, given=given)

    def _states_before_last(self, tokens: Sequence[int]) -> States:
        """The states (1, U) from which a text's last token, or its start, is read."""
        *before, _ = Tokenizer.START, *tokens
        return self.stepper.read(before)

    def choices(self, text: str, count: int = 8, *, temperature: float = 1.0) -> list[Choice]:
        """The most probable tokens to come next after ``text``, those left out that are only a part
        of a character.

        Args:
            text: what there is so far.
            count: how many.
            temperature: above 0.
        """
        require(count >= 1, f"count must be at least 1; received {count}")
        require(temperature > 0, f"temperature must be above 0; received {temperature}")
        blank, writer = self._blank(text, Rules(length=1)), self._script.writer("auto", text, "")
        logits, _ = self.stepper.step([blank.last], self._states_before_last(blank.ids))
        blank.mask(logits[0])
        shares = softmax(logits, temperature=temperature)[0]
        found: list[Choice] = []
        for token in np.argsort(-shares, kind="stable").tolist():
            if len(found) == count or shares[token] == 0.0:
                break
            try:
                piece = blank.added_by(token).decode("utf-8")
            except UnicodeDecodeError:
                continue
            found.append(Choice(_written(piece, writer), float(shares[token])))
        return found

    def encode(self, text: str) -> NDArray[np.int32]:
        """The tokens (T,) of a text as the model reads it."""
        return self.tokenizer.encode(self._script.read(text)).ids

    def foreign_language(self, seed: str) -> str:
        """The language of a seed, where it is another than the model's; else nothing."""
        own, language = self.bundle.manifest.language, language_of(seed)
        is_own = language in (own, NEUTRAL) or (language == "en" and has_latin_letters(own))
        return "" if is_own else language

    def unknown_characters(self, text: str) -> tuple[str, ...]:
        """The characters, or words, of a text that the model does not know, each once."""
        found = self.tokenizer.encode(self._script.read(text))
        places = found.offsets[found.ids == Tokenizer.UNK].tolist()
        return tuple(dict.fromkeys(text[start:end] for start, end in places))


def _in_order(news: Iterable[Written]) -> list[Generation]:
    """The finished texts, by their numbers."""
    found = {one.number: one.result for one in news if one.result is not None}
    return [found[number] for number in sorted(found)]


def _written(text: str, writer: Callable[[], TraditionalWriter] | None) -> str:
    """A whole continuation in the script that is wanted."""
    return text if writer is None else writer().write(text, is_last=True)
