"""``textrnn models``: one's own models listed, shown, handed on and taken in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from small_bundles import small_classifier, small_generator, small_tagger

from calling import in_terminal, textrnn_in
from textrnn.catalog import shipped_models
from textrnn.version import __version__


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a classifier in ``models`` and a tagger beside it; the user has none."""
    monkeypatch.setenv("TEXTRNN_MODELS", str(tmp_path / "own"))
    small_classifier(tmp_path / "here" / "models" / "tickets")
    small_tagger(tmp_path / "here" / "names")
    return tmp_path / "here"


def test_list_shows_ones_own_and_the_shipped(here: Path) -> None:
    listed = json.loads(textrnn_in(here, "models", "list", "--format", "json").stdout)
    assert [model["name"] for model in listed] == ["names", "tickets", *shipped_models()]
    assert [model["shipped"] for model in listed] == [False] * 2 + [True] * len(shipped_models())
    assert listed[1]["path"] == "models/tickets"
    assert listed[1]["task"] == "classifier"
    assert listed[1]["format_version"] == 1
    lines = textrnn_in(here, "models").stdout.splitlines()
    rows = [re.split(" {2,}", line.strip()) for line in lines]
    assert rows[0] == ["name", "task", "language", "size", "licence", "where", "description"]
    assert rows[2][:3] + rows[2][5:6] == ["tickets", "classifier", "en", "models/tickets"]
    assert [row[5] for row in rows[3:]] == ["shipped"] * len(shipped_models())


def test_list_tells_of_damaged_models(here: Path) -> None:
    (here / "names" / "bundle.json").write_text("[]", "utf-8")
    found = textrnn_in(here, "models", "list")
    assert found.returncode == 0
    assert found.stderr.startswith("textrnn: note: names: not a model bundle")
    assert len(found.stderr.splitlines()) == 1
    assert textrnn_in(here, "models", "list", "-q").stderr == ""
    assert "\nnames " not in found.stdout


@pytest.mark.parametrize(
    ("call", "task"),
    [
        (("classify", "--text", "a dull song", "--model", "tickets"), "classifier"),
        (("tag", "--text", "ada spoke", "--model", "names"), "tagger"),
        (("models", "path", "tickets"), "classifier"),
        (("models", "verify", "names"), "tagger"),
        (("evaluate", "tickets", "test.csv"), "classifier"),
        (("classify", "test.csv", "--model", "tickets", "--output-folder", "out"), "classifier"),
    ],
)
def test_commands_find_a_model_by_its_name(call: tuple[str, ...], task: str, here: Path) -> None:
    (here / "test.csv").write_text("text,label\na dull song,bad\na fine film,good\n", "utf-8")
    answer = textrnn_in(here, *call)
    assert answer.returncode == 0, answer.stderr
    place = "models/tickets" if task == "classifier" else "names"
    by_path = textrnn_in(here, *(place if word in ("tickets", "names") else word for word in call))
    assert by_path.stdout == answer.stdout


def test_a_model_that_is_asked_by_its_name_is_not_written_over(here: Path) -> None:
    call = ("classify", "--text", "a", "--model", "tickets", "--format", "json")
    answer = textrnn_in(here, *call, "--output", "models/tickets/bundle.json")
    assert answer.returncode == 2
    assert "would be lost" in answer.stderr


def test_a_model_that_another_begins_with_is_not_written_over(here: Path) -> None:
    (here / "train.csv").write_text("text,label\na dull song,bad\na fine film,good\n", "utf-8")
    call = ("train", "classifier", "--train", "train.csv", "--init-from", "tickets")
    answer = textrnn_in(here, *call, "--out", "models/tickets")
    assert answer.returncode == 2
    assert "what is read (models/tickets) would be lost there" in answer.stderr


def test_show_says_what_wrote_a_model(here: Path) -> None:
    shown = textrnn_in(here, "models", "show", "names")
    assert shown.stdout == "# small\n"
    assert shown.stderr == (
        "textrnn: note: names: written by textrnn (version not stated), bundle format 1\n"
    )
    shipped = textrnn_in(here, "models", "show", "ner-en").stderr
    assert shipped.endswith(f"written by textrnn {__version__}, bundle format 1\n")
    assert textrnn_in(here, "models", "show", "names", "--quiet").stderr == ""
    code, screen = in_terminal(["models", "show", "names"], here)
    assert code == 0
    assert "small" in screen


def test_export_and_import(here: Path) -> None:
    written = textrnn_in(here, "models", "export", "tickets", "tickets.zip")
    assert written.returncode == 0
    assert written.stderr.startswith("wrote tickets.zip (0.0 MB)")
    taken = textrnn_in(here, "models", "import", "tickets.zip", "--name", "mine")
    assert taken.stdout == f"{here.parent / 'own' / 'mine'}\n"
    assert taken.stderr == "from anywhere now: --model mine\n"
    call = ("classify", "--text", "a dull song", "--model")
    mine = textrnn_in(here.parent, *call, "mine")
    assert mine.returncode == 0
    assert mine.stdout == textrnn_in(here, *call, "tickets.zip").stdout
    again = textrnn_in(here, "models", "import", "tickets.zip", "--name", "mine")
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert textrnn_in(here, "models", "import", "tickets.zip", "--name", "mine", "--force", "-q")
    listed = json.loads(textrnn_in(here.parent, "models", "list", "--format", "json").stdout)
    assert [model["name"] for model in listed] == ["mine", *shipped_models()]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (("export", "tickets", "tickets.tar"), "name it FILE.zip"),
        (("export", "absent", "a.zip"), "no model 'absent'"),
        (("export", "tickets", "no/a.zip"), "no/a.zip: cannot be written"),
        (("export", "tickets.zip", "tickets.zip"), "would be lost there"),
        (("import", "absent.zip"), "there is nothing there"),
        (("import", "tickets.zip", "--name", "ner-en"), "ner-en is a shipped model's name"),
        (("import", "tickets.zip", "--name", "../x"), "'../x' cannot be a model's name"),
    ],
)
def test_what_is_not_exported_or_imported(call: tuple[str, ...], message: str, here: Path) -> None:
    textrnn_in(here, "models", "export", "tickets", "tickets.zip")
    answer = textrnn_in(here, "models", *call)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert not (here.parent / "own").exists()


def test_completion_knows_ones_own_models(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.shell_completion import BashComplete

    from textrnn.cli.main import cli

    small_generator(here.parent / "own" / "novel")
    monkeypatch.chdir(here)
    complete = BashComplete(cli, {}, "textrnn", "_TEXTRNN_COMPLETE").get_completions
    for start, names in {"ti": ["tickets"], "n": ["names", "novel", "ner-en", "ner-zh"]}.items():
        assert [item.value for item in complete(["classify", "--model"], start)] == names
        assert [item.value for item in complete(["models", "show"], start)] == names
