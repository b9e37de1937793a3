"""An error about a missing extra names what works from where textrnn was installed."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path

import pytest

from textrnn.installation import command_for

REQUIRES = [
    "numpy>=1.26",
    'keras>=3.8; extra == "train"',
    "tomli>=2.0; python_version < \"3.11\" and extra == 'train'",
    'uvicorn>=0.34; extra == "serve"',
]


class Installed:
    """What an installer says of textrnn."""

    requires = REQUIRES

    def __init__(self, **origin: object) -> None:
        self.origin = origin

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return json.dumps(self.origin) if self.origin else None


@pytest.fixture(autouse=True)
def no_pip_of_this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", "/opt/my env/bin/python")


def command(monkeypatch: pytest.MonkeyPatch, installed: Installed) -> str:
    monkeypatch.setattr(metadata, "distribution", lambda name: installed)
    return command_for("train").removeprefix("'/opt/my env/bin/python' -m pip install ")


def test_from_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(monkeypatch, Installed()) == "'textrnn[train]'"


@pytest.mark.parametrize(("editable", "flag"), [(True, "-e "), (False, "")])
def test_from_a_checkout(
    editable: bool, flag: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "a clone"
    folder.mkdir()
    installed = Installed(url=folder.as_uri(), dir_info={"editable": editable})
    assert command(monkeypatch, installed) == f"{flag}'{folder}[train]'"


def test_from_a_wheel_and_from_one_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = tmp_path / "textrnn-0.1.0-py3-none-any.whl"
    wheel.touch()
    installed = Installed(url=wheel.as_uri(), archive_info={})
    assert command(monkeypatch, installed) == f"'{wheel}[train]'"
    wheel.unlink()
    wanted = "'keras>=3.8' 'tomli>=2.0; python_version < \"3.11\"'"
    assert command(monkeypatch, installed) == wanted


def test_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = Installed(url="https://example.org/textrnn.git", vcs_info={"vcs": "git"})
    assert command(monkeypatch, installed).startswith("'keras>=3.8' ")


def test_pip_is_called_as_it_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda name: Installed())
    (tmp_path / "pip").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert command_for("serve") == "pip install 'textrnn[serve]'"
