"""Networks of recipes on the same examples: ``textrnn compare``."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import textrnn
from calling import textrnn_in
from made_up import made_up_load, made_up_verses
from textrnn.bundle.bundle import Bundle
from textrnn.errors import ConfigurationError, TextRNNError
from textrnn.experiments.compared import NetworkComparison
from textrnn.experiments.paired import paired_p_value
from textrnn.experiments.trial import Trial
from textrnn.experiments.variants import read_variants

WINDOWS = """
name = "windows"
task = "forecaster"
[[data.train]]
file = "load.csv"
[series]
horizon = 3
[[encoders]]
cell = "rnn"
units = 2
bidirectional = false
[training]
epochs = 1
[[compare]]
name = "window 6"
series.window = 6
[[compare]]
name = "Window, 12!"
series.window = 12
"""
TEMPERATURES = """
name = "temperatures"
task = "generator"
[[data.train]]
file = "verses.txt"
unit = "line"
[tokenizer]
level = "character"
[embedding]
units = 4
[[encoders]]
cell = "rnn"
units = 4
bidirectional = false
[training]
epochs = 1
validation_split = 0.3
[answer]
samples = 3
[[compare]]
name = "cool"
answer.temperature = 0.1
[[compare]]
name = "hot"
answer.temperature = 1.5
"""


def write(folder: Path) -> None:
    load = made_up_load(80).values[:, 0].tolist()
    (folder / "load.csv").write_text("\n".join(["load", *map(str, load)]), "utf-8")
    verses = [verse.replace("\n", "") for verse in made_up_verses(60)]
    (folder / "verses.txt").write_text("\n".join(verses), "utf-8")
    (folder / "windows.toml").write_text(WINDOWS, "utf-8")
    (folder / "temperatures.toml").write_text(TEMPERATURES, "utf-8")


@pytest.mark.train
def test_window_sizes_of_a_series(tmp_path: Path) -> None:
    """What is done is kept, and what was lost is trained again, to the same."""
    write(tmp_path)
    call = ("compare", "windows.toml", "--data", ".", "--out", "found", "--seeds", "1")
    done = textrnn_in(tmp_path, *call)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "found"
    found = json.loads((out / "report.json").read_text("utf-8"))
    assert [network["name"] for network in found["networks"]] == ["window 6", "Window, 12!"]
    windows = [
        Bundle.open(out / name).manifest.network["window"] for name in ("window-6-0", "window-12-0")
    ]
    assert windows == [6, 12]
    assert '<img src="curves.png"' in (out / "report.html").read_text("utf-8")
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
    refused = textrnn_in(tmp_path, *call)
    assert refused.returncode == 2
    assert "go on with it (--resume), begin anew (--force)" in refused.stderr
    (out / "window-12-0.trial.json").unlink()
    before = os.stat(out / "window-6-0.trial.json").st_mtime_ns
    resumed = textrnn_in(tmp_path, *call, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "window 6, random state 0 is done: MSE" in resumed.stderr
    assert os.stat(out / "window-6-0.trial.json").st_mtime_ns == before
    again = json.loads((out / "report.json").read_text("utf-8"))
    scores = [[one["scores"] for one in each["networks"]] for each in (found, again)]
    assert scores[0] == scores[1]
    more = textrnn_in(tmp_path, *call[:-1], "2", "--resume")
    assert more.returncode == 0, more.stderr
    assert os.stat(out / "window-6-0.trial.json").st_mtime_ns == before
    last = json.loads((out / "report.json").read_text("utf-8"))
    runs = [[[run["scores"] for run in one["runs"]] for one in each["networks"]]
            for each in (again, last)]  # fmt: skip
    assert [[len(each) for each in found] for found in runs] == [[1, 1], [2, 2]]
    assert [each[:1] for each in runs[1]] == runs[0]
    assert done.stdout.splitlines()[0].split(":")[0] in resumed.stdout


@pytest.mark.train
def test_temperatures_of_a_generator_take_one_training(tmp_path: Path) -> None:
    write(tmp_path)
    call = ("compare", "temperatures.toml", "--data", ".", "--out", "found", "--seeds", "1")
    done = textrnn_in(tmp_path, *call)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "found" / "cool-0").is_dir()
    assert not (tmp_path / "found" / "hot-0").exists()
    found = json.loads((tmp_path / "found" / "report.json").read_text("utf-8"))
    cool, hot = (network["scores"] for network in found["networks"])
    assert cool["perplexity of a token"] == hot["perplexity of a token"]
    assert cool["distinct-2"] < hot["distinct-2"]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"line"', '"file"', r"make each line of a \.txt one \(unit='line'\)"),
        ("bidirectional = false", "", "encoders read forward: set bidirectional = false"),
    ],
)
def test_what_cannot_be_trained_leaves_no_folder(
    right: str, wrong: str, told: str, tmp_path: Path
) -> None:
    write(tmp_path)
    recipe = tmp_path / "temperatures.toml"
    recipe.write_text(TEMPERATURES.replace(right, wrong), "utf-8")
    with pytest.raises(TextRNNError, match=told):
        textrnn.compare(recipe, data=tmp_path, out=tmp_path / "found")
    assert not (tmp_path / "found").exists()


def trial(right: list[bool]) -> Trial:
    share = sum(right) / len(right)
    return Trial({"accuracy": share}, (share - 0.1, share + 0.1), len(right), tuple(right), 7, 2.0,
                 100.0, ({"epoch": 1, "validation_loss_nats": 0.5, "validation_accuracy": share},)
                )  # fmt: skip


def test_networks_are_compared_by_the_same_examples() -> None:
    worse, better = [True] * 10 + [False] * 30, [True] * 30 + [False] * 10
    found = NetworkComparison(
        "classifier",
        {"<b>rnn": (trial(worse), trial(worse)), "lstm": (trial(better), trial(worse))},
        validates=True,
    )
    assert found.best == "lstm"
    assert found.scores() == {"<b>rnn": 0.25, "lstm": 0.5}
    differences = np.array([0.0] * 10 + [0.5] * 20 + [0.0] * 10)
    assert found.p_values == {"<b>rnn": None, "lstm": paired_p_value(0 * differences, differences)}
    first, second = found.as_dict()["networks"]
    assert first["interval"] == pytest.approx([0.15, 0.35])
    assert second["deviation"] == pytest.approx(0.5 / 2**0.5)
    assert "that chose the epochs, too" in found.sections()[0].about
    figures = found.figures()
    assert list(figures) == ["curves.png", "scores.png"]
    titles = [axes.get_title(loc="left") for axes in figures["curves.png"].axes]
    assert titles == ["validation loss (nats)", "validation accuracy"]


def heads(found: NetworkComparison) -> list[str]:
    table = found.sections()[0].table
    assert table is not None
    assert all(len(row) == len(table.columns) for row in table.rows)
    return [column.name for column in table.columns]


def test_columns_that_nothing_fills_are_left_out() -> None:
    every = ["network", "parameters", "training", "tokens/s", "accuracy", "deviation", "95%", "p"]
    one, other = trial([True, False]), trial([True, True])
    full = NetworkComparison("classifier", {"a": (one, one), "b": (other, one)}, True)
    assert heads(full) == every
    assert "p: how probable" in full.markdown(title="two")
    series = replace(one, interval=None, right=())
    bare = NetworkComparison("classifier", {"a": (series,), "b": (series,)}, True)
    assert heads(bare) == every[:5]
    assert "p: how probable" not in bare.markdown(title="two")


def test_the_paired_test_counts_what_chance_would_do() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.random((2, 9))
    signs = np.array(list(product([1, -1], repeat=9)))
    as_large = abs(signs @ (second - first)) >= abs((second - first).sum()) - 1e-9
    assert paired_p_value(first, second) == pytest.approx(as_large.mean(), abs=0.02)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "Window, 12!"', 'name = "window-6"', "two networks are called 'window-6'"),
        ('name = "Window, 12!"', "", "number 2 has no name"),
        ("series.window = 12", "series.windw = 12", "did you mean 'window'"),
        ("series.window = 12", "answer.strid = 2", "did you mean 'stride'"),
        ("series.window = 12", 'task = "tagger"', "a tagger does not heed|unknown setting"),
        ("[[compare]]", "[compare]", "cannot declare|not TOML|two brackets|overwrite"),
    ],
)
def test_what_is_wrong_with_variants_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    write(tmp_path)
    (tmp_path / "wrong.toml").write_text(WINDOWS.replace(old, new), "utf-8")
    wrong = textrnn_in(tmp_path, "compare", "wrong.toml", "--data", ".", "--out", "found")
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1
    assert re.search(told, wrong.stderr), wrong.stderr


def test_recipes_that_learn_from_other_files_are_not_compared(tmp_path: Path) -> None:
    base = WINDOWS.split("[[compare]]")[0]
    for name in ("a", "b"):
        recipe = base.replace("windows", name).replace("load.csv", f"{name}.csv")
        (tmp_path / f"{name}.toml").write_text(recipe, "utf-8")
    with pytest.raises(ConfigurationError, match="b: its data is not that of a"):
        read_variants([tmp_path / "a.toml", tmp_path / "b.toml"])
    with pytest.raises(ConfigurationError, match="there is one network alone"):
        read_variants([tmp_path / "a.toml"])
