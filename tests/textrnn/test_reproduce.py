"""Recipes made into models: begun with others, averaged with others, measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_reviews
from textrnn.bundle.bundle import Bundle
from textrnn.errors import ConfigurationError
from textrnn.training.recipe import read_recipe
from textrnn.training.reproduce import reproduce
from textrnn.training.weight_files import read_weights

pytestmark = pytest.mark.train

RECIPE = """
name = "{name}"
init_from = ["tiny"]
{more}
notes = "Made for a test."
[embedding]
units = 8
[[encoders]]
units = 6
[head]
pooling = ["attention", "max"]
attention_units = 4
[training]
epochs = 1
random_state = {state}
[[data.train]]
file = "train.csv"
corpus = "Made-up reviews"
licence = "CC0-1.0"
[[data.validation]]
file = "valid.csv"
[[data.test]]
file = "test.csv"
corpus = "Made-up reviews, test"
"""


def test_a_recipe_is_averaged_with_its_twin_and_measured(tiny_bundle: Path, tmp_path: Path) -> None:
    reviews = made_up_reviews(300)
    for file, part in {"train": reviews[:200], "valid": reviews[200:], "test": reviews[:9]}.items():
        rows = "".join(f'"{review.text}",{review.label}\n' for review in part)
        (tmp_path / f"{file}.csv").write_text(f"text,label\n{rows}", "utf-8")

    def make(
        name: str, state: int, more: str = "", *others: str, init: Path = tiny_bundle
    ) -> Bundle:
        text = RECIPE.format(name=name, state=state, more=more)
        (tmp_path / "r.toml").write_text(text, "utf-8")
        reproduce(
            read_recipe(tmp_path / "r.toml"),
            data=tmp_path,
            out=tmp_path / name,
            init_from=[init],
            average_with=[tmp_path / other for other in others],
        )
        return Bundle.open(tmp_path / name)

    wanted = 'average_with = ["twin"]'
    with pytest.raises(ConfigurationError, match="averages its result with a model named twin"):
        make("mean", 1, wanted)
    twin = make("twin", 0)
    with pytest.raises(
        ConfigurationError, match="the recipe averages its result with no model named"
    ):
        make("mean", 1, "", "twin")
    with pytest.raises(ConfigurationError, match="the recipe begins with a model named tiny"):
        make("mean", 1, wanted, "twin", init=tmp_path / "twin")
    with pytest.raises(ConfigurationError, match="twin are both named twin: give one"):
        make("mean", 1, wanted, "twin", "twin")
    alone, mean = make("alone", 1), make("mean", 1, wanted, "twin")
    for name, value in read_weights(mean).items():
        expected = (read_weights(twin)[name] + read_weights(alone)[name]) / 2
        np.testing.assert_allclose(value, expected, atol=0.02)  # rows of embeddings have 8 bits
    assert "| averaged with | twin |" in mean.card()
    assert "| Made-up reviews, test: accuracy |" in mean.card()
    assert "Made for a test." in mean.card()
