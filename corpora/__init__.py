"""Readers of plain and labelled text, and splits that never leak. Knows nothing of the rest."""

from textrnn.corpora.labelled import LabelledText, Source, read_labelled, read_texts
from textrnn.corpora.reading import (
    Line,
    check_readable,
    is_pipe,
    read_lines,
    read_whole,
    source_name,
)
from textrnn.corpora.splits import drop_overlap, split_by_text, text_key

__all__ = [
    "LabelledText",
    "Line",
    "Source",
    "check_readable",
    "drop_overlap",
    "is_pipe",
    "read_labelled",
    "read_lines",
    "read_texts",
    "read_whole",
    "source_name",
    "split_by_text",
    "text_key",
]
