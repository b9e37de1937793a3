"""What a model is evaluated on: a file of examples, or those that Python holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textrnn.corpora.series.options import SeriesOptions


@dataclass(frozen=True)
class ExampleSource(SeriesOptions):
    """A file of examples, of which each head takes what concerns it; of series, how they are read,
    too.

    Attributes:
        file: its path; ``-`` is standard input. Of examples in memory what messages call them.
        format: one of those that the head's reader knows; by default what the name's ending says.
        encoding: of the file.
        text: column or key of the text, or its number from 0.
        label: the same for the label.
        labels: new names for labels, of which others stay; an empty one drops a span's label.
        constant_label: the label of every text, for a file that has none.
        scheme: of a file's tags: ``iob1``, ``bio`` or ``bioes``; by default any.
        unit: whether a document of a ``txt`` is a ``line`` or the ``file``.
        reflow: whether the lines of a paragraph are joined.
        replace: strings, each with what stands for it, in running text.
        key: the column or key by which ``only`` and ``without`` choose among rows and records.
        only: the values whose rows are read; by default all.
        without: the values whose rows are left out.
        rows: the steps of a series that are read, from the first, counted from 0, to before the
            last; by default all.
        source: of pairs, the column or key of the source, or its number from 0.
        target: the same of its translation.
        target_file: the file whose lines are the translations of those of ``file``; empty where
            that holds both.
    """

    file: str
    format: str | None = None
    encoding: str = "utf-8"
    text: str | int | None = None
    label: str | int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    constant_label: str | None = None
    scheme: str | None = None
    unit: str = "file"
    reflow: bool = False
    replace: Mapping[str, str] = field(default_factory=dict)
    key: str = "title"
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    rows: tuple[int, int] | None = None
    source: str | int | None = None
    target: str | int | None = None
    target_file: str = ""


# A file or a folder, the same with what is to be read of it, or the examples themselves.
Examples = str | Path | ExampleSource | Iterable[Any]
