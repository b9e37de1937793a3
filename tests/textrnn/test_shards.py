"""Shards: found, answered once, gone on with, and the same over Ray when a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from textrnn.errors import ConfigurationError, InputError
from textrnn.shards import (
    Shard,
    ShardReport,
    ShardSettings,
    answer_shards,
    find_shards,
    prepare_folder,
)

pytestmark = pytest.mark.train

TEXTRNN = [sys.executable, "-c", "from textrnn.cli.main import main; main()"]


def files(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a dull film\n\na lovely song\n", "utf-8")
    return folder


def names(shards: list[Shard], folder: Path) -> dict[str, str]:
    return {s.source.name: str(s.target.relative_to(folder)) for s in shards}


def test_folders_patterns_and_files_are_found(tmp_path: Path) -> None:
    here = files(tmp_path / "in", "a.txt", "sub/b.jsonl.gz", "sub/c.parquet", "notes.md")
    out = tmp_path / "out"
    all_three = {"a.txt": "a.jsonl", "b.jsonl.gz": "sub/b.jsonl", "c.parquet": "sub/c.parquet"}
    assert names(find_shards([str(here)], out), out) == all_three
    found = find_shards([str(here / "**" / "*.gz"), str(here / "sub" / "b.jsonl.gz")][:1], out)
    assert names(found, out) == {"b.jsonl.gz": "sub/b.jsonl"}
    assert names(find_shards([str(here / "notes.md")], out), out) == {"notes.md": "notes.jsonl"}
    assert len(find_shards([str(here), str(here)], out)) == 3


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    here = files(tmp_path / "in", "a.txt", "a.jsonl")
    with pytest.raises(InputError, match=r"a\.jsonl and .*a\.txt would both be answered in"):
        find_shards([str(here)], tmp_path / "out")
    with pytest.raises(InputError, match=r"nowhere/\*: there are no shards"):
        find_shards(["nowhere/*"], tmp_path / "out")


def test_answers_are_no_shards(tmp_path: Path) -> None:
    """The folder of the answers may lie within that of the texts, and is never read."""
    here = files(tmp_path / "in", "a.txt", "out/a.jsonl")
    assert names(find_shards([str(here)], here / "out"), here / "out") == {"a.txt": "a.jsonl"}
    with pytest.raises(InputError, match=r"a\.jsonl: there are no shards .* outside"):
        find_shards([str(here / "out" / "a.jsonl")], here / "out")


def answer(inputs: Path, out: Path, settings: ShardSettings) -> list[ShardReport]:
    shards = find_shards([str(inputs)], out)
    prepare_folder(out, settings)
    reports: list[ShardReport] = []
    answer_shards(shards, settings, reports.append)
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
    (here / "bad.jsonl").write_text('{"text": "fine"}\n{"body": 1}\n', "utf-8")
    (here / "cut.parquet").write_bytes(b"PAR1 and then nothing")
    (here / "odd.txt").write_bytes(b"fine\n\xff\n")
    settings = ShardSettings(str(tiny_bundle), "classifier")
    errors = {Path(r.source).name: r.error for r in answer(here, tmp_path / "out", settings)}
    assert "record 2 has no text in its field 'text'" in errors["bad.jsonl"]
    assert "not a whole Parquet file" in errors["cut.parquet"]
    assert "line 2, byte 5: not valid UTF-8" in errors["odd.txt"]
    assert errors["good.txt"] == ""
    assert sorted(os.listdir(tmp_path / "out")) == ["good.jsonl", "run.json"]


def test_answered_shards_are_left_alone(tiny_bundle: Path, tmp_path: Path) -> None:
    here, out = files(tmp_path / "in", "a.txt", "b.txt"), tmp_path / "out"
    settings = ShardSettings(str(tiny_bundle), "classifier")
    whole = answer(here, out, settings)
    (out / "b.jsonl").write_text("untouched", "utf-8")
    (out / "a.jsonl").unlink()
    again = answer(here, out, settings)
    assert again[0] == whole[0]
    assert (out / "b.jsonl").read_text("utf-8") == "untouched"
    other = ShardSettings(str(tiny_bundle), "classifier", options={"abstain": 0.9})
    with pytest.raises(ConfigurationError, match="a run with other settings"):
        answer(here, out, other)
    with pytest.raises(ConfigurationError, match="tiny is a classifier, not a tagger"):
        answer(here, tmp_path / "new", ShardSettings(str(tiny_bundle), "tagger"))


def test_over_ray_nothing_is_lost_or_doubled_when_a_worker_is_killed(
    tiny_bundle: Path, tmp_path: Path
) -> None:
    here = tmp_path / "in"
    here.mkdir()
    for number in range(8):
        lines = (f"a dull film {number} {line} and a lovely song\n" for line in range(1500))
        (here / f"{number}.txt").write_text("".join(lines), "utf-8")
    call = [*TEXTRNN, "classify", "in", "--model", str(tiny_bundle)]
    local = [*call, "--output-folder", "local", "--threads", "1"]
    subprocess.run(local, cwd=tmp_path, check=True, capture_output=True)
    process = subprocess.Popen(
        [*call, "--output-folder", "ray", "--engine", "ray"], cwd=tmp_path, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("ray/*.jsonl")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed = kill_worker(process.pid)
    _, messages = process.communicate(timeout=240)
    assert process.returncode == 0, messages.decode()
    assert killed
    assert b"8 shards with 12,000 records answered" in messages
    for number in range(8):
        name = f"{number}.jsonl"
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()
    assert len(os.listdir(tmp_path / "ray")) == 9


def kill_worker(driver: int) -> int:
    """Kill one of the actors that a driver has started; its process number, or 0."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or not (folder / "cmdline").exists():
            continue
        number = int(folder.name)
        if (folder / "cmdline").read_bytes().startswith(b"ray::Map") and driver in above(number):
            os.kill(number, signal.SIGKILL)
            return number
    return 0


def above(process: int) -> list[int]:
    """The process that started a process, the one that started that, and so on."""
    found = []
    while process > 1:
        status = Path(f"/proc/{process}/stat").read_text("utf-8")
        process = int(status.rpartition(")")[2].split()[1])
        found.append(process)
    return found
