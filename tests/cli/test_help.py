"""What ``--help`` shows: headings, what is left to ``--help-all``, defaults as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from calling import textrnn_in
from every_command import every_command, options
from textrnn.catalog import default_model
from textrnn.cli.parts.command import Command
from textrnn.cli.parts.plan_options import setting_option
from textrnn.configuration import setting
from textrnn.errors import ModelNotFoundError
from textrnn.training.facts import Facts
from textrnn.training.initial import sizes_of_model
from textrnn.training.named import changed, named_settings
from textrnn.training.tasks import plan_class, reads_words, trained_tasks

SECTIONS = ["First hour", "Files", "Model", "Tokens", "Network", "Regularisation", "Training"]


@dataclass(frozen=True)
class Layer:
    """A part of a new plan."""

    units: int = setting(3, "How wide.")
    dropout: float = setting(0.1, "What is left out.", group="Regularisation", advanced=True)
    kind: str = setting("a", "Which.", choices=("a", "b"))
    widths: tuple[int, ...] = setting((2, 3), "How far.")


@dataclass(frozen=True)
class Plan:
    """A new plan."""

    layer: Layer = setting(
        Layer(), group="Network", helps={"kind": "Which layer."}, follows=("units", "widths")
    )
    seed: int = setting(0, "Fixes all.")


def shown(command: str, folder: Path) -> str:
    return textrnn_in(folder, *command.split()).stdout


def headings(text: str) -> list[str]:
    return [line[:-1] for line in text.splitlines() if line.endswith(":") and line[0] != " "]


def test_every_option_says_what_it_is() -> None:
    silent = [(path, o.opts) for path, made in every_command() for o in options(made) if not o.help]
    assert not silent


def test_many_options_stand_under_headings_and_few_under_one(tmp_path: Path) -> None:
    for path, made in every_command():
        if isinstance(made, click.Group):
            continue
        found = headings(shown(f"{' '.join(path)} --help", tmp_path))
        at_once = [o for o in options(made) if not getattr(o, "advanced", False)]
        is_long = len(at_once) + len(["--help"]) > 12
        assert (found == ["Options"]) is not is_long, path
        assert found.count("Other") == is_long, path


def test_every_help_that_leaves_options_out_says_what_shows_them(tmp_path: Path) -> None:
    for path, made in every_command():
        advanced = [o.opts[-1] for o in options(made) if getattr(o, "advanced", False)]
        if not advanced:
            continue
        last = shown(f"{' '.join(path)} --help", tmp_path).splitlines()[-1]
        assert last.startswith(f"{len(advanced)} more options: textrnn ")
        every = shown(last.partition(": textrnn ")[2], tmp_path)
        assert [name for name in advanced if f"{name} " not in every] == []


@pytest.mark.parametrize("task", trained_tasks())
def test_short_help_of_a_training_leaves_the_advanced_to_help_all(
    task: str, tmp_path: Path
) -> None:
    short = shown(f"train {task} --help", tmp_path)
    every = shown(f"train {task} --help-all", tmp_path)
    sections = [one for one in SECTIONS if one != "Tokens" or reads_words(task)]
    assert headings(short) == headings(every) == [*sections, "Other"]
    first_hour = short.partition("Files:")[0]
    for name in ("--train", "--validation", "--out", "--epochs", "--resume"):
        assert re.search(f"  {name}[ ,]", first_hour)
    assert ("  --init-from " in first_hour) is reads_words(task)
    assert "--clip-norm" not in short
    assert "--clip-norm" in every
    left_out = every.count("\n  -") - short.count("\n  -")
    assert short.endswith(f"\n{left_out} more options: textrnn train {task} --help-all\n")
    assert "more options" not in every


def test_help_speaks_of_its_own_task(tmp_path: Path) -> None:
    texts = {task: shown(f"train {task} --help-all", tmp_path) for task in trained_tasks()}
    for task, text in texts.items():
        others = [other for other in texts if other != task]
        assert not [other for other in others if f"of a {other}" in text]
    assert "Streams of text" in texts["generator"]
    said = {task: " ".join(text.split()) for task, text in texts.items()}
    assert "By auto, the default, few sentences begin" in said["tagger"]
    assert "By auto, the default, up to 2,000,000 characters begin" in said["generator"]


def test_a_plan_of_a_new_task_has_its_help_for_nothing() -> None:
    made = Command("new", params=[setting_option(named) for named in named_settings(Plan())])
    text = made.get_help(click.Context(made, info_name="new", max_content_width=80))
    assert [line.strip() for line in text.splitlines()[2:]] == [
        "Options:",
        "--units INTEGER  How wide.  [default: follows from the data]",
        "--kind [a|b]     Which layer.  [default: a]",
        "--widths LIST    How far.  [default: follows from the data]",
        "--seed INTEGER   Fixes all.  [default: 0]",
        "-v, --verbose    Say more on standard error.",
        "-q, --quiet      Say nothing but results and errors.",
        "--help-all       Show all options and exit.",
        "--help           Show this message and exit.",
        "",
        "1 more options: new --help-all",
    ]


def fitted_plans(task: str) -> Iterator[Any]:
    """The plans of a task for few and many data, begun with nothing and with what ships."""
    try:
        fitting = import_module(f"textrnn.training.{task}.defaults").fitting_plan
    except ModuleNotFoundError:
        return
    for texts in (1, 30, 200, 700, 3000, 8000, 20_000):
        yield fitting(Facts(texts))
        yield fitting(Facts(texts, has_validation=True))
    try:
        model = Path(default_model(task, "en"))
    except ModelNotFoundError:
        return
    plan = fitting(Facts(100, model=model))
    yield changed(plan, sizes_of_model(plan, task, model))


@pytest.mark.parametrize("task", ["classifier", "tagger"])
def test_defaults_that_follow_from_the_texts_are_told_to(task: str) -> None:
    plan = plan_class(task)()
    named = {setting.path: setting for setting in named_settings(plan)}
    for fitted in fitted_plans(task):
        for other in named_settings(fitted):
            follows = named[other.path].follows
            assert follows or other.default == named[other.path].default, other.name


def test_what_a_generator_leaves_open_follows_from_the_texts() -> None:
    for named in named_settings(plan_class("generator")()):
        is_open = named.name in ("epochs", "batch_size", "vocabulary_size")
        assert named.follows is is_open


def test_the_fields_that_a_plan_speaks_of_are_there() -> None:
    for task in trained_tasks():
        plan = plan_class(task)()
        for field in fields(plan):  # type: ignore[arg-type]
            about, part = field.metadata["setting"], getattr(plan, field.name)
            first = part[0] if isinstance(part, tuple) else part
            known = {inner.name for inner in fields(first)} | {""}
            assert {*about.helps, *about.follows} <= known
