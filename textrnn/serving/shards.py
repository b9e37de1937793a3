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
from operator import attrgetter
from typing import Any

from textrnn.catalog import head_class, load
from textrnn.corpora import TextLine, given_names, read_text_lines
from textrnn.corpora.formats.parquet import ParquetColumns, arrow_schema, open_parquet
from textrnn.corpora.texts import ERROR, TAKEN, emptied
from textrnn.errors import TextRNNError
from textrnn.heads.head import Head
from textrnn.heads.result import TEXT, Result
from textrnn.runtime.stream import ReadAhead
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

    Args:
        settings: what is done.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
    """

    def __init__(self, settings: ShardSettings) -> None:
        self.settings = settings
        self._kind = head_class(settings.task)
        model = load(settings.model, threads=settings.threads) if settings.model else None
        self._router: Router[Head] = Router(self._kind, model=model, threads=settings.threads)

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
            foreign=self._router.foreign.to_json(),
        )

    def _answers(self, shard: Shard, counts: Counter[bool]) -> Iterator[Answered]:
        """The records with their answers; whether they had texts is counted."""
        settings, router = self.settings, self._router
        router.foreign = ForeignTexts(only=router.foreign.only)

        def answer(head: Head, sent: Iterator[TextLine], ready: ReadAhead) -> Iterator[Result]:
            texts = (line.text for line in sent)
            return head.answer(texts, read_ahead=ready, **settings.options)

        for line, language, result in router.answers(
            _lines(shard, settings),
            answer,
            text=attrgetter("text"),
            place=lambda _, line: f"{shard}:{line.number}",
            ready=True,
        ):
            found = result.in_language(language).columns()
            counts[not line.error] += 1
            yield _record(shard, line), emptied(found, line.error) if line.error else found

    def _columns(self, shard: Shard) -> ParquetColumns:
        """Of a Parquet shard's answers: the shard's own columns and those of the answers."""
        kinds = self._kind.column_kinds(self._router.labels, self.settings.options)
        answers = arrow_schema({"language": TEXT, **kinds, ERROR: TEXT})
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


def _lines(shard: Shard, settings: ShardSettings) -> Iterator[TextLine]:
    return read_text_lines(
        shard.source,
        form=settings.input_format,
        text_field=settings.text_field,
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
