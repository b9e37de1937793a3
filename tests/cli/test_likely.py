"""Records that come under another name, or by pipe, are read as lines: that is noted, once each."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_bundles import small_classifier, small_generator, small_tagger, small_translator

from calling import textrnn_in
from textrnn.corpora import Line
from textrnn.corpora.formats.likely import watched

JSON_LINES = '{"text": "a fine film"}\n{"text": "a dull song"}\n'
MAKERS: dict[str, Callable[[Path], Path]] = {
    "classify": small_classifier,
    "explain": small_classifier,
    "tag": small_tagger,
    "translate": small_translator,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("small")
    makers = {**MAKERS, "generate": small_generator}
    return {name: str(make(folder / name)) for name, make in makers.items()}


def note(name: str, spoken: str, form: str) -> str:
    return (
        f"textrnn: note: {name}: looks like {spoken} and is read as plain lines; "
        f"--input-format {form} reads its records"
    )


@pytest.mark.parametrize("command", MAKERS)
def test_a_pipe_of_records(command: str, models: dict[str, str], tmp_path: Path) -> None:
    def told(*options: str) -> list[str]:
        call = ("--model", models[command], "-", "--format", "jsonl", "--output", "out.jsonl")
        done = textrnn_in(tmp_path, command, *call, *options, stdin=JSON_LINES)
        assert done.returncode == 0
        return [line for line in done.stderr.splitlines() if "looks like" in line]

    assert told() == [note("<stdin>", "JSON lines", "jsonl")]
    out = (tmp_path / "out.jsonl").read_text("utf-8")
    # The answers are what they were.
    assert [json.loads(line)["text"] for line in out.splitlines()] == JSON_LINES.splitlines()
    for unnoted in (("--input-format", "txt"), ("--input-format", "jsonl"), ("--whole",), ("-q",)):
        assert told(*unnoted) == []


def test_each_file_is_noted_once(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "late.txt").write_text(JSON_LINES * 3, "utf-8")
    (tmp_path / "semi.dat").write_text("\ufeffid;Text\r\n1;a film\r\n2;a song\r\n", "utf-8")
    (tmp_path / "late.log.gz").write_bytes(gzip.compress(b"id\ttext\n1\ta film\n"))
    (tmp_path / "good.csv").write_text("id,text\n1,a film\n", "utf-8")
    files = ("late.txt", "good.csv", "semi.dat", "late.log.gz")
    done = textrnn_in(tmp_path, "classify", "--model", models["classify"], *files)
    assert done.stderr.splitlines() == [
        note("late.txt", "JSON lines", "jsonl"),
        note("semi.dat", "CSV", "csv"),
        note("late.log.gz", "TSV", "tsv"),
    ]


def test_seeds_and_shards(models: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text(JSON_LINES, "utf-8")
    told = note("in/a.txt", "JSON lines", "jsonl")
    model = ("--model", models["classify"])
    done = textrnn_in(tmp_path, "classify", *model, "in", "--output-folder", "out")
    assert [line for line in done.stderr.splitlines() if "note" in line] == [told]
    seeds = ("--seed-file", "in/a.txt", "--length", "1")
    done = textrnn_in(tmp_path, "generate", "--model", models["generate"], *seeds)
    assert done.stderr.splitlines()[0] == told


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        (['{"text": "fine"}'], "jsonl"),
        (["", '  {"id": NaN}'], "jsonl"),
        (['[{"text": "fine"}]'], "json"),
        (["[", '{"text": "fine"}'], "json"),
        (["id,text", "1,fine"], "csv"),
        (['"Review" | "stars"', '"a | b"|3'], "csv"),
        (["text\tlabel", "", "fine\tgood"], "tsv"),
        (["text", "fine"], ""),
        (["Text, and more of it", "on one line"], ""),
        (["id,body", "1,fine"], ""),
        (["[1]", "[2]"], ""),
        (["{sighs} No, {text}", "no"], ""),
        (["[" * 5000, "a"], ""),
        (["prose", '{"text": "fine"}'], ""),
        (["prose", "id,text", "1,fine"], ""),
    ],
)
def test_the_first_two_lines_decide(lines: list[str], form: str) -> None:
    told: list[str] = []
    given = [Line(text, number, "a") for number, text in enumerate(lines, start=1)]
    assert list(watched(iter(given), told.append)) == given
    assert told == ([form] if form else [])


def test_no_line_waits_for_the_next() -> None:
    asked = []

    def lines() -> Iterator[Line]:
        for number in range(1, 4):
            asked.append(number)
            yield Line("id,text", number, "a")

    for line in watched(lines(), print):
        assert asked[-1] == line.number
