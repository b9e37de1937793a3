"""Texts to learn from and to answer: read from any file, cut in splits that never leak, checked.

Four floors, each of which knows the ones below it alone: :mod:`~textrnn.corpora.files` (any file),
:mod:`~textrnn.corpora.formats` (how texts are written down), in this folder what people look for
(the readers of labelled, tagged and running text, splits, statistics, public corpora), and
:mod:`~textrnn.corpora.checks` beside :mod:`~textrnn.corpora.series` (numbers over time). Of the
rest of the package it knows nothing.

Names are loaded when they are first used, since who reads lines needs no statistics.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textrnn.corpora.checks.encoding import check_encoding
    from textrnn.corpora.checks.findings import CheckReport, Finding
    from textrnn.corpora.checks.labelled import check_labelled
    from textrnn.corpora.checks.tagged import check_tagged
    from textrnn.corpora.copies import NearCopies, says_something, text_key, word_runs
    from textrnn.corpora.documents import DocumentSource, Passage, read_documents
    from textrnn.corpora.files.opening import (
        PACKED,
        file_ending,
        is_pipe,
        source_name,
        unpacked_name,
    )
    from textrnn.corpora.files.reading import (
        MAX_CHARACTERS,
        Line,
        check_readable,
        read_lines,
        read_whole,
    )
    from textrnn.corpora.formats.json_text import json_line, parse_json
    from textrnn.corpora.formats.record import Record
    from textrnn.corpora.formats.records import TEXT_FORMATS, read_records, record_format
    from textrnn.corpora.formats.tagged.examples import SpannedText, TaggedSentence, WordsLine
    from textrnn.corpora.formats.tagged.schemes import (
        Span,
        convert_tags,
        spans_to_tags,
        split_tag,
        tags_to_spans,
    )
    from textrnn.corpora.labelled import LabelledText, read_any, read_labelled
    from textrnn.corpora.labels import similar_labels, similar_labels_note, unknown_label_message
    from textrnn.corpora.series.options import SeriesOptions
    from textrnn.corpora.series.reading import given_series, read_series
    from textrnn.corpora.series.series import Series
    from textrnn.corpora.source import Source, read_texts
    from textrnn.corpora.splits import drop_overlap, split_by_document, split_by_text
    from textrnn.corpora.statistics import Statistics, measure, measure_tagged, statistics_png
    from textrnn.corpora.tagged import TaggedSource, is_tagged, read_tagged, read_words
    from textrnn.corpora.texts import (
        TextLine,
        given_names,
        read_record_lines,
        read_text_lines,
        text_format,
    )


__all__ = [
    "MAX_CHARACTERS",
    "PACKED",
    "TEXT_FORMATS",
    "CheckReport",
    "DocumentSource",
    "Finding",
    "LabelledText",
    "Line",
    "NearCopies",
    "Passage",
    "Record",
    "Series",
    "SeriesOptions",
    "Source",
    "Span",
    "SpannedText",
    "Statistics",
    "TaggedSentence",
    "TaggedSource",
    "TextLine",
    "WordsLine",
    "check_encoding",
    "check_labelled",
    "check_readable",
    "check_tagged",
    "convert_tags",
    "drop_overlap",
    "file_ending",
    "given_names",
    "given_series",
    "is_pipe",
    "is_tagged",
    "json_line",
    "measure",
    "measure_tagged",
    "parse_json",
    "read_any",
    "read_documents",
    "read_labelled",
    "read_lines",
    "read_record_lines",
    "read_records",
    "read_series",
    "read_tagged",
    "read_text_lines",
    "read_texts",
    "read_whole",
    "read_words",
    "record_format",
    "says_something",
    "similar_labels",
    "similar_labels_note",
    "source_name",
    "spans_to_tags",
    "split_by_document",
    "split_by_text",
    "split_tag",
    "statistics_png",
    "tags_to_spans",
    "text_format",
    "text_key",
    "unknown_label_message",
    "unpacked_name",
    "word_runs",
]

_HOMES = {
    "CheckReport": "checks.findings",
    "DocumentSource": "documents",
    "Finding": "checks.findings",
    "LabelledText": "labelled",
    "Line": "files.reading",
    "MAX_CHARACTERS": "files.reading",
    "NearCopies": "copies",
    "PACKED": "files.opening",
    "Passage": "documents",
    "Record": "formats.record",
    "Series": "series.series",
    "SeriesOptions": "series.options",
    "Source": "source",
    "Span": "formats.tagged.schemes",
    "SpannedText": "formats.tagged.examples",
    "Statistics": "statistics",
    "TEXT_FORMATS": "formats.records",
    "TaggedSentence": "formats.tagged.examples",
    "TaggedSource": "tagged",
    "TextLine": "texts",
    "WordsLine": "formats.tagged.examples",
    "check_encoding": "checks.encoding",
    "check_labelled": "checks.labelled",
    "check_readable": "files.reading",
    "check_tagged": "checks.tagged",
    "convert_tags": "formats.tagged.schemes",
    "drop_overlap": "splits",
    "file_ending": "files.opening",
    "given_names": "texts",
    "given_series": "series.reading",
    "is_pipe": "files.opening",
    "is_tagged": "tagged",
    "json_line": "formats.json_text",
    "measure": "statistics",
    "measure_tagged": "statistics",
    "parse_json": "formats.json_text",
    "read_any": "labelled",
    "read_documents": "documents",
    "read_labelled": "labelled",
    "read_lines": "files.reading",
    "read_records": "formats.records",
    "read_series": "series.reading",
    "read_tagged": "tagged",
    "read_record_lines": "texts",
    "read_text_lines": "texts",
    "read_texts": "source",
    "read_whole": "files.reading",
    "read_words": "tagged",
    "record_format": "formats.records",
    "says_something": "copies",
    "similar_labels": "labels",
    "similar_labels_note": "labels",
    "source_name": "files.opening",
    "spans_to_tags": "formats.tagged.schemes",
    "split_by_document": "splits",
    "split_by_text": "splits",
    "split_tag": "formats.tagged.schemes",
    "statistics_png": "statistics",
    "tags_to_spans": "formats.tagged.schemes",
    "text_format": "texts",
    "text_key": "copies",
    "unknown_label_message": "labels",
    "unpacked_name": "files.opening",
    "word_runs": "copies",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'textrnn.corpora' has no attribute {name!r}")
    return getattr(import_module(f"textrnn.corpora.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
