"""Many files through a model: each a shard, whose answers appear when they are whole.

A shard is a text (each line that is not blank a record), CSV, TSV, JSON lines, JSON or Parquet; its
answers are JSON lines, of Parquet Parquet again, one for each record. The folder of answers keeps a
note of each shard that was answered; one that has not changed since is left alone, so that a run
that was stopped goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from textrnn.catalog import head_class, load, nearest_model
from textrnn.configuration import require
from textrnn.corpora import TextLine, given_names, read_record_lines, read_text_lines
from textrnn.corpora.formats.parquet import ParquetColumns, arrow_schema, open_parquet
from textrnn.corpora.texts import ERROR, TAKEN, emptied
from textrnn.errors import InputError, TextRNNError
from textrnn.heads.head import Head
from textrnn.heads.result import TEXT, Result
from textrnn.runtime.stream import ReadAhead, with_answers
from textrnn.serving.foreign import ForeignTexts
from textrnn.serving.routing import Router
from textrnn.serving.shard_files import ANSWERED, PARQUET, Answered, Shard, find_shards, write_shard

__all__ = [
    "ANSWERED",
    "Shard",
    "ShardReport",
    "ShardSettings",
    "ShardWorker",
    "answer_shards",
    "find_shards",
]


@dataclass(frozen=True)
class ShardReport:
    """What became of a shard.

    Attributes:
        source: the path of the shard.
        target: that of its answers.
        name: what the shard is called.
        bytes, modified_ns: of the shard when it was opened, by which a change is noticed.
        records: how many answers there are.
        textless: how many of them say that there was no text.
        foreign: the texts that a model of another language read, as JSON; empty where there are
            none.
        error: why there are none; empty where there are.
    """

    source: str
    target: str
    name: str = ""
    bytes: int = 0
    modified_ns: int = 0
    records: int = 0
    textless: int = 0
    foreign: str = ""
    error: str = ""


@dataclass(frozen=True)
class ShardSettings:
    """What is done with every text.

    Attributes:
        model: a shipped model's name or a bundle; empty: of each text the one of its language.
        task: what the model does, one of :data:`textrnn.catalog.TASKS`.
        text_field: where a record has its text; None for the usual names.
        input_format: of the shards, one of TEXT_FORMATS; None for what their endings tell.
        encoding: of all but Parquet.
        threads: for the network; None for all cores.
        options: keyword arguments of the head's ``answer``, as JSON values.
    """

    model: str
    task: str
    text_field: str | None = None
    input_format: str | None = None
    encoding: str = "utf-8"
    threads: int | None = None
    options: dict[str, Any] = field(default_factory=dict)


class ShardWorker:
    """A model, or one a language, that answers shards; each is loaded once.

    Of a record a head reads what its ``from_record`` takes; where a field is named for the text,
    that alone.

    Args:
        settings: what is done.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: a field is named for the text, and the head reads none.
    """

    def __init__(self, settings: ShardSettings) -> None:
        self.settings = settings
        self._kind = head_class(settings.task)
        name, threads, kind = settings.model, settings.threads, self._kind
        self._foreign = ForeignTexts()
        if kind.reads_texts:
            model = load(name, threads=threads) if name else None
            self._router: Router[Head] = Router(kind, model=model, threads=threads)
            self._labels = self._router.labels
        else:
            require(settings.text_field is None, f"text_field: a {kind.task} reads no texts")
            self._head: Head = load(name or nearest_model(kind.task, "en"), threads=threads)
            self._labels = self._head.bundle.manifest.labels

    def __call__(self, shard: Shard) -> ShardReport:
        """Answer a shard; what is wrong with it is in the report."""
        report = ShardReport(str(shard.source), str(shard.target), str(shard))
        counts: Counter[bool] = Counter()
        try:
            found = shard.source.stat()
            write_shard(
                shard.target,
                self._answers(shard, counts),
                columns=self._columns(shard) if shard.target.suffix == PARQUET else None,
                joined=_joined,
            )
        except TextRNNError as error:
            return replace(report, error=str(error))
        except OSError as error:
            where = error.filename or shard.target
            return replace(report, error=f"{where}: {error.strerror or error}")
        except Exception as error:  # whatever is wrong with a shard, the others can be answered
            return replace(report, error=f"{shard}: {type(error).__name__}: {error}")
        return replace(
            report,
            bytes=found.st_size,
            modified_ns=found.st_mtime_ns,
            records=counts.total(),
            textless=counts[False],
            foreign=self._foreign.to_json(),
        )

    def _answers(self, shard: Shard, counts: Counter[bool]) -> Iterator[Answered]:
        """The records with their answers; whether they had texts is counted."""
        answered = self._answered_texts if self._kind.reads_texts else self._answered_records
        for line, found in answered(shard):
            counts[not line.error] += 1
            yield _record(shard, line), emptied(found, line.error) if line.error else found

    def _answered_texts(self, shard: Shard) -> Iterator[tuple[TextLine, dict[str, Any]]]:
        """Each line, answered by the model of its language."""
        settings, router = self.settings, self._router
        self._foreign = router.foreign = ForeignTexts(only=router.foreign.only)

        def read(head: Head, line: TextLine) -> Any:
            is_whole = line.record and not line.error and settings.text_field is None
            return head.from_record(line.record if is_whole else {"text": line.text})

        def answer(head: Head, sent: Iterator[TextLine], ready: ReadAhead) -> Iterator[Result]:
            given = (read(head, line) for line in sent)
            return head.answer(given, read_ahead=ready, **settings.options)

        for line, language, result in router.answers(
            _text_lines(shard, settings),
            answer,
            text=attrgetter("text"),
            place=lambda _, line: f"{shard}:{line.number}",
            ready=True,
        ):
            yield line, result.in_language(language).columns()

    def _answered_records(self, shard: Shard) -> Iterator[tuple[TextLine, dict[str, Any]]]:
        """Each line, answered by the one model, which reads no texts; what it cannot read has an
        error.
        """
        head, settings = self._head, self.settings
        empty = head.column_kinds(self._labels, settings.options)
        lines = read_record_lines(
            shard.source, format=settings.input_format, encoding=settings.encoding
        )

        def read(line: TextLine) -> tuple[TextLine, Any]:
            try:
                given = None if line.error else head.from_record(line.record or {"text": line.text})
            except InputError as error:
                return replace(line, error=str(error)), None
            return line, given

        def answer(sent: Iterator[tuple[TextLine, Any]]) -> Iterator[Result]:
            return head.answer((given for _, given in sent), read_ahead=True, **settings.options)

        for is_wrong, some in groupby(map(read, lines), key=lambda one: bool(one[0].error)):
            if is_wrong:
                yield from ((line, empty) for line, _ in some)
            else:
                for (line, _), result in with_answers(some, answer):
                    yield line, result.columns()

    def _columns(self, shard: Shard) -> ParquetColumns:
        """Of a Parquet shard's answers: the shard's own columns and those of the answers."""
        language = {"language": TEXT} if self._kind.reads_texts else {}
        kinds = self._kind.column_kinds(self._labels, self.settings.options)
        answers = arrow_schema({**language, **kinds, ERROR: TEXT})
        with open_parquet(shard.source) as file:
            columns = file.schema_arrow
            given = {column.name: column.type for column in columns}
        return ParquetColumns(given_names(given, answers.names), given, answers)


def _joined(record: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    names = given_names(record, {*answer, *TAKEN})
    return {names[name]: value for name, value in record.items()} | answer


def _record(shard: Shard, line: TextLine) -> Mapping[str, Any]:
    if line.record or line.error:
        return line.record
    return {"file": str(shard), "line": line.number, "text": line.text}


def _text_lines(shard: Shard, settings: ShardSettings) -> Iterator[TextLine]:
    return read_text_lines(
        shard.source,
        format=settings.input_format,
        text=settings.text_field,
        encoding=settings.encoding,
        odd=True,
    )


def answer_shards(
    shards: Sequence[Shard], settings: ShardSettings, on_done: Callable[[ShardReport], None]
) -> None:
    """Answer shards one after the other, in this process."""
    worker = ShardWorker(settings)
    for shard in shards:
        on_done(worker(shard))
