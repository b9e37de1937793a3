"""``textrnn corpora``, call by call."""

from __future__ import annotations

import json
from pathlib import Path
from subprocess import CompletedProcess

from calling import textrnn_in


def call(folder: Path, *arguments: str, stdin: str = "") -> CompletedProcess[str]:
    return textrnn_in(folder, "corpora", *arguments, stdin=stdin)


def test_check(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text("text,label\ngood,pos\nbad,neg\ngood,neg\n", "utf-8")
    (tmp_path / "test.csv").write_text("text,label\nBad,neg\nfine,pos\n", "utf-8")
    done = call(tmp_path, "check", "train.csv", "--against", "test.csv")
    assert (done.returncode, done.stderr) == (1, "")
    assert "train.csv: 3 texts (2 neg, 1 pos)" in done.stdout
    assert "overlap: 1\n" in done.stdout
    assert "contradictions: 1\n" in done.stdout
    (tmp_path / "near.csv").write_text("text\nThe room was large and clean.\n", "utf-8")
    (tmp_path / "long.csv").write_text("text\nThe room was large and clean; thanks!\n", "utf-8")
    near = ["check", "near.csv", "--near-copies", "0.5"]
    done = call(tmp_path, *near, "--against", "long.csv")
    assert (done.returncode, done.stderr) == (1, "")
    assert "near copies: 1\n" in done.stdout
    for arguments, reason in (
        (near, "--near-copies needs another split to compare with: --against FILE"),
        ([*near, "--scheme", "bio"], "--near-copies is for texts, not for columns with --scheme"),
    ):
        done = call(tmp_path, *arguments)
        assert done.returncode == 2
        assert reason in done.stderr
    done = call(tmp_path, "check", "test.csv")
    assert (done.returncode, done.stdout) == (
        0,
        "test.csv: 2 texts (1 neg, 1 pos)\nnothing wrong was found\n",
    )
    (tmp_path / "names.conll").write_text("Ada I-PER\nspoke O\n", "utf-8")
    done = call(tmp_path, "check", "names.conll", "--scheme", "bio", "--format", "json")
    assert done.returncode == 1
    (finding,) = json.loads(done.stdout)["findings"]
    assert finding["kind"] == "scheme errors"
    (tmp_path / "mixed.csv").write_bytes("text,label\nnaïve,pos\n".encode() + b"na\xefve,neg\n")
    done = call(tmp_path, "check", "mixed.csv")
    assert done.returncode == 1
    assert "mixed encodings: 1" in done.stdout


def test_tagged_text(tmp_path: Path) -> None:
    span = '{"text": "An Oslo-based firm", "label": [[3, 7, "LOC"]]}\n'
    (tmp_path / "a.jsonl").write_text(span, "utf-8")
    done = call(tmp_path, "check", "a.jsonl")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "a.jsonl: 1 text (1 LOC)\n\nmisaligned spans: 1\n"
        "  spans that do not begin and end where tokens do: no tagger finds them\n"
        "    1: Oslo (LOC) in An Oslo-based firm\n"
    )
    done = call(tmp_path, "stats", "a.jsonl")
    assert "1 text, 5 tokens" in done.stdout
    assert "1  LOC (spans)" in done.stdout
    (tmp_path / "b.conllu").write_text("1\tAda\tB-PER \n2\tran\tO\n# end\n", "utf-8")
    done = call(tmp_path, "check", "b.conllu", "--scheme", "bio", "--against", "a.jsonl")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "b.conllu: 1 text (1 PER)")
    done = call(tmp_path, "check", "a.jsonl", "--near-copies", "0.5", "--against", "a.jsonl")
    assert done.returncode == 2
    assert "--near-copies is for labelled texts, not for tagged ones" in done.stderr


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    done = call(tmp_path, "check", "-", "--input-format", "txt", stdin="same\nsame\nsame\n")
    assert done.returncode == 1
    assert "-: 3 texts" in done.stdout
    assert "duplicates: 2" in done.stdout
    done = call(tmp_path, "stats", "-", "--input-format", "csv", stdin="text,label\na b,x\n")
    assert "1 text, 2 tokens" in done.stdout


def test_stats(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\ngood film,pos\nbad,neg\nfine,pos\n", "utf-8")
    done = call(tmp_path, "stats", "a.csv")
    assert done.returncode == 0, done.stderr
    assert "3 texts, 4 tokens" in done.stdout
    assert "2  pos (66.7%)" in done.stdout
    (tmp_path / "b.txt").write_text("one\ntwo two\n", "utf-8")
    done = call(tmp_path, "stats", "b.txt", "--format", "json")
    assert json.loads(done.stdout)["types"] == 2
    done = call(tmp_path, "stats", "missing.csv")
    assert done.returncode == 2
    assert done.stderr.startswith("textrnn: error: missing.csv")


def test_the_catalogue(tmp_path: Path) -> None:
    done = call(tmp_path, "list", "--format", "json")
    names = [entry["name"] for entry in json.loads(done.stdout)]
    assert {"imdb", "conll-2003", "wnut-17", "wikitext-2", "msra-ner"} <= set(names)
    done = call(tmp_path, "show", "wnut-17")
    assert "CC BY 4.0" in done.stdout
    assert "731820e13f71af32" in done.stdout
    done = call(tmp_path, "download", "conll-2003", "--folder", "here")
    assert done.returncode == 2
    assert "must be asked for" in done.stderr
    assert not (tmp_path / "here").exists()
