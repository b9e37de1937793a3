"""Recipes made into models: begun with others, measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from made_up import made_up_reviews
from textrnn.bundle.bundle import Bundle
from textrnn.errors import ConfigurationError, InputError
from textrnn.training.recipes.recipe import read_recipe
from textrnn.training.recipes.reproduce import reproduce

pytestmark = pytest.mark.train

RECIPE = """
name = "made"
init_from = ["tiny"]
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


@pytest.mark.parametrize("measure", [True, False])
def test_all_files_that_are_missing_are_told_before_the_first_is_read(
    measure: bool, tmp_path: Path
) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE, "utf-8")
    recipe = read_recipe(tmp_path / "recipe.toml")
    count = 3 if measure else 2
    said = (
        rf"train\.csv: is not there \(the first of {count} files that are missing\); `textrnn corp"
    )
    with pytest.raises(InputError, match=said):
        reproduce(recipe, data=tmp_path, out=tmp_path / "made", measure=measure)


def test_a_recipe_begins_with_the_model_it_names_and_is_measured(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    reviews = made_up_reviews(300)
    for file, part in {"train": reviews[:200], "valid": reviews[200:], "test": reviews[:9]}.items():
        rows = "".join(f'"{review.text}",{review.label}\n' for review in part)
        (tmp_path / f"{file}.csv").write_text(f"text,label\n{rows}", "utf-8")
    (tmp_path / "r.toml").write_text(RECIPE, "utf-8")

    def make(*init_from: Path) -> Bundle:
        recipe = read_recipe(tmp_path / "r.toml")
        reproduce(recipe, data=tmp_path, out=tmp_path / "made", init_from=init_from)
        return Bundle.open(tmp_path / "made")

    with pytest.raises(ConfigurationError, match="the recipe begins with a model named tiny"):
        make()
    with pytest.raises(ConfigurationError, match="the recipe begins with no model named poetry-zh"):
        make(tiny_bundle, Path("poetry-zh"))
    with pytest.raises(ConfigurationError, match="are both named tiny: give one"):
        make(tiny_bundle, tiny_bundle)
    made = make(tiny_bundle)
    (begun,) = made.manifest.training["begins_with"]
    assert begun.startswith("tiny: begins with its embedding, encoder_0 forward")
    assert made.manifest.scores["Made-up reviews, test: accuracy"] == 1.0
    assert "| Made-up reviews, test: accuracy | 1.0000 |" in made.card()
    assert "Made for a test." in made.card()
