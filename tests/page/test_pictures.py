"""The pictures of the page that README and documents show, as a visitor sees it in Chromium.

``TEXTRNN_PICTURES=docs pytest tests/page/test_pictures.py`` takes them anew.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

import textrnn
from chromium import Visit

DOCS = Path(__file__).parents[2] / "docs"
WIDTH = 900
NEWS = "Marie Curie left Warsaw for Paris in 1891, and Albert Einstein met her in Brussels."


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """Where pictures are written."""
    return Path(os.environ.get("TEXTRNN_PICTURES", tmp_path))


def test_names_in_an_english_text(visiting: Callable[..., Visit], taken: Path) -> None:
    reader = visiting(viewport={"width": WIDTH, "height": 100})
    reader.ask("tag", NEWS)
    names = [found.text for found in textrnn.load("ner-en").tag(NEWS).entities]
    assert names == ["Marie Curie", "Warsaw", "Paris", "Albert Einstein", "Brussels"]
    shown = reader.texts("#tag .entity")
    assert [name for name, text in zip(names, shown, strict=True) if name not in text] == []
    reader.page.hover("#tag .entity >> nth=1")
    reader.page.screenshot(path=taken / "page-names.png", full_page=True)
    assert_like(taken / "page-names.png", DOCS / "page-names.png")


def test_a_poem_in_the_dark(visiting: Callable[..., Visit], taken: Path) -> None:
    reader = visiting(viewport={"width": WIDTH, "height": 100}, locale="zh-CN", color_scheme="dark")
    reader.open("write")
    for name, value in (("acrostic", "春夏秋冬"), ("state", "2")):
        reader.page.fill(f"#write-{name}", value)
    reader.page.select_option("#write-form", "七绝")
    reader.page.check("#write-rhyme")
    reader.press("write")
    reader.page.wait_for_selector("#write .elsewhere")
    (poem,) = textrnn.load("poetry-zh").generate(
        acrostic="春夏秋冬", form="七绝", rhyme=True, random_state=2
    )
    assert poem.text in reader.page.inner_text("#write .answers")
    reader.page.screenshot(path=taken / "page-verse.png", full_page=True)
    assert_like(taken / "page-verse.png", DOCS / "page-verse.png")


def assert_like(taken: Path, shown: Path) -> None:
    """A picture is as wide as that of the documents, and about as high: fonts differ."""
    (width, height), (shown_width, shown_height) = map(size, (taken, shown))
    assert width == shown_width == WIDTH
    assert height == pytest.approx(shown_height, rel=0.15), (
        f"TEXTRNN_PICTURES=docs pytest {Path(__file__).name} takes {shown.name} anew"
    )


def size(picture: Path) -> tuple[int, int]:
    """Width and height of a PNG, in pixels."""
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    return width, height
