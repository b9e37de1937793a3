"""docs/first-model.md, followed to the letter: each command and each line of Python, in order, in a
folder of its own; and what the page promises of them.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import signal
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.metadata import metadata
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import click
import pytest
from pages import blocks, commands

import textrnn
from calling import textrnn_in
from terminal import stopped_training
from textrnn.cli.main import cli

pytestmark = pytest.mark.train

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "first-model.md").read_text("utf-8")
WORDS = re.compile(r"[^\W\d_]+")


def calls() -> Iterator[list[str]]:
    """The words of each command of the page but the installation."""
    for line in commands(PAGE):
        words = shlex.split(line)
        assert words[0] in ("textrnn", "pip"), line
        if words[0] == "textrnn":
            yield words[1:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page is followed: a clone's samples, and nothing else."""
    folder = tmp_path_factory.mktemp("first-model")
    shutil.copytree(DOCS / "samples", folder / "docs" / "samples")
    return folder


@pytest.fixture(scope="module")
def done(folder: Path) -> dict[str, CompletedProcess[str]]:
    """What became of each command; the training that the page goes on with is interrupted."""
    told = list(calls())
    found = {}
    for call in told:
        goes_on = [*call, "--resume"] in told
        found[shlex.join(call)] = (
            stopped_training(folder, call, signal.SIGINT) if goes_on else textrnn_in(folder, *call)
        )
    return found


def result(done: dict[str, CompletedProcess[str]], *begins: str) -> CompletedProcess[str]:
    """That of the only command that begins so, and was not interrupted."""
    (found,) = (
        process
        for call, process in done.items()
        if call.startswith(begins) and process.returncode != 130
    )
    return found


def promised(sentence: str) -> float:
    """The number that stands in a sentence of the page for {}."""
    (number,) = re.findall(re.escape(sentence).replace(r"\{\}", r"(\d+(?:\.\d+)?)"), PAGE)
    return float(number)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_command_works(done: dict[str, CompletedProcess[str]]) -> None:
    assert len(done) > 12
    failed = {call: p.stderr for call, p in done.items() if p.returncode not in (0, 130)}
    assert not failed
    assert "\nnothing wrong was found\n" in result(done, "corpora check").stdout


def test_the_training_that_was_stopped_says_what_the_page_says(
    done: dict[str, CompletedProcess[str]],
) -> None:
    (stopped,) = (process for process in done.values() if process.returncode == 130)
    (told,) = re.findall("go on with: (.*)", stopped.stderr)
    assert told == shlex.join(["textrnn", *stopped.args, "--resume"])
    assert f"wrote {stopped.args[-1]}" in result(done, shlex.join(stopped.args)).stderr


def test_the_classifier(done: dict[str, CompletedProcess[str]], folder: Path) -> None:
    trained = result(done, "train classifier").stderr
    assert "(95%: " in trained
    assert "next: textrnn evaluate models/tickets" in trained
    report = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    assert report["accuracy"] >= promised("Accuracy is {} or more")
    assert "mistakes" in (folder / "report" / "report.md").read_text("utf-8").casefold()
    given = rows_of(folder / "docs" / "samples" / "tickets-new.csv")
    truth = rows_of(folder / "docs" / "samples" / "tickets-test.csv")
    answers = rows_of(folder / "answers.csv")
    assert [{name: row[name] for name in given[0]} for row in answers] == given
    right = sum(a["label"] == t["queue"] for a, t in zip(answers, truth, strict=True))
    assert right / len(truth) == pytest.approx(report["accuracy"])
    least = promised("a probability of {}:")
    for sure, answer in zip(rows_of(folder / "sure.csv"), answers, strict=True):
        is_sure = float(answer["probability"]) >= least
        assert sure["label"] == (answer["label"] if is_sure else "uncertain")
    assert result(done, "classify --text").stdout.split("\t")[0] in {t["queue"] for t in truth}


def test_the_tagger(done: dict[str, CompletedProcess[str]], folder: Path) -> None:
    found = re.search(r"F1 (\d\.\d+) .*on 40 sentences", result(done, "evaluate names").stdout)
    assert found is not None
    assert float(found.group(1)) >= promised("F1 is {} or more")
    tagged = json.loads(result(done, "tag --text").stdout)["entities"]
    assert ("Maren Holt", "PERSON") in [(entity["text"], entity["label"]) for entity in tagged]
    given = (folder / "docs" / "samples" / "names-test.conll").read_text("utf-8")
    rows = (folder / "tagged.conll").read_text("utf-8")
    words, same = ([row.split("\t")[0] for row in x.strip().splitlines()] for x in (given, rows))
    assert words == same


def test_the_generator(done: dict[str, CompletedProcess[str]], folder: Path) -> None:
    trained = result(done, "train generator").stderr
    assert "prose-en: begins with its embedding" in trained
    perplexity = textrnn.load(folder / "models" / "novel").bundle.manifest.scores[
        "validation_perplexity"
    ]
    assert perplexity < promised("It stays under {} here")
    cool, hot = (
        result(done, f"generate 'It was' --model novel --length 60 --temperature {temperature}")
        for temperature in ("0.6", "1.1")
    )
    assert cool.stdout.startswith("It was ")
    assert hot.stdout.startswith("It was ")
    assert cool.stdout != hot.stdout
    texts = (folder / "written.txt").read_text("utf-8").split("\n---\n")
    assert [text[:4] for text in texts] == ["Nell"] * 3
    known = set(WORDS.findall((folder / "docs" / "samples" / "novel.txt").read_text("utf-8")))
    written = WORDS.findall(cool.stdout)
    assert sum(word in known for word in written) > 0.8 * len(written)


def test_the_same_in_python(
    done: dict[str, CompletedProcess[str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    with redirect_stdout(io.StringIO()) as printed:
        for block in blocks(PAGE, "python"):
            exec(compile(block, "first-model.md", "exec"), names)
    first, second, *entities = printed.getvalue().splitlines()
    assert {first.split()[0], second.split()[0]} <= {"billing", "login", "shipping", "bug"}
    assert entities[0] == "0 10 Maren Holt PERSON"


def test_options_and_files_that_the_page_names_are_there(
    done: dict[str, CompletedProcess[str]],
) -> None:
    known = set(all_options(cli, click.Context(cli)))
    assert set(re.findall(r"--[a-z-]+", PAGE)) <= known
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / link).exists(), link
    assert "train" in metadata("textrnn").get_all("Provides-Extra", [])


def all_options(command: click.Command, context: click.Context) -> Iterator[str]:
    """The options of a command and of those below it."""
    for parameter in command.get_params(context):
        yield from parameter.opts
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from all_options(below, click.Context(below, parent=context))
