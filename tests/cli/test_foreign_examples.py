"""Examples in another language than a model's own are noted where it is scored on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_bundles import small_classifier, small_generator, small_tagger, small_translator

from calling import textrnn_in

REVIEWS = (
    "text,label\n这个产品很好，我很喜欢,good\na fine film,bad\n质量太差了，不要买,bad\n12,bad\n"
)
NAMES = "Ada B-PER\nspoke O\n\n在 O\n北 O\n京 O\n很 O\n好 O\n"
PAIRS = "source\ttarget\na fine film\ta film\n学而时习之，不亦说乎\ta song\n"
CASES: list[tuple[Callable[[Path], Path], str, str, str]] = [
    (small_classifier, "a.csv", REVIEWS, "2 texts are not in English, which small reads "
     "(Chinese 2), first: a.csv: line 2"),
    (small_tagger, "a.conll", NAMES, "1 text is not in English, which small reads "
     "(Chinese 1), first: a.conll: line 4"),
    (small_translator, "a.tsv", PAIRS, "1 text is not in English, which small reads "
     "(Chinese 1), first: a.tsv: line 3"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "name", "content", "told"), CASES, ids=["texts", "words", "sources"]
)
def test_what_a_model_is_scored_on(
    tmp_path: Path, make: Callable[[Path], Path], name: str, content: str, told: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    model = str(make(tmp_path / "small"))
    done = textrnn_in(tmp_path, "evaluate", model, name, "--format", "json")
    notes = [line for line in done.stderr.splitlines() if "which small reads" in line]
    assert (done.returncode, notes) == (0, [f"textrnn: note: {told}"])
    assert json.loads(done.stdout)
    quiet = textrnn_in(tmp_path, "-q", "evaluate", model, name, "--format", "json")
    assert (quiet.stdout, quiet.stderr) == (done.stdout, "")
    both = textrnn_in(tmp_path, "models", "compare", model, model, name)
    assert both.returncode == 0
    assert both.stderr.splitlines().count(f"textrnn: note: {told}") == 2  # of each model


def test_what_asks_nothing_is_not_noted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a fine film\n", "utf-8")
    (tmp_path / "b.txt").write_text("这个产品很好\n", "utf-8")
    model = str(small_generator(tmp_path / "small"))
    done = textrnn_in(tmp_path, "evaluate", model, "b.txt", "--samples", "0")
    assert (done.returncode, "which small reads" in done.stderr) == (0, False)
    model = str(small_classifier(tmp_path / "other"))
    (tmp_path / "a.csv").write_text("text,label\na fine film,good\n12,bad\n", "utf-8")
    assert textrnn_in(tmp_path, "evaluate", model, "a.csv").stderr == ""
