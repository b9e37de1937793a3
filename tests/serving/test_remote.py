"""Commands that ask a service write what they write by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from calling import textrnn_in
from serving import Client, served
from textrnn.serving.http.limits import Limits

MODELS = ["sentiment-en", "sentiment-zh", "ner-en", "ner-zh", "poetry-zh", "prose-en", "town-load"]
LOAD = Path(__file__).parents[2] / "docs" / "samples" / "load.csv"
TEXTS = [
    "A wonderful film.",
    "房间很脏，不推荐",
    "5",
    "Marie Curie left Warsaw.",
    "昨天在北京",
] * 15


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with served(MODELS, limits=Limits(texts=20)) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "texts.txt").write_text("\n".join(TEXTS) + "\n", "utf-8")
    (tmp_path / "rows.csv").write_text('id,text\n7,"A dull, long film."\n8,\n9,好\n', "utf-8")
    (tmp_path / "words.conll").write_text("Ada B-PER\nspoke O\n\n北京 B-LOC\n", "utf-8")
    (tmp_path / "load.csv").write_bytes(LOAD.read_bytes())
    (tmp_path / "seeds.txt").write_text("床前明月光\nIt was\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "call",
    [
        "classify texts.txt",
        "classify texts.txt --format jsonl --abstain 0.8",
        "classify rows.csv --format csv",
        "classify texts.txt --model sentiment-en --format json",
        "tag texts.txt --format jsonl --readings 2",
        "tag texts.txt --format conll --labels LOC",
        "tag texts.txt --format html",
        "tag words.conll --pretokenized --format conll",
        "generate --seed 床前明月光 --form 五绝 --rhyme --random-state 3",
        "generate --seed 床前明月光 --form 五绝 --random-state 3 --num 3 --format jsonl",
        "generate --acrostic 春夏秋冬 --form 七绝 --random-state 3",
        "generate --seed The --length 20 --beam 2 --random-state 1 --format json",
        "generate --seed The --length 20 --temperature 0.7,0.9 --random-state 1",
        "generate --seed-file seeds.txt --length 20 --random-state 1 --format jsonl",
        "forecast town-load load.csv --horizon 30 --format csv",
        "forecast town-load load.csv --interval 0.8 --format table",
    ],
)
def test_the_output_is_the_same(client: Client, folder: Path, call: str) -> None:
    here = textrnn_in(folder, *call.split())
    there = textrnn_in(folder, *call.split(), "--server", client.address)
    assert (here.returncode, there.returncode) == (0, 0)
    assert there.stdout == here.stdout != ""


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        ("classify texts.txt --model prose-fr", 2, "serves no classifier 'prose-fr'; it serves"),
        ("tag --text Ada --labels PRE", 2, "did you mean 'PER'?"),
        ("generate --seed The --temperature -1", 2, "temperature"),
        ("generate --seed The --novelty", 2, "--novelty needs the model here"),
        ("classify texts.txt --output-folder out", 2, "does not go with --server"),
        ("classify texts.txt --threads 2", 2, "--threads does not go with --server"),
        ("tag texts.txt --batch-size 128", 2, "--batch-size does not go with --server"),
        ("generate --seed The --threads 1", 2, "--threads does not go with --server"),
        ("translate texts.txt --threads 1", 2, "--threads does not go with --server"),
    ],
)
def test_what_is_wrong_is_told_as_ever(
    client: Client, folder: Path, call: str, code: int, said: str
) -> None:
    done = textrnn_in(folder, *call.split(), "--server", client.address)
    assert (done.returncode, said in done.stderr) == (code, True)


def test_a_service_that_is_not_there_is_named(folder: Path) -> None:
    done = textrnn_in(folder, "classify", "texts.txt", "--server", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.startswith("textrnn: error: http://127.0.0.1:9 cannot be asked: ")
    for url in ("localhost:8000", "http://localhost:99999", "http://localhost:no", "http://[::1"):
        done = textrnn_in(folder, "classify", "texts.txt", "--server", url)
        assert done.returncode == 2
        assert f"expected a URL, as http://127.0.0.1:8000; received {url!r}" in done.stderr


def test_the_token_comes_from_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = ["classify", "--text", "Fine.", "--server"]
    with served(["sentiment-en"], token="s3cret") as client:
        refused = textrnn_in(folder, *call, client.address)
        assert (refused.returncode, "TEXTRNN_TOKEN" in refused.stderr) == (2, True)
        monkeypatch.setenv("TEXTRNN_TOKEN", "s3cret")
        assert textrnn_in(folder, *call, client.address).stdout.startswith("positive\t")


def test_the_pair_of_languages_chooses_among_the_models_of_a_service(tmp_path: Path) -> None:
    texts = ["--text", "早上好。", "--text", "7", "--text", "Good morning."]
    with served(["zh-en", "en-zh", "classical-zh"]) as client:
        for call in (["zh", *texts], ["EN", *texts[:4], "--format", "jsonl"], ["en", *texts[2:]]):
            here = textrnn_in(tmp_path, "translate", "--to", *call)
            there = textrnn_in(tmp_path, "translate", "--to", *call, "--server", client.address)
            assert (there.returncode, there.stdout) == (here.returncode, here.stdout)
            assert there.stderr == here.stderr
        call = ["translate", "--to", "fr", *texts, "--server", client.address]
        assert "no model translates into 'fr'; there are: " in textrnn_in(tmp_path, *call).stderr
    with served(["zh-en"]) as client:
        there = textrnn_in(tmp_path, "translate", "--to", "zh", *texts, "--server", client.address)
    assert (there.returncode, there.stdout) == (2, "")
    assert "no model translates into 'zh'; there are: zh-en (zh to en)" in there.stderr
