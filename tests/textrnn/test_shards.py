"""Shards: found, answered once, gone on with, and the same over Ray when a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

import textrnn
from terminal import TEXTRNN
from textrnn.errors import ConfigurationError, InputError
from textrnn.serving.answer_folder import AnswerFolder
from textrnn.serving.shards import Shard, ShardReport, ShardSettings, answer_shards, find_shards
from waiting import LONGEST_S, wait_for

pytestmark = pytest.mark.train


def files(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a dull film\n\na lovely song\n", "utf-8")
    return folder


def visible(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if not name.startswith(".")]


def names(shards: list[Shard], folder: Path) -> dict[str, str]:
    return {s.source.name: str(s.target.relative_to(folder)) for s in shards}


def test_folders_patterns_and_files_are_found(tmp_path: Path) -> None:
    here = files(tmp_path / "in", "a.txt", "sub/b.jsonl.gz", "sub/c.parquet", "notes.md", "x.CSV")
    out = tmp_path / "out"
    all_four = {"a.txt": "a.jsonl", "b.jsonl.gz": "sub/b.jsonl", "c.parquet": "sub/c.parquet"}
    all_four["x.CSV"] = "x.jsonl"
    left: list[Path] = []
    assert names(find_shards([str(here)], out, left.append), out) == all_four
    assert left == [here / "notes.md"]
    assert names(find_shards([str(here)], out), out) == all_four
    found = find_shards([str(here / "**" / "*.gz"), str(here / "sub" / "b.jsonl.gz")][:1], out)
    assert names(found, out) == {"b.jsonl.gz": "sub/b.jsonl"}
    assert names(find_shards([str(here / "notes.md")], out), out) == {"notes.md": "notes.jsonl"}
    assert len(find_shards([str(here), str(here / "sub")], out)) == 4
    assert names(find_shards([str(tmp_path / "i*")], out), out) == {
        name: f"in/{target}" for name, target in all_four.items()
    }


def test_endings_in_capitals_and_other_names_for_json_lines_are_known(tmp_path: Path) -> None:
    files(tmp_path, "A.TXT.GZ", "b.NDJSON", "c.json")
    found = find_shards([str(tmp_path), str(tmp_path / "c.json")], tmp_path / "out")
    assert names(found, tmp_path / "out") == {
        "A.TXT.GZ": "A.jsonl",
        "b.NDJSON": "b.jsonl",
        "c.json": "c.jsonl",
    }


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    here, other = files(tmp_path / "in", "a.txt"), files(tmp_path / "other", "a.txt")
    with pytest.raises(InputError, match=r"both be answered in .*a\.txt\.jsonl; rename one, or"):
        find_shards([str(here), str(other)], tmp_path / "out")
    for nothing in ("nowhere/*", "nowhere.txt"):
        with pytest.raises(InputError, match=r"nowhere.*: there is no such file or folder"):
            find_shards([nothing], tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: there are no shards"):
        find_shards([str(tmp_path / "empty")], tmp_path / "out")


def test_answers_are_no_shards(tmp_path: Path) -> None:
    """Folders of answers may lie within that of the texts, and are never read."""
    other = files(tmp_path / "in", "earlier/a.jsonl", "earlier/answered.log") / "earlier"
    assert other.is_dir()
    here = files(tmp_path / "in", "a.txt", "out/a.jsonl")
    assert names(find_shards([str(here)], here / "out"), here / "out") == {"a.txt": "a.jsonl"}
    for read, out in (
        (here / "out" / "a.jsonl", here / "out"),
        (here / "a.txt", here),
        (here, here),
    ):
        with pytest.raises(InputError, match=f"{out}: the answers may not lie where {read} is"):
            find_shards([str(read)], out)


def test_shards_of_like_names_keep_their_endings(tmp_path: Path) -> None:
    here, out = files(tmp_path / "in", "a.csv", "a.txt", "b.txt", "s/a.txt.gz"), tmp_path / "out"
    wanted = {"a.csv": "a.csv.jsonl", "a.txt": "a.txt.jsonl", "b.txt": "b.jsonl"}
    wanted["a.txt.gz"] = "s/a.jsonl"
    assert names(find_shards([str(here)], out), out) == wanted
    files(out, *wanted.values())
    assert names(find_shards([str(here)], out), out) == wanted
    files(here, "b.jsonl")  # b.txt alone was answered under the short name
    with pytest.raises(InputError, match=r"out/b\.jsonl: has the answers of one file only"):
        find_shards([str(here)], out)


def test_hidden_files_are_left_out_and_named(tmp_path: Path) -> None:
    here, out = files(tmp_path / ".in", "a.txt", ".b.txt", ".git/c.txt", "s/.d/e.csv"), tmp_path
    left: list[Path] = []
    found = find_shards([str(here)], out / "out", left.append)
    assert [shard.source for shard in found] == [here / "a.txt"]
    assert sorted(left) == [here / ".b.txt", here / ".git" / "c.txt", here / "s/.d/e.csv"]
    assert len(find_shards([str(here / ".b.txt")], out / "out")) == 1


def answer(inputs: Path, out: Path, settings: ShardSettings) -> list[ShardReport]:
    with AnswerFolder(out, settings) as folder:
        shards = [s for s in find_shards([str(inputs)], out) if not folder.is_answered(s)]
        reports: list[ShardReport] = []
        answer_shards(shards, settings, reports.append)
        for report in reports:
            if not report.error:
                folder.note(report)
    return reports


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_answers_stand_beside_what_was_there(tiny_bundle: Path, tmp_path: Path) -> None:
    here = files(tmp_path / "in", "a.txt")
    rows = [
        {"text": "a dull film", "id": 7, "label": "mine"},
        {"text": "a lovely song", "id": None},
    ]
    (here / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    table = pyarrow.Table.from_pylist(rows)
    pyarrow.parquet.write_table(table, here / "c.parquet")
    reports = answer(here, tmp_path / "out", ShardSettings(str(tiny_bundle), "classifier"))
    assert [report.records for report in reports] == [2, 2, 2]
    plain = records(tmp_path / "out" / "a.jsonl")
    assert [(r["line"], r["label"]) for r in plain] == [(1, "negative"), (3, "positive")]
    found = records(tmp_path / "out" / "b.jsonl")
    assert [(r["id"], r["label"]) for r in found] == [(7, "negative"), (None, "positive")]
    assert found[0]["given_label"] == "mine"
    columns = pyarrow.parquet.read_table(tmp_path / "out" / "c.parquet").to_pylist()
    assert [(r["id"], r["label"]) for r in columns] == [(7, "negative"), (None, "positive")]
    assert columns[0]["given_label"] == "mine"
    assert sum(columns[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_records_without_a_text_are_answered_with_an_error(
    tiny_bundle: Path, tiny_tagger: Path, tmp_path: Path
) -> None:
    """And no time or type of a Parquet file is lost."""
    here, out = tmp_path / "in", tmp_path / "out"
    here.mkdir()
    texts = ["a dull film", "", None, "a lovely song"]
    at = pyarrow.array([1, None, 3, 1_600_000_000_123_456_789], pyarrow.timestamp("ns", "UTC"))
    table = pyarrow.table({"review": texts, "at": at, "error": ["mine"] * 4})
    pyarrow.parquet.write_table(table, here / "a.parquet")
    rows = [{"text": t, "id": i} for i, t in enumerate(texts)] + [{"id": 4}, {"text": 5, "id": 5}]
    (here / "b.json").write_text(json.dumps(rows), "utf-8")
    (here / "c.csv").write_text('id;review\n1;"a dull\nfilm"\n2;\n', "utf-16")
    first, second, third = answer(here, out, ShardSettings(str(tiny_bundle), "classifier"))
    assert [(r.records, r.textless, r.error) for r in (first, second, third)] == [
        (4, 2, ""), (6, 4, ""), (2, 1, ""),
    ]  # fmt: skip
    found = pyarrow.parquet.read_table(out / "a.parquet")
    assert found.column("at").equals(table.column("at"))
    assert found.column("given_error").to_pylist() == ["mine"] * 4
    assert found.column("label").to_pylist() == ["negative", None, None, "positive"]
    assert found.column("error").to_pylist() == [
        None, "an empty text", "no text under review", None,
    ]  # fmt: skip
    assert [(r["id"], r["label"], r.get("error", "")) for r in records(out / "b.jsonl")] == [
        (0, "negative", ""),
        (1, None, "an empty text"),
        (2, None, "no text under text"),
        (3, "positive", ""),
        (4, None, "no field text/sentence/review/content; there are: id"),
        (5, None, "no text under text"),
    ]
    assert [(r["id"], r["review"], r["label"]) for r in records(out / "c.jsonl")] == [
        ("1", "a dull\nfilm", "negative"), ("2", "", None),
    ]  # fmt: skip
    tagged = answer(here, tmp_path / "tagged", ShardSettings(str(tiny_tagger), "tagger"))
    assert [r.textless for r in tagged] == [2, 4, 1]
    assert records(tmp_path / "tagged" / "b.jsonl")[1]["entities"] == []


def test_records_that_are_no_objects_do_not_lose_their_shard(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    here, out = tmp_path / "in", tmp_path / "out"
    here.mkdir()
    lines = ["null", '{"text": "a lovely song", "score": NaN}', '"x"', '{"text": NaN}']
    (here / "a.jsonl").write_text("\n".join(lines), "utf-8")
    (here / "b.json").write_text(f"[{','.join(lines)}]", "utf-8")
    (here / "none.jsonl").write_text('null\n"x"\n', "utf-8")
    *both, none = answer(here, out, ShardSettings(str(tiny_bundle), "classifier"))
    assert none.error.endswith("none.jsonl: line 1 is no object")
    for report, unit in zip(both, ("line", "record"), strict=True):
        assert (report.records, report.textless, report.error) == (4, 3, "")
        first, second, third, fourth = records(Path(report.target))
        assert (first["record"], first["label"]) == (None, None)
        assert first["error"] == f"{unit} 1 is no object"
        assert (second["text"], second["score"]) == ("a lovely song", None)
        assert (second["label"], "error" in second) == ("positive", False)
        assert (third["record"], third["error"]) == ("x", f"{unit} 3 is no object")
        assert fourth["error"] == "no text under text"


def test_a_tagger_answers_parquet_without_a_name_in_it(tiny_tagger: Path, tmp_path: Path) -> None:
    table = pyarrow.table({"body": ["...", "Anna met Otto in Oslo."]})
    (tmp_path / "in").mkdir()
    pyarrow.parquet.write_table(table, tmp_path / "in" / "a.parquet")
    settings = ShardSettings(str(tiny_tagger), "tagger", text_field="body", options={"readings": 2})
    (report,) = answer(tmp_path / "in", tmp_path / "out", settings)
    assert report.error == ""
    first, second = pyarrow.parquet.read_table(tmp_path / "out" / "a.parquet").to_pylist()
    assert first["entities"] == []
    assert len(second["readings"]) == 2


def test_a_bad_shard_is_named_and_the_others_are_answered(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    here = files(tmp_path / "in", "good.txt")
    (here / "bad.jsonl").write_text('{"text": "fine"}\n{"body": 1\n', "utf-8")
    (here / "cut.parquet").write_bytes(b"PAR1 and then nothing")
    (here / "odd.txt").write_bytes(b"fine\n\xff\n")
    (here / "deep.jsonl").write_text("[" * 100_000, "utf-8")
    twice = pyarrow.table([["fine"], ["well"]], names=["text", "text"])
    pyarrow.parquet.write_table(twice, here / "twice.parquet")
    settings = ShardSettings(str(tiny_bundle), "classifier")
    errors = {Path(r.source).name: r.error for r in answer(here, tmp_path / "out", settings)}
    assert "bad.jsonl: line 2: not JSON" in errors["bad.jsonl"]
    assert "not a whole Parquet file" in errors["cut.parquet"]
    assert "line 2, byte 5: not valid UTF-8" in errors["odd.txt"]
    assert "deep.jsonl: line 1: JSON with more than 100 levels" in errors["deep.jsonl"]
    assert "several columns are called 'text'" in errors["twice.parquet"]
    assert errors["good.txt"] == ""
    assert sorted(visible(tmp_path / "out")) == ["answered.log", "good.jsonl", "run.json"]


def test_each_text_is_answered_by_the_model_of_its_language(tmp_path: Path) -> None:
    here = tmp_path / "in"
    here.mkdir()
    (here / "a.txt").write_text("a fine film\n房间很脏\nDas war sehr schön.\n", "utf-8")
    (here / "b.jsonl").write_text('{"text": "服务很差"}\n{"text": "7"}\n', "utf-8")
    first, second = answer(here, tmp_path / "out", ShardSettings("", "classifier", threads=1))
    assert json.loads(first.foreign) == [{"de": 1}, f"{here / 'a.txt'}:3", ["sentiment-en"]]
    assert second.foreign == ""
    found = [
        json.loads(line)
        for name in ("a.jsonl", "b.jsonl")
        for line in (tmp_path / "out" / name).read_text("utf-8").splitlines()
    ]
    assert [record["language"] for record in found] == ["en", "zh", "de", "zh", "zh"]
    assert [record["label"] for record in found[:2]] == ["positive", "negative"]
    assert found[3]["label"] == "negative"


def test_half_a_pair_of_surrogates_comes_back_as_it_was(tiny_bundle: Path, tmp_path: Path) -> None:
    here = tmp_path / "in"
    here.mkdir()
    line = r'{"text": "a lovely \ud800 song"}'
    (here / "a.jsonl").write_text(line + "\n", "utf-8")
    (report,) = answer(here, tmp_path / "out", ShardSettings(str(tiny_bundle), "classifier"))
    assert report.error == ""
    assert records(tmp_path / "out" / "a.jsonl")[0]["text"] == "a lovely \ud800 song"


def test_no_field_of_a_record_is_lost(tiny_bundle: Path, tmp_path: Path) -> None:
    here = tmp_path / "in"
    here.mkdir()
    record = {"text": "a lovely song", "label": "x", "given_label": "y"}
    (here / "a.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([record]), here / "b.parquet")
    answer(here, tmp_path / "out", ShardSettings(str(tiny_bundle), "classifier"))
    (found,) = records(tmp_path / "out" / "a.jsonl")
    assert (found["given_given_label"], found["given_label"]) == ("x", "y")
    (row,) = pyarrow.parquet.read_table(tmp_path / "out" / "b.parquet").to_pylist()
    assert (row["given_given_label"], row["given_label"]) == ("x", "y")


def test_answered_shards_are_left_alone(tiny_bundle: Path, tmp_path: Path) -> None:
    here, out = files(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "out"
    settings = ShardSettings(str(tiny_bundle), "classifier")
    first, _ = answer(here, out, settings)
    (out / "b.jsonl").write_text("untouched", "utf-8")
    (out / "a.jsonl").unlink()
    assert answer(here, out, settings) == [first]
    assert (out / "b.jsonl").read_text("utf-8") == "untouched"
    other = ShardSettings(str(tiny_bundle), "classifier", options={"abstain": 0.9})
    with pytest.raises(ConfigurationError, match=r"run with other settings \(options; see run"):
        answer(here, out, other)
    with pytest.raises(ConfigurationError, match="tiny is a classifier, not a tagger"):
        answer(here, tmp_path / "new", ShardSettings(str(tiny_bundle), "tagger"))


def test_a_shard_that_changed_is_answered_again(tiny_bundle: Path, tmp_path: Path) -> None:
    here, out = files(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "out"
    settings = ShardSettings(str(tiny_bundle), "classifier")
    answer(here, out, settings)
    with (here / "a.txt").open("a", encoding="utf-8") as file:
        file.write("an awful soup\n")
    (report,) = answer(here, out, settings)
    assert (report.name, report.records) == (str(here / "a.txt"), 3)
    assert answer(here, out, settings) == []
    # Another file of the same name is not taken for it.
    there = files(tmp_path / "elsewhere", "b.txt")
    with pytest.raises(
        ConfigurationError, match=r"b\.jsonl: holds the answers of .*in/b\.txt, not"
    ):
        answer(there, out, settings)


def test_answers_that_nobody_noted_are_given_again(tiny_bundle: Path, tmp_path: Path) -> None:
    """As after a run that was killed between the answers and the note, or in its midst."""
    here, out = files(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "out"
    settings = ShardSettings(str(tiny_bundle), "classifier")
    answer(here, out, settings)
    notes = (out / "answered.log").read_text("utf-8")
    (out / "answered.log").write_text(notes[:-20], "utf-8")
    (out / "b.jsonl").write_text("of old", "utf-8")
    (report,) = answer(here, out, settings)
    assert report.records == len(records(out / "b.jsonl")) == 2
    assert answer(here, out, settings) == []


NO_NOTES = {
    "deep": "[" * 100_000,
    "a list": "[1, 2]",
    "a number": "7",
    "nothing": "",
    "cut": '{"model": "x", "tas',
    "NaN": '{"model": NaN}',
    "other keys": '{"a": 1}',
    "latin": b"\xff\xfe{}",
    "zeros": "\0" * 500,
}


@pytest.mark.parametrize("what", NO_NOTES)
def test_notes_that_are_damaged_are_named_or_done_again(
    tiny_bundle: Path, tmp_path: Path, what: str
) -> None:
    here, out = files(tmp_path / "in", "a.txt"), tmp_path / "out"
    settings = ShardSettings(str(tiny_bundle), "classifier")
    answer(here, out, settings)
    content = NO_NOTES[what]
    damaged = content if isinstance(content, bytes) else content.encode()
    notes = (out / "answered.log").read_bytes()
    (out / "answered.log").write_bytes(damaged + b"\n" + notes)
    if what == "latin":
        with pytest.raises(InputError, match="out: cannot be used for answers: 'utf-8' codec"):
            answer(here, out, settings)
        return
    assert answer(here, out, settings) == []  # the other line says so
    (out / "answered.log").write_bytes(damaged)
    assert len(answer(here, out, settings)) == 1
    (out / "run.json").write_bytes(damaged)
    with pytest.raises((InputError, ConfigurationError), match=r"run\.json"):
        AnswerFolder(out, settings)
    (out / "run.json").unlink()
    os.mkfifo(out / "run.json")
    with pytest.raises(InputError, match=r"run\.json: not a file"):
        AnswerFolder(out, settings)


def test_a_folder_in_which_a_run_died_at_once_is_taken(tiny_bundle: Path, tmp_path: Path) -> None:
    out = files(tmp_path / "out", ".lock", ".run.json-0123abcd.partial")
    with AnswerFolder(out, ShardSettings(str(tiny_bundle), "classifier")):
        assert (out / "run.json").exists()


def test_a_folder_with_something_else_in_it_is_refused(tiny_bundle: Path, tmp_path: Path) -> None:
    out = files(tmp_path / "out", "a.jsonl")
    with pytest.raises(ConfigurationError, match=r"out: holds other files \(a\.jsonl\); name an"):
        AnswerFolder(out, ShardSettings(str(tiny_bundle), "classifier"))


def test_settings_may_change_until_there_are_answers(tiny_bundle: Path, tmp_path: Path) -> None:
    here, out = tmp_path / "in", tmp_path / "out"
    here.mkdir()
    (here / "a.txt").write_bytes("a naïve film\n".encode("latin-1"))
    settings = ShardSettings(str(tiny_bundle), "classifier")
    assert "not valid UTF-8" in answer(here, out, settings)[0].error
    settings = ShardSettings(str(tiny_bundle), "classifier", encoding="latin-1")
    assert answer(here, out, settings)[0].error == ""


def test_partials_are_dropped_and_nothing_else(tiny_bundle: Path, tmp_path: Path) -> None:
    with AnswerFolder(tmp_path / "out", ShardSettings(str(tiny_bundle), "classifier")) as folder:
        files(tmp_path / "out", "sub/.a.jsonl-0123abcd.partial", ".mine.partial")
        folder.drop_partials()
    assert sorted(os.listdir(tmp_path / "out")) == [".mine.partial", "run.json", "sub"]
    assert os.listdir(tmp_path / "out" / "sub") == []


def test_pipes_and_devices_are_no_shards(tmp_path: Path) -> None:
    pipe = tmp_path / "a.txt"
    os.mkfifo(pipe)
    for given in (str(pipe), "/dev/zero", str(tmp_path / "*.txt")):
        with pytest.raises(InputError, match="a pipe or a device, which is no shard"):
            find_shards([given], tmp_path / "out")
    assert find_shards([str(files(tmp_path / "in", "b.txt"))], tmp_path / "out")


def test_answers_never_lie_where_the_texts_do(tmp_path: Path) -> None:
    here, out = files(tmp_path / "in", "a.txt", "b.jsonl"), tmp_path / "out"
    out.mkdir()
    for link in (os.link, os.symlink):
        link(here / "b.jsonl", out / "a.jsonl")
        with pytest.raises(InputError, match=r"a\.jsonl: is a link to what is read; name another"):
            find_shards([str(here)], out)
        (out / "a.jsonl").unlink()
    assert len(find_shards([str(here)], out)) == 2


AT_WORK = """
import sys, time
from pathlib import Path
from textrnn.serving.answer_folder import AnswerFolder
from textrnn.serving.shards import ShardSettings
options = {"batch_size": 16, "abstain": 0.0, "mode": "adaptive"}
with AnswerFolder(Path("out"), ShardSettings(sys.argv[1], "classifier", options=options)):
    Path("begun").touch()
    time.sleep(600)
"""


def test_a_folder_is_one_runs_at_a_time(tiny_bundle: Path, tmp_path: Path) -> None:
    """And nobody's any more when that run was killed."""
    files(tmp_path / "in", "a.txt", "b.txt")
    call = [*TEXTRNN, "classify", "--model", str(tiny_bundle), "--output-folder", "out"]
    subprocess.run([*call, "in/a.txt"], cwd=tmp_path, check=True, capture_output=True)
    first = subprocess.Popen([sys.executable, "-c", AT_WORK, str(tiny_bundle)], cwd=tmp_path)
    try:
        wait_for((tmp_path / "begun").exists, by=first)
        second = subprocess.run(
            [*call, "in/a.txt"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
    finally:
        first.kill()
        first.wait()
    assert second.stderr == (
        "textrnn: error: out: another run is writing its answers there; wait for its end, or name "
        "another folder\n"
    )
    assert second.returncode == 2
    third = subprocess.run(
        [*call, "in/a.txt"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert third.stderr == "0 shards with 0 records answered, 1 answered before\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--output-folder", "out"], "--output-folder needs a FILE, folder or pattern"),
        (["-", "--output-folder", "out"], "standard input is no shard"),
        (["in", "--text-field", "body"], "in: a folder, not a file"),
        (["in", "--address", "auto"], "--address is for --engine ray"),
        (["in", "--output-folder", "out", "--top-k", "1"], "does not go with --top-k"),
        (["nowhere.txt", "--output-folder", "out"], "nowhere.txt: there is no such file"),
    ],
)
def test_calls_that_mean_nothing_are_refused(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    files(tmp_path / "in", "a.txt")
    done = subprocess.run(
        [*TEXTRNN, "classify", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert not (tmp_path / "out").exists()


def test_a_run_says_what_failed_and_goes_on(tiny_bundle: Path, tmp_path: Path) -> None:
    here = files(tmp_path / "in", "good.txt")
    (here / "bad.jsonl").write_text("no JSON\n", "utf-8")
    call = [*TEXTRNN, "classify", "in", "--model", str(tiny_bundle), "--output-folder", "out"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert said[0].startswith("textrnn: in/bad.jsonl: line 1: not JSON")
    assert said[1:] == [
        "in/good.txt: 2 records",
        "1 shard with 2 records answered",
        "textrnn: error: 1 of 2 shards could not be answered",
    ]
    (here / "bad.jsonl").write_text('{"text": "a dull film"}\n', "utf-8")
    again = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert again.stderr.splitlines() == [
        "in/bad.jsonl: 1 record",
        "1 shard with 1 record answered, 1 answered before",
    ]


def test_over_ray_nothing_is_lost_or_doubled_when_a_worker_is_killed(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    here = tmp_path / "in"
    here.mkdir()
    for number in range(8):
        lines = (f"a dull film {number} {line} and a lovely song\n" for line in range(1500))
        (here / f"{number}.txt").write_text("".join(lines), "utf-8")
    call = [*TEXTRNN, "classify", "in", "--model", str(tiny_bundle)]
    local = [*call, "--output-folder", "local"]
    subprocess.run(local, cwd=tmp_path, check=True, capture_output=True)
    process = subprocess.Popen(
        [*call, "--output-folder", "ray", "--engine", "ray"], cwd=tmp_path, stderr=subprocess.PIPE
    )
    wait_for(lambda: list(tmp_path.glob("ray/*.jsonl")), by=process)
    # So that an actor dies in the middle of a shard:
    wait_for(lambda: list(tmp_path.glob("ray/.*.partial")), by=process)
    killed = kill_worker(process.pid)
    _, messages = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0, messages.decode()
    assert killed
    assert b"8 shards with 12,000 records answered" in messages
    for number in range(8):
        name = f"{number}.jsonl"
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()
    left = [name for name in os.listdir(tmp_path / "ray") if not name.endswith(".jsonl")]
    assert sorted(left) == ["answered.log", "run.json"]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a Ray cluster that was there before."""
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # whatever tokens lie on this machine
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"]
    head = subprocess.Popen(
        [*start, f"--port={port}", "--num-cpus=2", "--include-dashboard=false"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"127.0.0.1:{port}"
    finally:  # at once: asked to end, it would wait half a minute for work to come
        for number in [*processes_below(head.pid), head.pid]:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        head.wait()


def test_on_a_cluster_by_its_address(cluster: str, tiny_bundle: Path, tmp_path: Path) -> None:
    here = files(tmp_path / "in", *(f"{number}.txt" for number in range(4)))
    call = [*TEXTRNN, "classify", "in", "--model", str(tiny_bundle), "--output-folder"]
    subprocess.run([*call, "local"], cwd=tmp_path, check=True, capture_output=True)
    on_ray = [*call, "ray", "--engine", "ray", "--address", cluster]
    deadline = time.monotonic() + LONGEST_S
    while True:  # the cluster takes its time to come up, and Ray tries for a while
        done = subprocess.run(on_ray, cwd=tmp_path, capture_output=True, text=True, check=False)
        if "no cluster answers" not in done.stderr or time.monotonic() > deadline:
            break
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "4 shards with 8 records answered"
    for shard in sorted(here.iterdir()):
        name = f"{shard.stem}.jsonl"
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()


def kill_worker(driver: int) -> int:
    """Kill one of the actors that a driver has started; its process number, or 0."""
    for number in processes_below(driver):
        with suppress(FileNotFoundError, ProcessLookupError):  # another that has just ended
            if Path(f"/proc/{number}/cmdline").read_bytes().startswith(b"ray::Map"):
                os.kill(number, signal.SIGKILL)
                return number
    return 0


def processes_below(process: int) -> Iterator[int]:
    """What a process has started, and what that has, and so on."""
    for folder in Path("/proc").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            if folder.name.isdigit() and process in above(int(folder.name)):
                yield int(folder.name)


def above(process: int) -> list[int]:
    """The process that started a process, the one that started that, and so on."""
    found = []
    while process > 1:
        status = Path(f"/proc/{process}/stat").read_text("utf-8")
        process = int(status.rpartition(")")[2].split()[1])
        found.append(process)
    return found


def test_words_beside_a_text_change_nothing(tiny_tagger: Path, tmp_path: Path) -> None:
    record = {"text": "Anna met Otto in Oslo.", "words": ["In", "Oslo", "Anna", "met", "Otto"]}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    head = textrnn.load(tiny_tagger, threads=1)
    (right,) = head.answer([record["text"]])
    for field in (None, "text"):
        out, settings = tmp_path / str(field), ShardSettings(str(tiny_tagger), "tagger", field)
        (report,) = answer(tmp_path / "in", out, settings)
        assert report.error == ""
        (found,) = map(json.loads, (out / "a.jsonl").read_text("utf-8").splitlines())
        assert found == {**record, **right.in_language("en").columns()}
