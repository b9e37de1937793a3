"""Readers of plain and labelled text, and splits that never leak. Knows nothing of the rest."""

from textrnn.corpora.checking import (
    CheckReport,
    Finding,
    check_encoding,
    check_labelled,
    check_tagged,
)
from textrnn.corpora.documents import DocumentSource, Passage, read_documents
from textrnn.corpora.labelled import LabelledText, Source, read_any, read_labelled, read_texts
from textrnn.corpora.reading import (
    Line,
    check_readable,
    is_pipe,
    read_lines,
    read_whole,
    source_name,
)
from textrnn.corpora.schemes import Span, convert_tags, spans_to_tags, split_tag, tags_to_spans
from textrnn.corpora.splits import drop_overlap, split_by_text, text_key, word_runs
from textrnn.corpora.statistics import Statistics, measure, statistics_png
from textrnn.corpora.tagged import (
    SpannedText,
    TaggedSentence,
    TaggedSource,
    read_tagged,
    read_words,
    split_by_document,
)

__all__ = [
    "CheckReport",
    "DocumentSource",
    "Finding",
    "LabelledText",
    "Line",
    "Passage",
    "Source",
    "Span",
    "SpannedText",
    "Statistics",
    "TaggedSentence",
    "TaggedSource",
    "check_encoding",
    "check_labelled",
    "check_readable",
    "check_tagged",
    "convert_tags",
    "drop_overlap",
    "is_pipe",
    "measure",
    "read_any",
    "read_documents",
    "read_labelled",
    "read_lines",
    "read_tagged",
    "read_texts",
    "read_whole",
    "read_words",
    "source_name",
    "spans_to_tags",
    "split_by_document",
    "split_by_text",
    "split_tag",
    "statistics_png",
    "tags_to_spans",
    "text_key",
    "word_runs",
]
