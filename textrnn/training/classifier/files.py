"""The files that a classifier learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from textrnn.configuration import FILES, FIRST_HOUR, setting
from textrnn.corpora import LabelledText, text_key
from textrnn.corpora.source import FORMATS
from textrnn.training.files import Data, Files, texts_of

if TYPE_CHECKING:
    from textrnn.training.loop.deal import Kin


@dataclass(frozen=True)
class ClassifierFiles(Files):
    """Labelled texts, and others without labels.

    Formats: CSV or TSV with a header (text, label), JSONL, JSON or Parquet with these fields, or
    with probabilities in place of the label, a label before each text (label-first), or a folder
    with pos and neg inside (imdb). Compressed files are opened.
    """

    task = "classifier"

    train: Data = setting(
        Path(), "Labelled texts: CSV, TSV, JSONL, …", required=True, group=FIRST_HOUR
    )
    validation: Data | None = setting(
        None, "Labelled texts to choose the epoch by.", group=FIRST_HOUR
    )
    format: str | None = setting(
        None,
        "Of the files [by suffix].",
        choices=FORMATS,
        option="--input-format",
        group=FILES,
    )
    unlabelled: Data | None = setting(None, "Texts without labels, a line each.", group=FILES)
    text: str | int | None = setting(
        None,
        "Column or key of the text, by name or number.",
        option="--text-field",
        group=FIRST_HOUR,
    )
    label: str | int | None = setting(
        None,
        "Column or key of the label, by name or number.",
        option="--label-field",
        group=FIRST_HOUR,
    )
    labels: Mapping[str, str] = setting(
        MappingProxyType({}),
        "Another name for a label, as 1=positive; may be given again.",
        option="--map-label",
        group=FILES,
    )

    def arguments(self, on_note: Callable[[str], None]) -> dict[str, Any]:
        """What ``train_classifier`` takes of the files."""
        unlabelled = texts_of(self.unlabelled, "unlabelled", self.text)
        return {**super().arguments(on_note), "unlabelled": unlabelled}

    def nothing_to_learn(self, examples: Sequence[LabelledText]) -> str:
        """See :meth:`Files.nothing_to_learn`: texts of one label alone."""
        labels = {label for example in examples for label in example.labels}
        return f"one label only: {labels.pop()}" if len(labels) == 1 else ""

    @classmethod
    def kin(cls, examples: Sequence[LabelledText]) -> list[Kin]:
        """See :meth:`Files.kin`: copies of a text, and its label."""
        return [(text_key(example.text), example.label) for example in examples]
