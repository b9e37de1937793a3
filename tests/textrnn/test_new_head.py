"""Heads that nobody has heard of are loaded, routed, served and measured by one line in TASKS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet
import pytest
from click.testing import CliRunner
from toy_head import SeriesMean, VowelCounter, VowelNetwork

import textrnn
from textrnn import catalog
from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.catalog import described_network
from textrnn.cli.main import cli
from textrnn.configuration import setting
from textrnn.errors import BundleError, ConfigurationError
from textrnn.network import Embedding
from textrnn.serving.answer_folder import answer_into
from textrnn.serving.shards import ShardReport, ShardSettings, ShardWorker, find_shards
from textrnn.training.card import write_card
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.initial import sizes_of_model


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of the toy's, with its line in TASKS."""
    monkeypatch.setitem(catalog.TASKS, "vowels", "toy_head:VowelCounter")
    return write_toy(tmp_path / "toy", "vowels")


def write_toy(folder: Path, task: str) -> Path:
    """A bundle of a task that TASKS has."""
    made = {"texts": 0, "validation_texts": 0, "best_epoch": 1, "elapsed_s": 0}
    manifest = Manifest("toy", task, "en", (), VowelNetwork().as_dict(), {}, made)
    write_bundle(folder, manifest, {"README.md": write_card(manifest).encode()})
    return folder


def test_it_is_loaded_and_described(model: Path) -> None:
    with textrnn.load(model) as head:
        assert type(head) is VowelCounter
        assert [found.count for found in head.answer(["aha", "", "hm"])] == [2, 0, 0]
    assert described_network(Bundle.open(model)) == VowelNetwork()
    card = Bundle.open(model).card()
    assert "| head | counts |" in card
    assert "encoder" not in card
    assert 'model = textrnn.load("toy")' in card
    assert 'model.answer(["…"])' in card


def test_without_its_line_it_is_unknown(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(catalog.TASKS, "vowels")
    with pytest.raises(BundleError, match="unknown task 'vowels'"):
        textrnn.load(model)


def test_none_begins_with_it_since_it_has_no_encoders(model: Path) -> None:
    with pytest.raises(ConfigurationError, match="toy has no embedding to begin with"):
        sizes_of_model(ClassifierPlan(), "classifier", model)


def test_a_plan_without_encoders_begins_with_no_model(tiny_bundle: Path) -> None:
    @dataclass(frozen=True)
    class BagPlan:
        embedding: Embedding = setting(Embedding())

    with pytest.raises(ConfigurationError, match="a bag has no encoders that begin with another"):
        sizes_of_model(BagPlan(), "bag", tiny_bundle)


def test_a_router_sends_it_texts(model: Path) -> None:
    router = textrnn.Router(VowelCounter, model=textrnn.load(model))
    found = list(router.stream(["a good meal", "房间很脏"], more=1))
    assert [(result.count, result.language) for result in found] == [(6, "en"), (1, "zh")]
    assert str(router.foreign).startswith("1 text is not in English")


def test_it_answers_folders(model: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text('{"id": 7, "text": "aha"}\n{"id": 8}\n', "utf-8")
    table = pyarrow.table({"text": ["oho", ""], "count": [5, 6]})
    pyarrow.parquet.write_table(table, tmp_path / "in" / "b.parquet")
    shards, done = find_shards([str(tmp_path / "in")], tmp_path / "out"), list[ShardReport]()
    settings = ShardSettings(str(model), "vowels", options={"more": 1})
    assert answer_into(tmp_path / "out", shards, settings, done.append) == 0
    assert [(report.records, report.textless, report.error) for report in done] == [(2, 1, "")] * 2
    first, second = (tmp_path / "out" / "a.jsonl").read_text("utf-8").splitlines()
    assert json.loads(first) == {
        "id": 7, "text": "aha", "language": "en", "count": 3, "share": 2 / 3,
    }  # fmt: skip
    assert json.loads(second)["error"].endswith(
        "no field text/sentence/review/content; there are: id"
    )
    answers = pyarrow.parquet.read_table(tmp_path / "out" / "b.parquet")
    assert answers.column_names == [
        "text", "given_count", "language", "count", "share", "error",
    ]  # fmt: skip
    assert answers.column("count").to_pylist() == [3, None]
    assert answer_into(tmp_path / "out", shards, settings, done.append) == 2


def test_one_that_reads_no_texts_answers_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(catalog.TASKS, "means", "toy_head:SeriesMean")
    model = write_toy(tmp_path / "series", "means")
    assert type(textrnn.load(model)) is SeriesMean
    (tmp_path / "in").mkdir()
    rows = ['{"id": 7, "values": [1, 2]}', '{"id": 8}', "[1, 2]", '{"values": [4.5]}']
    (tmp_path / "in" / "a.jsonl").write_text("\n".join(rows) + "\n", "utf-8")
    (tmp_path / "in" / "b.txt").write_text("a text\n", "utf-8")
    table = pyarrow.table({"values": [[1.0, 4.0], []], "mean": ["x", "y"]})
    pyarrow.parquet.write_table(table, tmp_path / "in" / "c.parquet")
    shards, done = find_shards([str(tmp_path / "in")], tmp_path / "out"), list[ShardReport]()
    settings = ShardSettings(str(model), "means")
    assert answer_into(tmp_path / "out", shards, settings, done.append) == 0
    found = [(report.records, report.textless, report.error, report.foreign) for report in done]
    assert found == [(4, 2, "", ""), (1, 1, "", ""), (2, 1, "", "")]
    lines = (tmp_path / "out" / "a.jsonl").read_text("utf-8").splitlines()
    first, second, third, last = map(json.loads, lines)
    assert first == {"id": 7, "values": [1, 2], "mean": 1.5}
    assert second == {"id": 8, "mean": None, "error": "a record: no numbers under values"}
    assert third["mean"] is None
    assert "no object" in third["error"]
    assert last == {"values": [4.5], "mean": 4.5}
    (told,) = (tmp_path / "out" / "b.jsonl").read_text("utf-8").splitlines()
    assert json.loads(told)["error"] == "a record: no numbers under values"
    answers = pyarrow.parquet.read_table(tmp_path / "out" / "c.parquet")
    assert answers.column_names == ["values", "given_mean", "mean", "error"]
    assert answers.column("mean").to_pylist() == [2.5, None]
    with pytest.raises(ConfigurationError, match="text_field: a means reads no texts"):
        ShardWorker(ShardSettings(str(model), "means", text_field="id"))


def test_it_is_evaluated(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "right.jsonl"
    file.write_text('{"text": "aha", "count": 2}\n{"text": "oh", "count": 5}\n', "utf-8")
    call = ["evaluate", str(model), str(file), "--report", str(tmp_path / "report")]
    shown = CliRunner().invoke(cli, call, catch_exceptions=False)
    assert shown.exit_code == 0
    assert [line.rstrip() for line in shown.stdout.splitlines()] == ["right 1 of 2", "wrong", "oh"]
    numbers = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert numbers == {"title": "toy on right.jsonl", "right": 1, "texts": 2, "wrong": ["oh"],
                       "pictures": []}  # fmt: skip
    assert (tmp_path / "report" / "report.md").read_text("utf-8").endswith("1 of 2\n")
