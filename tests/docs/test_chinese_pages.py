"""docs/zh, followed to the letter: each command and each line of Python, in order."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from pages import blocks, commands

from calling import textrnn_in

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL = (DOCS / "zh" / "first-model.md").read_text("utf-8")
OVERVIEW = (DOCS / "zh" / "command-line.md").read_text("utf-8")
QUEUES = {"账单", "登录", "物流", "故障"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone's samples, and nothing else."""
    folder = tmp_path_factory.mktemp("zh")
    shutil.copytree(DOCS / "samples", folder / "docs" / "samples")
    return folder


def follow(page: str, folder: Path) -> list[str]:
    """Run the commands of a page; what each printed."""
    printed = []
    for line in commands(page):
        words = shlex.split(line)
        if words[0] == "textrnn":
            done = textrnn_in(folder, *words[1:])
            assert done.returncode == 0, (line, done.stderr)
            printed.append(done.stdout)
    return printed


@pytest.mark.train
def test_the_first_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = follow(TUTORIAL, folder)
    assert "nothing wrong was found" in printed[0]
    report = json.loads((folder / "report" / "report.json").read_text("utf-8"))
    assert report["accuracy"] >= 0.7
    assert "准确率在 0.7 以上" in TUTORIAL
    with (folder / "answers.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    assert {"编号", "内容", "部门", "label", "probability"} <= answers[0].keys()
    assert len(answers) == 40
    assert printed[-1].split("\t")[0] == "账单"
    monkeypatch.chdir(folder)
    with redirect_stdout(io.StringIO()) as told:
        for block in blocks(TUTORIAL, "python"):
            exec(compile(block, "first-model.md", "exec"), {})
    assert {line.split()[0] for line in told.getvalue().splitlines()} <= QUEUES


def test_the_command_line(folder: Path) -> None:
    printed = follow(OVERVIEW, folder)
    assert len(printed) == 9
    assert "李娜" in printed[3]
    assert "北京" not in json.dumps(json.loads(printed[3])["entities"], ensure_ascii=False)
    assert re.findall(r"(?:^|[，。？！]\s*)(\w)", printed[6]) == list("春夏秋冬")
    assert json.loads(printed[8])["text"]
    assert (folder / "news.html").exists()
