"""The files that a classifier learns from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from textrnn.configuration import setting
from textrnn.corpora import LabelledText
from textrnn.corpora.in_memory import labelled_texts
from textrnn.training.files import Data, Files, texts_of


@dataclass(frozen=True)
class ClassifierFiles(Files):
    """Labelled texts, and others without labels.

    Formats: CSV or TSV with a header (text, label), JSONL, JSON or Parquet with these fields, a
    label before each text (label-first), or a folder with pos and neg inside (imdb). Compressed
    files are opened.
    """

    task = "classifier"

    train: Data = setting(Path(), "Labelled texts: CSV, TSV, JSONL, …", required=True)
    validation: Data | None = setting(None, "Labelled texts to choose the epoch by.")
    format: str | None = setting(
        None,
        "csv, tsv, jsonl, json, parquet, label-first, imdb [by suffix].",
        option="--input-format",
    )
    unlabelled: Data | None = setting(None, "Texts without labels, a line each.")
    text: str | int | None = setting(
        None,
        "Column or key of the text, by name or number.",
        option="--text-field",
    )
    label: str | int | None = setting(
        None, "Column or key of the label, by name or number.", option="--label-field"
    )
    labels: Mapping[str, str] = setting(
        MappingProxyType({}),
        "Another name for a label, as 1=positive; may be given again.",
        option="--map-label",
    )

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What ``train_classifier`` takes of the files."""
        unlabelled = texts_of(self.unlabelled, "unlabelled", self.text)
        return {**super().arguments(on_note), "unlabelled": unlabelled}

    def given_examples(
        self, data: Iterable[Any], name: str, on_note: Callable[[str], None]
    ) -> Iterator[LabelledText]:
        """Labelled texts: see :mod:`textrnn.corpora.in_memory`."""
        return labelled_texts(data, text=self.text, label=self.label, labels=self.labels, name=name)
