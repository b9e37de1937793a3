"""The commands of docs/experimenting.md, in order, in a folder of its own, shortened."""

from __future__ import annotations

import csv
import io
import shlex
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from pages import blocks, commands

from calling import textrnn_in
from textrnn.catalog import load
from textrnn.experiments.variants import read_variants

pytestmark = pytest.mark.train

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "experimenting.md").read_text("utf-8")
SHORT = {
    "cross-validate": "--epochs 1 --folds 2 --validation-split 0.2 --init-from none --cell rnn "
    "--units 4",
    "compare": "--seeds 1",
    "tune": "--epochs 1 --trials 1 --again 0",
    "train": "",
}


@pytest.fixture(autouse=True)
def samples(tmp_path: Path) -> None:
    """A clone's samples."""
    shutil.copytree(DOCS / "samples", tmp_path / "docs" / "samples")


def test_every_command_works(tmp_path: Path) -> None:
    recipe = tmp_path / "docs" / "samples" / "windows.toml"
    recipe.write_text(recipe.read_text("utf-8").replace("epochs = 40", "epochs = 1"), "utf-8")
    recipe.write_text(recipe.read_text("utf-8").replace("patience = 10", "patience = 0"), "utf-8")
    lines = [line for line in commands(PAGE) if line.startswith("textrnn")]
    assert [line.split()[1] for line in lines] == list(SHORT)
    for line in lines:
        words = shlex.split(line)[1:]
        done = textrnn_in(tmp_path, *words, *SHORT[words[0]].split())
        assert done.returncode == 0, (line, done.stderr)
    with (tmp_path / "found.csv").open(encoding="utf-8", newline="") as file:
        assert [int(row["row"]) for row in csv.DictReader(file)] == list(range(240))
    assert load(tmp_path / "models" / "passengers").network.horizon == 12


def test_the_same_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(PAGE, "python")
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "experimenting.md", "exec"), {})
    assert all(float(number) > 0 for number in printed.getvalue().split())


def test_what_the_page_shows_of_a_recipe_is_in_it() -> None:
    (shown,) = blocks(PAGE, "toml")
    assert shown in (DOCS / "samples" / "windows.toml").read_text("utf-8")
    names = [variant.name for variant in read_variants([DOCS / "samples" / "windows.toml"])]
    assert names == ["6 months", "12 months", "24 months"]
    imdb = read_variants([DOCS.parent / "recipes" / "compare-imdb.toml"])
    assert len({variant.training_key() for variant in imdb}) == 10
