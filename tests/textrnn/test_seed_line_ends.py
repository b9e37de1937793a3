"""How the lines of a seed end, as LF, CR LF or CR, makes no other text."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_bundles import small_generator

import textrnn
from textrnn.errors import SeedError

SEED = "a fine film\na dull\nsong"


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("level", ["character", "word"])
def test_line_ends_of_a_seed(tmp_path: Path, end: str, level: str) -> None:
    texts = ["a fine\nfilm", "a dull\nsong"] * 3
    model = textrnn.load(small_generator(tmp_path / "small", texts=texts, level=level))
    given = SEED.replace("\n", end)
    assert model.unknown_characters(given) == model.unknown_characters(SEED)
    (plain,) = model.generate(SEED, random_state=1)
    (other,) = model.generate(given, random_state=1)
    assert (other.continuation, other.log_probability) == (
        plain.continuation, plain.log_probability
    )  # fmt: skip
    assert other.text == given + plain.continuation  # the seed is kept as it is


def test_a_model_that_learned_returns_reads_them(tmp_path: Path) -> None:
    texts = ["a fine\r\nfilm", "a dull\r\nsong"] * 3
    model = textrnn.load(small_generator(tmp_path / "small", texts=texts))
    assert model.unknown_characters("a\r\nb") == ("b",)
    assert len(model.seeds.encode("a\r\na")) == 4


def test_blanks_divide_no_verses(tmp_path: Path) -> None:
    model = textrnn.load(
        small_generator(tmp_path / "small", texts=["床前明月光，疑是地上霜。"] * 3)
    )
    told = (
        "'床前明月光 疑是地上霜', has 10 characters; 五绝 has 5; marks and line ends divide verses"
    )
    with pytest.raises(SeedError, match=told):
        model.generate("床前明月光 疑是地上霜", form="五绝")
    with pytest.raises(SeedError, match=r"has 6 characters; 五绝 has 5$"):
        model.generate("床前明月光疑", form="五绝")
    with pytest.raises(SeedError, match=r"has 2 characters; 五绝 has 5$"):
        model.generate("床 前，", form="五绝")
