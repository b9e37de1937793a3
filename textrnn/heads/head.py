"""What all heads have in common: one contract, and a bundle of its own task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from inspect import Parameter, signature
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, get_args, get_type_hints

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.configuration import require, unknown_key_message
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.examples import Examples, ExampleSource
from textrnn.heads.inputs import text_of_record
from textrnn.heads.options import AnswerOption, documented_options
from textrnn.heads.outcome import OnOutcome, unheard
from textrnn.heads.result import Columns, Result
from textrnn.heads.written import Written
from textrnn.runtime.session import Session
from textrnn.runtime.stream import ReadAhead

if TYPE_CHECKING:
    from textrnn.heads.card import CardFacts
    from textrnn.network import Network
    from textrnn.reports.report import Report

H = TypeVar("H", bound="Head")

_HOW_IT_IS_RUN = ("batch_size", "read_ahead")  # of the options of answer(), and changes none


class Head(ABC):
    """A model, loaded and ready to use: one contract for every task.

    Whatever serves, measures or compares models uses what stands here and nothing else, so that
    none of it knows a task: :meth:`load`, :meth:`from_record`, :meth:`answer`,
    :meth:`read_examples`, :meth:`evaluate`, and of the class what it says of its answers.

    One model may be used by any number of threads at the same time. ``copy.deepcopy`` and pickle
    load it anew from where it lies. ``with`` closes it.

    Args:
        bundle: the model.
        threads: threads for the network; by default as many as this process has cores.

    Attributes:
        task: what such a head does, as manifests call it.
        command_line: a call of the command that asks such a head, with a text that it answers.
        network_class: the description of its network.
        neighbours: by language, another whose models read the most of it, where none ships for it;
            without an entry that is English.
        reads_texts: whether its inputs are texts, which have a language.
        writes: whether its answers can be had as they are written, by :meth:`written`.
        pictures: the files of those that its reports have.
        main_score: the first of its reports' measures.
        lower_is_better: of its reports' measures those that are the better the lower.
        top_score: the most that the first of its reports' measures can be, where more is better.
        example_options: the fields of an :class:`ExampleSource` that :meth:`read_examples` heeds
            besides the file, its format and its encoding, as far as commands set them.
        evaluate_options: what :meth:`evaluate` takes beside examples, by name.
        client_facts: of a model's network and serving, what a client must know who asks it, by
            name, with the kinds of their values.
        bundle: the model.
        runs_together: batches that the network reads at the same time.

    Raises:
        BundleError: the bundle is one of another task.
    """

    task: ClassVar[str]
    command_line: ClassVar[tuple[str, ...]]
    network_class: ClassVar[type[Network]]
    neighbours: ClassVar[Mapping[str, str]] = {"ja": "zh"}  # which shares its characters
    reads_texts: ClassVar[bool] = True
    writes: ClassVar[bool] = False
    pictures: ClassVar[tuple[str, ...]] = ()
    main_score: ClassVar[str] = ""
    lower_is_better: ClassVar[tuple[str, ...]] = ()
    top_score: ClassVar[float] = 1.0
    example_options: ClassVar[tuple[str, ...]] = ()
    evaluate_options: ClassVar[tuple[str, ...]] = ("batch_size",)
    client_facts: ClassVar[Columns] = {}

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        try:
            bundle.manifest.require_task(self.task)
        except ConfigurationError as error:
            raise BundleError(f"{bundle.path}: {error}") from error
        self.bundle = bundle
        self.runs_together = 1
        self._wanted_threads = threads
        self._run_limit_s: float | None = None

    @classmethod
    def load(cls: type[H], path: str | Path, *, threads: int | None = None) -> H:
        """Load a model from a bundle's folder or zip.

        Raises:
            ModelNotFoundError: there is no bundle at that path.
            BundleError: it is damaged, or a model of another task.
        """
        return cls(Bundle.open(path), threads=threads)

    def from_record(self, record: Mapping[str, Any]) -> Any:
        """What the head reads, as :meth:`answer` takes it, of a row of CSV, JSON or HTTP.

        Args:
            record: its fields by name; the text is under text, sentence, review or content.

        Raises:
            InputError: there is no text, or it is under several of these names.
        """
        return text_of_record(record)

    @classmethod
    def record_of(cls, given: Any) -> dict[str, Any]:
        """A record of which :meth:`from_record` makes the same again."""
        return {"text": given}

    def text_of(self, given: Any, options: Mapping[str, Any]) -> str:
        """The text by which the language of an input is found, of a head that reads texts.

        Args:
            given: what :meth:`from_record` made.
            options: of :meth:`answer`.
        """
        return given if isinstance(given, str) else " ".join(given)

    def work_of(self, given: Any, options: Mapping[str, Any]) -> int:
        """About how much work an answer is: the characters or numbers that are read, the tokens
        that may be written.

        Args:
            given: what :meth:`from_record` made.
            options: of :meth:`answer`.
        """
        return len(self.text_of(given, options)) if self.reads_texts else len(given)

    @abstractmethod
    def answer(
        self, inputs: Iterable[Any], /, *, batch_size: int = 16, read_ahead: ReadAhead = False
    ) -> Iterator[Result]:
        """Answer any number of inputs as they come, in bounded memory.

        Every head has options of its own besides, each with a default. An answer does not depend on
        the inputs beside it, nor on the number of threads.

        Args:
            inputs: what the head reads: texts, or what :meth:`from_record` makes.
            batch_size: how many are run together, at most.
            read_ahead: whether inputs may be asked for while answers to earlier ones are due: a
                little faster, but not for a source that waits for its answers; or a function that
                says, before each input, whether it can be had without waiting.

        Returns:
            One result for each input, in order.

        Raises:
            ConfigurationError: an option is wrong, at once; or an input is nothing that the head
                reads, when it is reached.
        """

    def written(self, given: Any, /, **options: Any) -> Iterator[Written[Any]]:
        """The answer that :meth:`answer` gives, in pieces as it is written, the last of them with
        the result.

        Args:
            given: what the head reads.
            **options: of :meth:`answer`.

        Raises:
            ConfigurationError: an option is wrong, or the head's answers come whole.
        """
        raise ConfigurationError(f"the answers of a {self.task} come whole")

    @classmethod
    @cache
    def result_class(cls) -> type[Result]:
        """What :meth:`answer` gives for each input."""
        found: type[Result] = get_args(get_type_hints(cls.answer)["return"])[0]
        return found

    @classmethod
    @cache
    def answer_options(cls) -> dict[str, AnswerOption]:
        """What :meth:`answer` takes of whoever asks, by name."""
        parameters = signature(cls.answer).parameters.values()
        own = [each.name for each in parameters if each.kind is Parameter.KEYWORD_ONLY]
        names = [name for name in own if name not in _HOW_IT_IS_RUN]
        return documented_options(cls.answer, get_type_hints(cls.answer), names)

    @classmethod
    @abstractmethod
    def column_kinds(cls, labels: Sequence[str], options: Mapping[str, Any]) -> Columns:
        """The columns of answers, with the kinds of their values, before there are any.

        Args:
            labels: of the models that answer.
            options: of :meth:`answer`.
        """

    @classmethod
    def check_options(cls, labels: Sequence[str], options: Mapping[str, Any]) -> None:
        """See that models can answer with options, before any is loaded.

        Args:
            labels: of the models that answer.
            options: of :meth:`answer`.

        Raises:
            ConfigurationError: the option ``labels`` names one that no model has.
        """
        for name in sorted(set(options.get("labels") or ()) - set(labels)):
            raise ConfigurationError(unknown_key_message(name, labels, what="label"))

    @classmethod
    @abstractmethod
    def card_facts(cls, manifest: Manifest) -> CardFacts:
        """What a model's card tells of it that only its head knows."""

    @classmethod
    def first_calls(cls, manifest: Manifest, model: str) -> list[str]:
        """The commands that measure and ask a model, for whoever has just trained it.

        Args:
            manifest: the model's.
            model: its name or path, as a shell takes it.
        """
        command, option, _ = cls.command_line
        return [
            f"textrnn evaluate {model} FILE",
            f'textrnn {command} --model {model} {option} "…"',
        ]

    @classmethod
    @abstractmethod
    def read_examples(
        cls, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Any]:
        """Inputs with the right answers, as :meth:`evaluate` takes them.

        Args:
            source: the file; the head takes of it what concerns it.
            on_note: told in a line what a reader might not expect.

        Raises:
            InputError: the file cannot be read, or is malformed.
            ConfigurationError: it cannot be read as the source says.
        """

    @classmethod
    @abstractmethod
    def given_examples(
        cls, data: Any, source: ExampleSource, *, on_note: Callable[[str], None] | None = None
    ) -> Iterator[Any]:
        """The same of what Python holds: see :mod:`textrnn.corpora.in_memory`.

        Args:
            data: pairs, dictionaries, a table, or inputs with the right answers.
            source: what is read of them, and how.
            on_note: told in a line what a reader might not expect.

        Raises:
            InputError: it is nothing of these, or has no right answers.
        """

    @property
    def lookback(self) -> int:
        """How much of an example that is a series is read before what is scored of it; 0 where
        examples are no series.
        """
        return 0

    def questions(self, example: Any) -> Sequence[Any]:
        """What an example asks, as :meth:`answer` takes it: one question, or of a series several.

        Args:
            example: as :meth:`read_examples` gives it.

        Raises:
            ConfigurationError: the examples of such a head ask nothing.
        """
        raise ConfigurationError(f"the examples of a {self.task} ask nothing that is answered")

    def examples_of(
        self, data: Examples, on_note: Callable[[str], None], **columns: str | int | None
    ) -> Iterator[Any]:
        """What :meth:`evaluate` is given, as the head reads it.

        Args:
            data: a file's path, or a source, as :meth:`read_examples` reads it; or examples.
            on_note: told in a line what a reader might not expect.
            columns: fields of an :class:`ExampleSource` that name columns; None for the usual ones.

        Raises:
            InputError: as :meth:`read_examples` or :meth:`given_examples`.
        """
        told: dict[str, Any] = {name: one for name, one in columns.items() if one is not None}
        if isinstance(data, str | Path):
            data = ExampleSource(str(data))
        if isinstance(data, ExampleSource):
            return self.read_examples(self.completed(replace(data, **told)), on_note=on_note)
        source = self.completed(ExampleSource("examples", **told))
        return self.given_examples(data, source, on_note=on_note)

    def completed(self, source: ExampleSource) -> ExampleSource:
        """A file of examples with what this model knows of it beforehand, as names of columns.

        Args:
            source: the file, as far as the caller described it.
        """
        return source

    @abstractmethod
    def evaluate(
        self,
        examples: Examples,
        *,
        on_progress: Callable[[int], None] = lambda count: None,
        on_note: Callable[[str], None] = lambda line: None,
        on_outcome: OnOutcome = unheard,
    ) -> Report:
        """Answer examples and score the answers; :attr:`evaluate_options` name what else it takes.

        Args:
            examples: inputs with the right answers: the path of a file or folder, or an
                :class:`textrnn.heads.examples.ExampleSource`, which names its columns too; or
                pairs, dictionaries, a table, or what :meth:`read_examples` gives.
            on_progress: called with how many examples or tokens were read since the last call.
            on_note: told in a line what a reader of the report might overlook.
            on_outcome: told of each example in order, where they are answered one by one.

        Raises:
            InputError: an example asks for what the model cannot answer, or there are none.
        """

    def close(self) -> None:
        """Free the memory of the network; whoever asks the model afterwards gets an error."""
        for session in self._sessions():
            session.close()

    def limit_runs(self, seconds: float | None) -> None:
        """End each run of the network, which reads one batch, that takes longer: for services.

        Args:
            seconds: above 0; what takes longer is a :class:`textrnn.errors.BundleError`. None, as
                at first, for any time.

        Raises:
            ConfigurationError: it is not above 0.
        """
        require(seconds is None or seconds > 0, f"seconds must be above 0; received {seconds}")
        self._run_limit_s = seconds
        for session in self._sessions():
            session.run_limit_s = seconds

    @abstractmethod
    def _sessions(self) -> Iterable[Session]:
        """The graphs that it runs."""

    def __enter__(self: H) -> H:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        place = self.bundle.path.resolve()
        return _load_again, (type(self), place, self._wanted_threads, self._run_limit_s)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.bundle.name!r} of {self.bundle.path}>"


def _load_again(kind: type[H], path: Path, threads: int | None, limit_s: float | None) -> H:
    head = kind.load(path, threads=threads)
    head.limit_runs(limit_s)
    return head
