"""``textrnn translate``: rows out as rows in, in every format, with what each word looked at."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest
from small_bundles import small_translator

from calling import in_terminal, textrnn_in

TEXTS = "a fine film\n\n* * *\nA dull song! What a film\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(small_translator(tmp_path_factory.mktemp("small") / "small"))


def translate(folder: Path, model: str, *arguments: str, stdin: str = "") -> str:
    """What a call that succeeds writes."""
    done = textrnn_in(folder, "translate", "--model", model, *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(folder: Path, model: str, *arguments: str, stdin: str = "") -> str:
    """What a call says that is refused as wrong."""
    done = textrnn_in(folder, "translate", "--model", model, *arguments, stdin=stdin)
    assert done.returncode == 2
    return done.stderr


def test_plain_lines_are_as_many_as_were_read(tmp_path: Path, model: str) -> None:
    (tmp_path / "a.txt").write_text(TEXTS, "utf-8")
    out = translate(tmp_path, model, "a.txt")
    lines = out.split("\n")
    assert len(lines) == 5
    assert lines[1:3] == ["", "* * *"]
    assert translate(tmp_path, model, "-", stdin=TEXTS) == out
    assert translate(tmp_path, model, "--whole", "a.txt") == out + "\n"
    assert translate(tmp_path, model, "-", stdin="\n\n") == "\n\n"


def test_tables_keep_the_records_own_fields(tmp_path: Path, model: str) -> None:
    given = "id,text,translation\n7,a fine film,mine\n8,,\n"
    (tmp_path / "a.csv").write_text(given, "utf-8")
    rows = list(csv.DictReader(io.StringIO(translate(tmp_path, model, "a.csv", "--format", "csv"))))
    assert [row["id"] for row in rows] == ["7", "8"]
    assert [row["given_translation"] for row in rows] == ["mine", ""]
    assert [row["error"] for row in rows] == ["", "an empty text"]
    assert rows[0]["translation"] == translate(tmp_path, model, "--text", "a fine film")[:-1]
    assert float(rows[0]["score"]) < 0
    assert rows[1]["score"] == rows[1]["translation"] == ""
    tsv = translate(tmp_path, model, "a.csv", "--format", "tsv").splitlines()
    assert tsv[0].split("\t")[:3] == ["translation", "score", "text"]


def test_json_and_parquet_tell_score_and_alignment(tmp_path: Path, model: str) -> None:
    (tmp_path / "a.txt").write_text(TEXTS, "utf-8")
    arguments = ("a.txt", "--beam", "3", "--n-best", "2", "--format", "jsonl")
    rows = [json.loads(line) for line in translate(tmp_path, model, *arguments).splitlines()]
    assert [row["text"] for row in rows] == TEXTS.splitlines()
    assert [row["line"] for row in rows] == [1, 2, 3, 4]
    for row in rows:
        assert row["hypotheses"][0] == {"text": row["translation"], "score": row["score"]}
        for link in row["alignment"]:
            assert 0 <= link["start"] <= link["end"] <= len(row["translation"])
            assert row["text"][link["source_start"] : link["source_end"]]
            assert 0 < link["weight"] <= 1
    assert rows[0]["alignment"]
    translate(tmp_path, model, *arguments[:-2], "--output", "a.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    assert [row["translation"] for row in table] == [row["translation"] for row in rows]
    assert [row["alignment"] for row in table] == [row["alignment"] for row in rows]


def test_plain_lines_can_tell_pairs_and_ways(tmp_path: Path, model: str) -> None:
    line = translate(tmp_path, model, "--text", "a film", "--alignment")
    text, pairs = line.rstrip("\n").split("\t")
    found = [tuple(map(int, pair.split("-"))) for pair in pairs.split()]
    assert [target for _, target in found] == list(range(len(found)))
    assert all(0 <= source < len("a film") for source, _ in found)
    ways = translate(tmp_path, model, "--text", "a film", "--n-best", "3", "--beam", "4")
    scores = [float(way.split("\t")[0]) for way in ways.splitlines()]
    assert scores == sorted(scores, reverse=True)
    assert text


def test_a_terminal_shows_each_text_beside_its_translation(tmp_path: Path, model: str) -> None:
    call = ["translate", "--model", model, "--text", "a fine film", "--alignment"]
    code, shown = in_terminal(call, tmp_path)
    assert code == 0
    first, *_ = shown.splitlines()
    for name in ("line", "text", "translation", "score"):
        assert name in first
    assert "a fine film" in shown
    assert "←" in shown


def test_a_page_and_a_picture_show_the_attention(tmp_path: Path, model: str) -> None:
    harm = "<b>a film</b> & song"
    arguments = ("--text", harm, "--output", "a.html", "--plot", "a.png")
    translate(tmp_path, model, *arguments)
    page = (tmp_path / "a.html").read_text("utf-8")
    assert "<b>" not in page
    assert page.count('data-side="source"') == len(harm)
    assert "data-weights=" in page
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_wrong_calls_are_refused(tmp_path: Path, model: str) -> None:
    (tmp_path / "a.txt").write_text(TEXTS, "utf-8")
    assert "a beam of 2 finds no 3 texts" in refusal(
        tmp_path, model, "a.txt", "--beam", "2", "--n-best", "3"
    )
    both = ("--text", "a film", "--alignment", "--n-best", "2")
    assert "--alignment is told of the best translation alone" in refusal(tmp_path, model, *both)
    assert "--plot draws one text" in refusal(tmp_path, model, "a.txt", "--plot", "a.png")
    assert "nothing was translated" in refusal(tmp_path, model, "--text", "***", "--plot", "a.png")
    assert "name a .png, .svg or .pdf" in refusal(
        tmp_path, model, "--text", "a film", "--plot", "a.txt.gif"
    )
    assert "No such file" in refusal(tmp_path, model, "missing.txt")
    for option in ("--length-reward", "--length-penalty", "--coverage-penalty"):
        far = refusal(tmp_path, model, "a.txt", option, "50")
        assert f"{option}: 50.0 is not in the range 0<=x<=10" in far
    assert "--output-folder does not go with --plot" in refusal(
        tmp_path, model, "a.txt", "--output-folder", "out", "--plot", "a.png"
    )
    assert not (tmp_path / "a.png").exists()
    done = textrnn_in(tmp_path, "translate", "--model", "ner-en", "--text", "a")
    assert done.returncode == 2
    assert "ner-en is a tagger; textrnn translate needs a translator" in done.stderr


def into(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = textrnn_in(folder, "translate", "--to", *arguments)
    return done.returncode, done.stdout, done.stderr


def test_the_pair_of_languages_chooses_the_model(tmp_path: Path) -> None:
    """Where two would do, it is the one that is asked where no language is named."""
    given = ("--text", "学而时习之", "--text", "7", "--text", "Good morning.")
    lines = ("--format", "jsonl")
    plain = textrnn_in(tmp_path, "translate", *given, *lines)
    assert into(tmp_path, "zh", *given, *lines)[:2] == (0, plain.stdout)
    named = textrnn_in(tmp_path, "translate", "--model", "zh-en", "--text", "早上好。")
    assert into(tmp_path, "EN", "--text", "早上好。")[:2] == (0, named.stdout)
    assert into(tmp_path, "en", "--text", "7")[:2] == (0, "7\n")


def test_a_model_of_ones_own_is_found_by_its_pair(tmp_path: Path) -> None:
    small_translator(tmp_path / "models" / "mine")
    named = translate(tmp_path, "mine", "--text", "a fine film")
    assert into(tmp_path, "en", "--text", "a fine film")[:2] == (0, named)


def test_pairs_that_no_model_has_are_told(tmp_path: Path) -> None:
    code, _, told = into(tmp_path, "fr", "--text", "Good morning.")
    assert code == 2
    assert "no model translates into 'fr'; there are: " in told
    for pair in ("en-zh (en to zh)", "zh-en (zh to en)", "classical-zh (zh to zh)"):
        assert pair in told
    code, _, told = into(
        tmp_path, "en", "--text", "早上好。", "--text", "Das ist schön, oder nicht?"
    )
    assert code == 2
    assert "--text:2: German is read by none of these models: zh-en reads Chinese; name" in told
    code, _, told = into(tmp_path, "en", "--model", "zh-en", "--text", "早上好。")
    assert code == 2
    assert "--to chooses the model: leave it out, or --model" in told
    code, _, told = into(tmp_path, "en", "in", "--output-folder", "out")
    assert "--output-folder does not go with --to" in told


def test_folders_are_answered_shard_by_shard(tmp_path: Path, model: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a film\na song\n", "utf-8")
    translate(tmp_path, model, "in", "--output-folder", "out", "--beam", "2")
    (file,) = (tmp_path / "out").glob("a*.jsonl")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [row["text"] for row in rows] == ["a film", "a song"]
    assert rows[0]["translation"] == translate(
        tmp_path, model, "--text", "a film", "--beam", "2"
    ).rstrip("\n")
