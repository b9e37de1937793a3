"""The files that a translator learns from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textrnn.catalog import head_class
from textrnn.configuration import FILES, FIRST_HOUR, require, setting
from textrnn.corpora import text_key
from textrnn.corpora.formats.records import RECORD_FORMATS
from textrnn.heads.examples import ExampleSource
from textrnn.training.files import Data, Files

if TYPE_CHECKING:
    from textrnn.corpora.pairs import Pair
    from textrnn.training.loop.deal import Kin


@dataclass(frozen=True)
class TranslatorFiles(Files):
    """Pairs of sentences: a text and its translation.

    TSV or CSV with a column for each side, JSON lines or Parquet; without a header the first column
    is the source. Or two files whose lines belong together, --source and --target. Compressed files
    are opened. What validates is a share of the pairs, a file, or two. Pairs that are alike, unlike
    in length or in a strange script are left out, and counted.
    """

    task = "translator"

    train: Data = setting(
        Path(),
        "Pairs: TSV, CSV, JSONL, Parquet; beside --target its sources, a line each.",
        option="--train --source",
        required=True,
        group=FIRST_HOUR,
    )
    target_file: Path | None = setting(
        None, "Their translations, a line each.", option="--target", group=FIRST_HOUR
    )
    validation: Data | None = setting(
        None,
        "The same, to choose the epoch by.",
        option="--validation --validation-source",
        group=FIRST_HOUR,
    )
    validation_target: Path | None = setting(
        None, "Their translations, a line each.", group=FIRST_HOUR
    )
    source: str | int | None = setting(
        None, "Column or key of the source.", option="--source-field", group=FILES
    )
    target: str | int | None = setting(
        None, "Column or key of the target.", option="--target-field", group=FILES
    )
    format: str | None = setting(
        None,
        "Of the files [by suffix].",
        choices=RECORD_FORMATS,
        option="--input-format",
        group=FILES,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for sources, name in (
            (self.train, "target_file"),
            (self.validation, "validation_target"),
        ):
            require(
                getattr(self, name) is None or isinstance(sources, Path),
                f"{name} holds the translations of a file's lines: name that file, too",
            )

    @classmethod
    def kin(cls, examples: Sequence[Pair]) -> list[Kin]:
        """See :meth:`Files.kin`: the translations of one source."""
        return [(text_key(pair.source), "") for pair in examples]

    def examples(self, data: Data, name: str, on_note: Callable[[str], None]) -> Iterator[Pair]:
        """See :meth:`textrnn.training.files.Files.examples`."""
        beside = self.target_file if name == "train" else self.validation_target
        source = ExampleSource(
            file=str(data) if isinstance(data, Path) else name,
            format=self.format,
            encoding=self.encoding,
            source=self.source,
            target=self.target,
            target_file=str(beside or ""),
        )
        head = head_class(self.task)
        if isinstance(data, Path):
            return head.read_examples(source, on_note=on_note)
        return head.given_examples(data, source, on_note=on_note)
