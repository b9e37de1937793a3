"""Texts written in JavaScript, held against Python's: the same ones, of the same random states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_generator

from in_node import browser_answers, hard_texts
from textrnn.catalog import load
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.verse import rhymes

# What verse is made of: characters of three rhymes, of each script, with marks.
VERSE = [char for char, group in rhymes().items() if group[:1] in "唐寒麻"][:300]
LINES = ["".join(VERSE[i : i + 5]) + "，" for i in range(0, 300, 5)] + ["。？！；：、\n 發风風月明"]


Asked = list[tuple[str, dict[str, Any]]]


def check_answers(models: list[tuple[Generator, Asked]], folder: Path) -> None:
    """See that a browser writes what Python writes."""
    answers = browser_answers(models, folder)
    for (head, asked), written in zip(models, answers, strict=True):
        for (seed, controls), found in zip(asked, written, strict=True):
            right = head.generate(seed, **controls)[0]
            for name in ("text", "seed", "continuation", "tokens", "finish", "random_state"):
                assert found[name] == getattr(right, name), (controls, name)
            assert found["log_probability"] == pytest.approx(right.log_probability, abs=1e-3)
            assert found["perplexity"] == pytest.approx(right.perplexity, rel=1e-3)


def test_two_hundred_seeds_go_on_as_in_python(tmp_path: Path) -> None:
    seeds = [text.replace("\ud800", "") for text in hard_texts(200, longest=12)]
    models = list[tuple[Generator, Asked]]()
    for number, (level, controls) in enumerate(
        (
            ("bpe", {"length": 15, "random_state": 3}),
            ("word", {"length": 9, "temperature": 1.3, "top_p": 0.8, "random_state": 2**40 + 5}),
            ("wordpiece", {"length": 9, "top_k": 20, "min_p": 0.1, "random_state": 0}),
            ("character", {"length": 9, "temperature": 0.0, "random_state": 1}),
        )
    ):
        path = small_generator(tmp_path / level, texts=seeds[::2], level=level)
        models.append((Generator.load(path), [(seed, controls) for seed in seeds[number::4]]))
    check_answers(models, tmp_path)


def test_verse_keeps_its_form_as_in_python(tmp_path: Path) -> None:
    head = Generator.load(small_generator(tmp_path / "small", texts=LINES, language="zh"))
    asked = Asked()
    for controls in (
        {"form": "五绝", "rhyme": True},
        {"form": "七律", "acrostic": "风月明風"},
        {"rhyme": True},
        {"acrostic": "風月"},
        {"form": "free"},
    ):
        first = str(controls.get("acrostic", ""))[:1]
        seeds = ["", first, *(f"{first or VERSE[i]}{VERSE[i + 1]}" for i in range(12))]
        asked += [(seed, {"length": 80, "random_state": 7, **controls}) for seed in seeds]
    check_answers([(head, asked)], tmp_path)


def test_lines_of_a_seed_may_end_in_any_way(tmp_path: Path) -> None:
    """A model that has learned returns reads them as they are."""
    prose = ["a fine\nfilm", "a dull\nsong"] * 3
    ways: dict[str, dict[str, Any]] = {
        "character": {"texts": prose, "level": "character"},
        "word": {"texts": prose, "level": "word"},
        "returns": {"texts": [text.replace("\n", "\r\n") for text in prose]},
    }
    controls = {"length": 9, "temperature": 0.0, "random_state": 1}
    asked = [(f"a fine film{end}a dull{end}song", controls) for end in ("\n", "\r\n", "\r")]
    models: list[tuple[Generator, Asked]] = [
        (Generator.load(small_generator(tmp_path / name, **way)), asked)
        for name, way in ways.items()
    ]
    verse = Generator.load(small_generator(tmp_path / "verse", texts=LINES, language="zh"))
    first = "".join(VERSE[:5])
    form = {"form": "五绝", "length": 80, "random_state": 7}
    models.append((verse, [(f"{first}，{end}{VERSE[5]}", form) for end in ("\n", "\r\n", "\r")]))
    check_answers(models, tmp_path)


def test_the_shipped_models_begin_as_in_python(tmp_path: Path) -> None:
    """Whole texts can come to differ: no two processors round all sums alike."""
    controls = {"length": 1, "temperature": 0.0, "random_state": 1}
    models: list[tuple[Generator, list[str]]] = [
        (load("poetry-zh"), ["床前明月光", "", "白髮三千丈", "明月几时有,把酒问青天. "]),
        (
            load("prose-en"),
            ["It was a dark night", "The ", "", "“Well,”  ", "naïve 中文 🀄", "A\n"],
        ),
    ]
    asked = [(head, [(seed, controls) for seed in seeds]) for head, seeds in models]
    for (head, seeds), answers in zip(models, browser_answers(asked, tmp_path), strict=True):
        for found, right in zip(answers, head.answer(seeds, **controls), strict=True):
            assert found["text"] == right.text
            assert found["log_probability"] == pytest.approx(right.log_probability, abs=0.02)
