"""The search for settings: its space, its trials, and what ends up in the folder."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import textrnn
from calling import textrnn_in
from experiment_cases import CASES
from made_up import made_up_load
from terminal import TEXTRNN, signal_once
from textrnn.bundle.bundle import Bundle
from textrnn.configuration import to_dict
from textrnn.errors import ConfigurationError, MissingExtraError, TrainingError
from textrnn.experiments.beginning import begin
from textrnn.experiments.material import Material
from textrnn.experiments.recipe_text import recipe_text
from textrnn.experiments.space import Range, default_space, read_space, space_of
from textrnn.experiments.splits import Fold, held_out
from textrnn.experiments.study import Search, importances, told_trials
from textrnn.experiments.trial import Training
from textrnn.experiments.trial_process import TrialProcesses
from textrnn.experiments.tuned import TunedTrial, Tuning
from textrnn.training.classifier.files import ClassifierFiles
from textrnn.training.named import named_values
from textrnn.training.recipes.recipe import read_recipe
from textrnn.training.tasks import plan_class, trained_tasks
from waiting import LONGEST_S

SPACE = {"units": (2, 4, 8), "learning_rate": Range(1e-4, 1e-1, log=True)}
GRID = {"units": (2, 4, 8), "cell": ("gru", "lstm")}


def search(folder: Path, sampler: str, trials: int, *, random_state: int = 0) -> Search:
    folder.mkdir(exist_ok=True)
    space = GRID if sampler == "grid" else SPACE
    return Search(folder, space, sampler, trials, minimize=False, random_state=random_state)


def run_all(dealing: Search, *, most: int = 100) -> list[dict[str, Any]]:
    """The values of all trials of a search; the score of one is how many units it has."""
    study = dealing.study()
    for _ in range(most):
        with dealing.next_trial(study) as trial:
            if trial is None:
                break
            study.tell(trial, trial.params["units"])
    return [trial.params for trial in told_trials(study)]


@pytest.mark.parametrize("sampler", ["tpe", "random", "grid"])
def test_the_same_random_state_gives_the_same_trials(sampler: str, tmp_path: Path) -> None:
    """Also where a search is stopped in between."""
    whole = run_all(search(tmp_path / "a", sampler, 14))
    assert len(whole) == (6 if sampler == "grid" else 14)
    again = search(tmp_path / "b", sampler, 14)
    run_all(again, most=4)
    assert run_all(again) == whole
    assert run_all(search(tmp_path / "c", sampler, 14, random_state=1)) != whole
    if sampler == "grid":
        assert {(each["units"], each["cell"]) for each in whole} == {
            (units, cell) for units in GRID["units"] for cell in GRID["cell"]
        }
    else:
        assert all(1e-4 <= each["learning_rate"] <= 1e-1 for each in whole)


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_no_values_are_tried_twice(sampler: str, tmp_path: Path) -> None:
    """Also where the search goes on in another process; it ends when all are tried."""
    space = {"units": (2, 4, 4), "cell": ("gru", "lstm", "rnn"), "layers": Range(1, 3)}
    tmp_path.joinpath("a").mkdir()
    dealing = Search(tmp_path / "a", space, sampler, 40, minimize=False, random_state=0)
    run_all(dealing, most=9)
    assert dealing.has_more(dealing.study())
    assert dealing.has_more(dealing.study())
    tried = run_all(dealing)
    assert len(tried) == len({tuple(values.values()) for values in tried}) == 2 * 3 * 3
    assert not dealing.has_more(dealing.study())
    tmp_path.joinpath("b").mkdir()
    again = Search(tmp_path / "b", space, sampler, 40, minimize=False, random_state=0)
    assert run_all(again) == tried


def test_what_a_dying_process_had_chosen_is_tried_once(tmp_path: Path) -> None:
    dealing = search(tmp_path, "random", 2)
    dealing.study().enqueue_trial({"units": 4, "learning_rate": 0.01})  # and died
    first, second = run_all(dealing)
    assert first == {"units": 4, "learning_rate": 0.01}
    assert second != first


def test_processes_share_a_search_and_what_one_lost_is_done_again(tmp_path: Path) -> None:
    dealing = search(tmp_path, "random", 3)
    first, second = dealing.study(), dealing.study()
    with ExitStack() as stack:
        one = stack.enter_context(dealing.next_trial(first))
        other = stack.enter_context(dealing.next_trial(second))
        assert one is not None
        assert other is not None
        assert (one.number, other.number) == (0, 1)
        assert one.params != other.params
        assert dealing.others_at_work(first)
        first.tell(other.number, 2)
        lost = one.params
    with dealing.next_trial(second) as again:  # nobody holds the first any more
        assert again is not None
        assert (again.number, again.params) == (0, lost)
        second.tell(again, 4)
    with dealing.next_trial(first) as last:
        assert last is not None
        assert last.number == 2
        first.tell(last, 8)
    with dealing.next_trial(first) as none:
        assert none is None
    assert not dealing.others_at_work(first)
    found = importances(first, SPACE)
    assert sum(found.values()) == pytest.approx(1)


def test_every_task_has_a_space(tmp_path: Path) -> None:
    for task in trained_tasks():
        space = default_space(task)
        assert {"units", "learning_rate", "cell"} <= space.keys()
    assert "cell" not in default_space("tagger", without=["cell"])
    (tmp_path / "space.toml").write_text(
        "[tune]\nunits = [2, 4]\ndropout = {low = 0, high = 0.5}\nlayers = {low = 1, high = 3}",
        "utf-8",
    )
    space = read_space("classifier", tmp_path / "space.toml")
    assert space == {"units": (2, 4), "dropout": Range(0, 0.5), "layers": Range(1, 3)}
    assert isinstance(space["layers"], Range)
    assert space["layers"].is_whole
    (tmp_path / "space.toml").write_text("[training]\nepochs = 3", "utf-8")
    with pytest.raises(ConfigurationError, match=r"\[training\] is not read"):
        read_space("classifier", tmp_path / "space.toml")


@pytest.mark.parametrize(
    ("space", "told"),
    [
        ({"unit": [2]}, "unknown setting 'unit'; did you mean 'units'"),
        ({"units": [2, -4]}, "units must be at least 1"),
        ({"units": 2}, "give a list of values, or low and high"),
        ({"units": []}, "give a list of values"),
        ({"learning_rate": {"low": 0.1}}, "'high' is missing"),
        ({"learning_rate": {"low": 0.1, "high": 0.01}}, "low must be below high"),
        ({"learning_rate": {"low": 0, "high": 0.1, "log": True}}, "low must be above 0"),
        ({"pooling": [["mean"]]}, "lists hold numbers, words"),
        ({}, "give at least one setting"),
    ],
)
def test_what_is_wrong_with_a_space_is_told(space: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        space_of("classifier", space)


def test_a_grid_has_no_ranges(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="learning_rate: a grid needs a list"):
        Search(tmp_path, SPACE, "grid", 3, minimize=False, random_state=0)


@pytest.mark.parametrize("task", CASES)
def test_examples_of_every_task_reach_the_process_of_a_trial(task: str) -> None:
    begun = begin(
        task, CASES[task].examples, {"epochs": 1}, plan=None, embeddings=None, init_from="none",
        language="en", precision="int8", say=lambda line: None,
    )  # fmt: skip
    fold = held_out(begun.material, random_state=0)
    values = named_values(plan_class(task)(), {"units": 4})
    given = begun.material, fold, begun.training.with_changes(values)
    material, same, training = pickle.loads(pickle.dumps(given))
    assert repr(same) == repr(fold)
    assert material.digest() == begun.material.digest()
    assert training.changes[("training", "epochs")] == 1
    assert training.changes[("encoders", "units")] == 4
    train = material.arguments(same.train, same.test)["train"]
    assert repr(list(train() if callable(train) else train)) == repr(list(fold.train))


class Ending:
    """What ends the process that reads it, as a system without memory does."""

    def __reduce__(self) -> tuple[Any, ...]:
        return signal.raise_signal, (signal.SIGKILL,)


def test_a_trial_whose_process_is_killed_is_told(tmp_path: Path) -> None:
    fold = Fold([], [], [])
    nothing = Material("classifier", [], None, {}, is_lazy=False)
    processes = TrialProcesses(tmp_path, nothing, fold, validate_by_test=True)
    with pytest.raises(TrainingError, match="was ended by SIGKILL; was there too little memory"):
        processes.run(Training(Ending()), tmp_path / "model", on_event=lambda event: True)


def test_the_choice_is_that_of_all_random_states() -> None:
    trials = [
        TunedTrial(0, {"units": 2}, "complete", 0.9, (0.6, 0.6)),
        TunedTrial(1, {"units": 4}, "complete", 0.8, (0.82, 0.84)),
        TunedTrial(2, {"units": 8}, "complete", 0.85),
        TunedTrial(3, {"units": 8}, "fail", None, why="no memory"),
    ]
    found = Tuning("classifier", "accuracy", False, tuple(trials), {"units": 1.0}, Path("x"))
    assert [trial.number for trial in found.ranked] == [1, 0, 2]
    assert found.scores() == {"accuracy": pytest.approx(0.82)}
    assert "trial 1 is better than trial 0 by 0.1200, no more than random states make (0.1732)" in (
        found.sections()[0].about
    )
    assert list(found.figures()) == ["history.png", "importance.png"]
    equal = [TunedTrial(number, {"units": number}, "complete", 0.8, (0.9,)) for number in (0, 1)]
    found = Tuning("classifier", "accuracy", False, tuple(equal), {}, Path("x"))
    assert found.sections()[0].about.endswith("trials 0 and 1 are equally good\n")


def test_without_optuna_what_to_install_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"tuning needs the extra tune: .*\[tune\]"):
        textrnn.tune("classifier", [("a", "b")], out="nowhere")


def test_a_recipe_has_the_settings_of_the_model(tiny_bundle: Path, tmp_path: Path) -> None:
    files = ClassifierFiles(
        tmp_path / "train.csv", tmp_path / "more" / "held.csv", text="body", labels={"1": "good"}
    )
    manifest = Bundle.open(tiny_bundle).manifest
    (tmp_path / "best.toml").write_text(recipe_text(files, manifest, name="best"), "utf-8")
    recipe = read_recipe(tmp_path / "best.toml")
    assert (recipe.name, recipe.task, recipe.language) == ("best", "classifier", "en")
    assert recipe.data.train[0].file == "train.csv"
    assert recipe.data.validation[0].file == os.path.join("more", "held.csv")
    assert (recipe.data.train[0].text, recipe.data.train[0].labels) == ("body", {"1": "good"})
    kept = to_dict(recipe.plan)
    assert kept == {name: manifest.training[name] for name in kept}


CALL = ("tune", "forecaster", "--train", "load.csv", "--horizon", "2", "--window", "6", "--cell",
        "rnn", "--epochs", "1", "--space", "space.toml", "--sampler", "grid", "--out", "tuned",
        "--again", "0")  # fmt: skip


def write(folder: Path, units: str) -> None:
    load = made_up_load(60).values[:, 0].tolist()
    (folder / "load.csv").write_text("\n".join(["load", *map(str, load)]), "utf-8")
    (folder / "space.toml").write_text(f"[tune]\nunits = {units}", "utf-8")


@pytest.mark.train
def test_a_killed_search_goes_on(tmp_path: Path) -> None:
    write(tmp_path, "[2, 4]")
    running = subprocess.Popen([*TEXTRNN, *CALL], cwd=tmp_path, stderr=subprocess.DEVNULL)
    first = tmp_path / "tuned" / "trial-0.trial.json"
    signal_once(first.exists, running, signal.SIGKILL)
    running.wait(LONGEST_S)
    before = os.stat(first).st_mtime_ns
    refused = textrnn_in(tmp_path, *CALL)
    assert refused.returncode == 2
    assert "go on with it (--resume)" in refused.stderr
    resumed = textrnn_in(tmp_path, *CALL, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert os.stat(first).st_mtime_ns == before
    found = json.loads((tmp_path / "tuned" / "report.json").read_text("utf-8"))
    assert [trial["state"] for trial in found["trials"]] == ["complete", "complete"]
    assert {trial["values"]["units"] for trial in found["trials"]} == {2, 4}
    assert "has had its trial: the search ends with 2 trials, not 20" in resumed.stderr
    recipe = read_recipe(tmp_path / "tuned" / "best.toml")
    assert recipe.plan.encoders[0].units == found["best"]["values"]["units"]
    assert resumed.stdout.startswith("MSE ")


RECIPE = """name = "load"
task = "forecaster"

[[data.train]]
file = "load.csv"

[[encoders]]
cell = "rnn"
units = 2

[series]
window = 6
horizon = 2

[training]
epochs = 1

[tune]
units = [2, 4]
"""


@pytest.mark.train
def test_a_recipe_tells_what_is_searched(tmp_path: Path) -> None:
    write(tmp_path, "[2]")
    (tmp_path / "mine.toml").write_text(RECIPE, "utf-8")
    call = ("tune", "--recipe", "mine.toml", "--data", ".", "--out", "tuned", "--again", "0")
    searched = textrnn_in(tmp_path, *call, "--sampler", "grid")
    assert searched.returncode == 0, searched.stderr
    found = json.loads((tmp_path / "tuned" / "report.json").read_text("utf-8"))
    assert sorted(trial["values"]["units"] for trial in found["trials"]) == [2, 4]
    recipe, best = read_recipe(tmp_path / "tuned" / "best.toml"), found["best"]["values"]["units"]
    assert (recipe.name, recipe.data.train[0].file) == ("load", "load.csv")
    assert recipe.plan.encoders[0].units == best
    assert (recipe.plan.encoders[0].cell, recipe.plan.series.window) == ("rnn", 6)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["--trials", "2", "tagger", "--train", "x", "--out", "y"], "write --trials after tagger"),
        (["--recipe", "mine.toml"], "give --recipe FILE.toml and --out DIR, or a task: classifier"),
        (
            ["--recipe", "mine.toml", "--data", ".", "--out", "tuned"],
            "mine.toml: unknown setting 'unit'; did you mean 'units'?",
        ),
    ],
)
def test_what_is_wrong_with_a_call_by_recipe_is_told(
    tmp_path: Path, call: list[str], told: str
) -> None:
    (tmp_path / "load.csv").write_text("load\n" + "1\n2\n" * 30, "utf-8")
    (tmp_path / "mine.toml").write_text(RECIPE.replace("units = [2", "unit = [2"), "utf-8")
    refused = textrnn_in(tmp_path, "tune", *call)
    assert refused.returncode == 2
    assert told in refused.stderr


@pytest.mark.train
def test_a_trial_that_fails_is_told(tmp_path: Path) -> None:
    write(tmp_path, "[3]")
    failed = textrnn_in(tmp_path, *CALL)
    assert failed.returncode == 1
    told = failed.stderr.splitlines()
    assert told[-3].endswith("note: trial 0 failed: units of segments must be even: 3")
    assert told[-2].endswith("the search ends with 1 trial, not 20")
    assert told[-1] == ("textrnn: error: no trial was finished; units of segments must be even: 3")
