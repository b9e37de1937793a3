"""``--output``: standard output where it is ``-``, else a file whose name says what is in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_bundles import (
    small_classifier,
    small_forecaster,
    small_generator,
    small_tagger,
    small_translator,
)

from calling import textrnn_in

TEXT = ("--text", "a fine film")
MAKERS: dict[str, tuple[Callable[[Path], Path], tuple[str, ...]]] = {
    "classify": (small_classifier, TEXT),
    "explain": (small_classifier, TEXT),
    "tag": (small_tagger, TEXT),
    "translate": (small_translator, TEXT),
    "generate": (small_generator, ("--seed", "a film", "--random-state", "1")),
}


@pytest.mark.parametrize("command", MAKERS)
def test_a_dash_is_standard_output(command: str, tmp_path: Path) -> None:
    make, given = MAKERS[command]
    model = str(make(tmp_path / "small"))
    for form in ((), ("--format", "json")):
        call = ("-q", command, "--model", model, *given, *form)
        plain = textrnn_in(tmp_path, *call)
        assert plain.returncode == 0
        assert plain.stdout
        dashed = textrnn_in(tmp_path, *call, "--output", "-")
        assert (dashed.returncode, dashed.stdout) == (0, plain.stdout)
    assert os.listdir(tmp_path) == ["small"]
    assert textrnn_in(tmp_path, *call, "--output", "./-").returncode == 0  # a file of that name
    assert sorted(os.listdir(tmp_path)) == ["-", "small"]


def test_a_forecast_to_standard_output(tmp_path: Path) -> None:
    model = str(small_forecaster(tmp_path / "small"))
    rows = "\n".join(str(hour % 5) for hour in range(60))
    (tmp_path / "a.csv").write_text(f"x\n{rows}\n", "utf-8")
    call = ("-q", "forecast", model, "a.csv")
    plain, dashed = textrnn_in(tmp_path, *call), textrnn_in(tmp_path, *call, "--output", "-")
    assert plain.returncode == 0, plain.stderr
    assert (dashed.returncode, dashed.stdout) == (0, plain.stdout)
    assert sorted(os.listdir(tmp_path)) == ["a.csv", "small"]


def test_a_name_says_what_is_in_it(tmp_path: Path) -> None:
    model = str(small_classifier(tmp_path / "small"))
    call = ("-q", "classify", "--model", model, *TEXT, "--output")
    assert textrnn_in(tmp_path, *call, "lines").returncode == 0  # as in a pipe
    assert (tmp_path / "lines").read_text("utf-8") == textrnn_in(tmp_path, *call[:-1]).stdout
    assert textrnn_in(tmp_path, *call, "labels", "--format", "csv").returncode == 0
    assert textrnn_in(tmp_path, *call, ".csv").returncode == 0
    header = "file,line,label,probability,text\n"
    for name in ("labels", ".csv"):
        assert (tmp_path / name).read_text("utf-8").startswith(header)
    refused = textrnn_in(tmp_path, *call, ".json", "--format", "csv")
    assert refused.stderr == (
        "textrnn: error: .json: its ending says json and --format csv; change one of them\n"
    )
