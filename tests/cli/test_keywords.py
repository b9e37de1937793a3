"""Messages of the library: keywords from Python, options from the shell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import textrnn
from tests.support.calling import textrnn_in
from textrnn.cli.parts.keywords import as_options

ROOT = Path(__file__).parents[2]
OPTION = re.compile(r"(?:^|[\s(])--[a-z]")


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("begin anew (force=True)", "begin anew (--force)"),
        ("name one with text=…; there are: a", "name one with --text-field …; there are: a"),
        (
            "name it with format=…: one of csv, tsv",
            "name it with --input-format …: one of csv, tsv",
        ),
        ("name it with target=…, or its number", "name it with --target-field …, or its number"),
        ("begin with init_from='my model'", "begin with --init-from 'my model'"),
        ("labels={'a': 'b', 'A B': 'b'}", "--map-label a=b --map-label 'A B=b'"),
        ("drop it with labels={'PER': ''}", "drop it with --map-label PER="),
        ("labels={\"it's\": 'its'}", "--map-label 'it'\"'\"'s=its'"),
        # What users wrote themselves stays as it is.
        ("expected OLD=NEW; received 'per=PER'", "expected OLD=NEW; received 'per=PER'"),
        ("x={a b}: no such file", "x={a b}: no such file"),
    ],
)
def test_keywords_become_options(message: str, told: str) -> None:
    assert as_options(message) == told


def test_one_fault_is_told_in_the_callers_words(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,review,label\na,b,c\n", "utf-8")
    fault = "line 1: the text may be in text or review; name one with "
    with pytest.raises(textrnn.InputError, match=re.escape(f"{fault}text=…; there are: text")):
        textrnn.train_classifier(tmp_path / "a.csv", out=tmp_path / "m")
    call = ("train", "classifier", "--train", "a.csv", "--out", "m")
    assert f"{fault}--text-field …; there are: text" in textrnn_in(tmp_path, *call).stderr


def test_no_message_of_the_library_speaks_of_options() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for room in ("textrnn", "corpora", "embeddings")
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in _told(ast.parse(path.read_text("utf-8")))
        if OPTION.search(node.value)
    ]
    assert found == []


def _told(module: ast.Module) -> Iterator[ast.Constant]:
    """The strings of what is raised, required or said."""
    for node in ast.walk(module):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "id", getattr(called, "attr", ""))
        if isinstance(node, ast.Raise) or name in ("require", "say", "on_note", "Finding"):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner
