"""Cross-validation: of every task, by the library and by the command."""

from __future__ import annotations

import csv
import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

import textrnn
from calling import textrnn_in
from experiment_cases import CASES, small_plan
from made_up import made_up_reviews
from terminal import TEXTRNN, signal_once
from textrnn.errors import ConfigurationError, InputError
from textrnn.experiments import cross_validation
from textrnn.experiments.splits import Fold
from waiting import LONGEST_S

pytestmark = pytest.mark.train

SMALL = ("--units", "2", "--embedding-units", "2", "--cell", "rnn", "--pooling", "mean",
         "--init-from", "none", "--validation-split", "0.2", "--epochs", "1")  # fmt: skip
CALL = ("cross-validate", "classifier", "--train", "train.csv", "--out", "cv", "--folds", "3",
        *SMALL)  # fmt: skip


def write_reviews(folder: Path) -> None:
    rows = [
        f'"{example.text}",{example.label},{number % 5}'
        for number, example in enumerate(made_up_reviews(30))
    ]
    (folder / "train.csv").write_text("\n".join(["text,label,author", *rows]), "utf-8")


@pytest.mark.parametrize("task", CASES)
def test_every_task(task: str, tmp_path: Path) -> None:
    case = CASES[task]
    found = textrnn.cross_validate(
        task, case.examples, out=tmp_path / "cv", folds=2, plan=small_plan(task)
    )
    first, second = (fold.scores[case.measure] for fold in found.folds)
    assert next(iter(found.scores())) == case.measure
    assert found.scores()[case.measure] == pytest.approx((first + second) / 2)
    assert found.deviations()[case.measure] == pytest.approx(abs(first - second) / 2**0.5)
    assert all(fold.parameters > 0 and len(fold.history) == 1 for fold in found.folds)
    kept = json.loads((tmp_path / "cv" / "report.json").read_text("utf-8"))
    assert kept["mean"] == pytest.approx(found.scores(), nan_ok=True)
    if not case.asks:
        assert not found.predictions
    elif task == "forecaster":  # each step of the last two thirds is forecast once
        assert {row["fold"] for row in found.predictions} == {1, 2}
        assert sum(len(row["values"]["load"]) for row in found.predictions) == 80
    else:
        assert [row["row"] for row in found.predictions] == list(range(len(case.examples)))
        right = [row["right"] for row in found.predictions]
        assert sum(right) == sum(sum(fold.right) for fold in found.folds)


def test_a_killed_one_goes_on_and_groups_stay_whole(tmp_path: Path) -> None:
    """No more is lost than the fold that was running."""
    write_reviews(tmp_path)
    call = [*CALL, "--group", "author", "--output", "found.csv"]
    running = subprocess.Popen([*TEXTRNN, *call], cwd=tmp_path, stderr=subprocess.DEVNULL)
    first = tmp_path / "cv" / "fold-1.trial.json"
    signal_once(first.exists, running, signal.SIGKILL)
    running.wait(LONGEST_S)
    before = os.stat(first).st_mtime_ns
    refused = textrnn_in(tmp_path, *call)
    assert refused.returncode == 2
    assert "an experiment is there already; go on with it (--resume)" in refused.stderr
    other = textrnn_in(tmp_path, *call, "--resume", "--learning-rate", "0.5")
    assert other.returncode == 2
    assert "other settings: training.learning_rate none (now 0.5); go on" in other.stderr
    resumed = textrnn_in(tmp_path, *call, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "fold 1 of 3 is done: accuracy" in resumed.stderr
    assert os.stat(first).st_mtime_ns == before
    assert resumed.stdout.startswith("accuracy ")
    with (tmp_path / "found.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [review.text for review in made_up_reviews(30)]
    folds = {(number % 5, row["fold"]) for number, row in enumerate(rows)}
    assert len(folds) == 5  # each author is in one
    again = textrnn_in(tmp_path, *call, "--force", "--epochs", "0")
    assert again.returncode == 2


def test_an_interrupted_one_says_how_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    write_reviews(tmp_path)
    monkeypatch.setattr(cross_validation, "run_trial", press)
    stopped = textrnn_in(tmp_path, *CALL)
    assert stopped.returncode == 130
    assert "stopped; what is done is kept\n" in stopped.stderr
    assert f"go on with: {shlex.join(['textrnn', *CALL, '--resume'])}\n" in stopped.stderr


def test_the_group_of_series_tells_them_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned: list[int] = []

    def look(training: object, material: object, fold: Fold, **_: object) -> None:
        learned.extend(map(len, fold.train))
        raise KeyboardInterrupt

    monkeypatch.setattr(cross_validation, "run_trial", look)
    rows = [f"{shop},{number}" for shop in "ab" for number in range(60)]
    (tmp_path / "sales.csv").write_text("\n".join(["shop,sold", *rows]), "utf-8")
    with pytest.raises(KeyboardInterrupt):
        textrnn.cross_validate(
            "forecaster", tmp_path / "sales.csv", out=tmp_path / "cv", group="shop", folds=2,
            horizon=2, window=4,
        )  # fmt: skip
    assert learned == [20, 20]


def test_what_is_wrong_is_told_before_anything_is_trained(tmp_path: Path) -> None:
    write_reviews(tmp_path)
    for more, told in {
        ("--group", "writer"): "train.csv: line 2: no column 'writer'",
        ("--output", "found.txt"): "predictions are written as .jsonl or .csv; name such a file",
        ("--folds", "40"): "cannot be split into 40 folds: add examples",
        ("--output", "nowhere/found.csv"): "No such file or directory",
    }.items():
        wrong = textrnn_in(tmp_path, *CALL, *more)
        assert wrong.returncode == 2
        assert told in wrong.stderr.splitlines()[-1]
        assert not (tmp_path / "cv").exists()
    (tmp_path / "cv").mkdir()
    (tmp_path / "cv" / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ConfigurationError, match=r"holds mine\.txt, which no experiment left"):
        textrnn.cross_validate("classifier", tmp_path / "train.csv", out=tmp_path / "cv")
    with pytest.raises(ConfigurationError, match="the examples of a generator ask nothing"):
        textrnn.cross_validate(
            "generator", ["a text of some words"] * 4, out=tmp_path / "b", output="c.csv"
        )
    with pytest.raises(ConfigurationError, match="task must be one of"):
        textrnn.cross_validate("classifer", [], out=tmp_path / "b")
    with pytest.raises(InputError, match="is read"):
        textrnn.cross_validate(
            "classifier", tmp_path / "train.csv", out=tmp_path, validation_split=0.2
        )
