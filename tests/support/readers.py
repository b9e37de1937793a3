"""What reads texts, vectors and recipes from files, by name, with a small valid file for each."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
import pyarrow.parquet

from textrnn import corpora
from textrnn.embeddings import Vectors
from textrnn.errors import TextRNNError
from textrnn.training.recipes.recipe import read_recipe

CSV = b'text,label\n"a dull, awful film",negative\nwhat a day,positive\n'
JSON_LINES = b'{"text": "a dull film", "label": "bad"}\n{"text": "\\u5e8a", "label": 1}\n'
LABEL_FIRST = b"0 a dull film\n1 what a day\n"
CONLL = b"-DOCSTART- O\n\nAnna B-PER\nmet O\nOtto B-PER\nin O\nOslo B-LOC\n\nShe O\nleft O\n"
SPANS = b'{"text": "Anna left.", "spans": [{"start": 0, "end": 4, "label": "PER"}]}\n'
CONLLU = b"# text = Anna left\n1\tAnna" + b"\t_" * 7 + b"\tNER=B-PER\n2\tleft" + b"\t_" * 8 + b"\n"
TASKS = json.dumps(
    [
        {
            "data": {"text": "Anna left."},
            "annotations": [{"result": [{"value": {"start": 0, "end": 4, "labels": ["PER"]}}]}],
        },
        {"text": "Anna left.", "label": {"PER": {"Anna": [[0, 3]]}}},
        ["Anna left.", {"entities": [[0, 4, "PER"]]}],
        {"tokens": ["Anna", "left"], "ner_tags": ["B-PER", "O"]},
        {"tokens": ["Anna", "left"], "probabilities": [{"S-PER": 0.9, "O": 0.1}, {"O": 1.0}]},
    ]
).encode()
WORDS = b"Sentence #,Word,Tag\n1,Anna,B-PER\n,left,O\n2,Oslo,B-LOC\n"
STANDOFF = b"T1\tPER 0 4\tAnna\nT2\tPER 0 2;3 4\tAn a\n#1\tNote T1\tsure\n"
POEMS = json.dumps([{"title": "a", "paragraphs": ["床前明月光，", "疑是地上霜。"]}]).encode()
GLOVE = b"the 0.1 0.2 -0.3\nof 1e-3 2 3\n\xe5\xba\x8a 4 5 6\n"
WORD2VEC = b"2 3\nthe " + np.arange(3, dtype="<f4").tobytes() + b"\nof " + bytes(12) + b"\n"
SERIES = b'date;load;wind\n1.1.2020 22:00;1.234,5;3\n1.1.2020 23:00;NA;"4"\n2.1.2020 00:00;7,5;5\n'
RECIPE = b"""name = "mine"
task = "classifier"
[[data.train]]
file = "a.csv"
labels = { 1 = "good", 0 = "bad" }
[[encoders]]
cell = "lstm"
units = 8
[training]
epochs = 2
learning_rate = 1e-3
"""

Reader = Callable[[Path], object]


def error_of(read: Callable[[], object]) -> TextRNNError | None:
    """The error of ours that something ends with, if any."""
    try:
        read()
    except TextRNNError as error:
        return error
    return None


def all_of(read: Callable[[Any], Iterable[object]]) -> Reader:
    return lambda path: list(read(path))


def read_all(path: Path) -> object:
    return [dict(record.fields) for record in corpora.read_records(path)]


def read_standoff(path: Path) -> object:
    path.with_suffix(".txt").write_text("Anna left.\n", "utf-8")
    return list(corpora.read_tagged(path))


def parquet() -> bytes:
    content = io.BytesIO()
    table = pyarrow.table({"text": ["a dull film", "what a day"] * 20, "id": range(40)})
    pyarrow.parquet.write_table(table, content)
    return content.getvalue()


READERS: dict[str, tuple[str, bytes, Reader]] = {
    "lines": ("a.txt", b"one\r\ntwo\n\nthree", all_of(corpora.read_lines)),
    "whole": ("a.txt", b"one\r\ntwo\n", corpora.read_whole),
    "csv": ("a.csv", CSV, all_of(corpora.read_labelled)),
    "tsv": ("a.tsv", CSV.replace(b",", b"\t"), all_of(corpora.read_labelled)),
    "json lines": ("a.jsonl", JSON_LINES, all_of(corpora.read_labelled)),
    "json": ("a.json", b"[" + JSON_LINES.replace(b"}\n{", b"},\n{") + b"]", read_all),
    "parquet": ("a.parquet", parquet(), read_all),
    "label first": (
        "a.labels",
        LABEL_FIRST,
        lambda path: list(corpora.read_labelled(corpora.Source(str(path), "label-first"))),
    ),
    "texts": ("a.jsonl", JSON_LINES, all_of(corpora.read_texts)),
    "conll": ("a.conll", CONLL, all_of(corpora.read_tagged)),
    "words": ("a.conll", CONLL, all_of(corpora.read_words)),
    "conll-u": ("a.conllu", CONLLU, all_of(corpora.read_tagged)),
    "spans": ("a.jsonl", SPANS, all_of(corpora.read_tagged)),
    "spans, checked": ("a.jsonl", SPANS, lambda path: corpora.check_tagged(str(path))),
    "tasks of annotators": ("a.json", TASKS, all_of(corpora.read_tagged)),
    "table of words": ("a.csv", WORDS, all_of(corpora.read_tagged)),
    "standoff": ("a.ann", STANDOFF, read_standoff),
    "poems": ("a.json", POEMS, all_of(corpora.read_documents)),
    "glove": ("a.txt", GLOVE, lambda path: Vectors.load(path, cache=False)),
    "word2vec": ("a.bin", WORD2VEC, lambda path: Vectors.load(path, cache=False)),
    "texts of json lines": ("a.jsonl", JSON_LINES, all_of(corpora.read_text_lines)),
    "texts of csv": ("a.csv", CSV, all_of(corpora.read_text_lines)),
    "series": (
        "a.csv",
        SERIES,
        lambda path: corpora.read_series(path, corpora.SeriesOptions(missing="previous")),
    ),
    "recipe": ("a.toml", RECIPE, read_recipe),
}
