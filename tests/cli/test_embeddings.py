"""``textrnn embeddings``, call by call."""

from __future__ import annotations

import gzip
import json
import os
import stat
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from calling import textrnn_in

GLOVE = (
    "man 1 0 0\nwoman 1 1 0\nking 1 0 1\nqueen 1 1 1\napple -1 0.1 -1\nthe 0.1 0.1 0.2\nthe 1 1 1\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "glove.txt").write_text(GLOVE, "utf-8")
    return tmp_path


def call(folder: Path, *arguments: str) -> CompletedProcess[str]:
    return textrnn_in(folder, "embeddings", *arguments)


def test_info_and_convert(folder: Path) -> None:
    done = call(folder, "info", "glove.txt", "--format", "json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert (facts["words"], facts["units"], facts["duplicates"]) == (6, 3, 1)
    done = call(folder, "convert", "glove.txt", "small", "--dtype", "int8")
    assert "wrote small: 6 words, 3 units, int8" in done.stderr
    assert "dtype        int8" in call(folder, "info", "small").stdout


@pytest.mark.parametrize(
    "words",
    ["convert glove.txt out.txt", "convert glove.txt out.vec.gz", "train glove.txt --output o.TSV"],
)
def test_a_store_is_not_called_as_if_it_were_text(folder: Path, words: str) -> None:
    done = call(folder, *words.split())
    name = words.split()[-1]
    assert done.returncode == 2
    assert f"{name}: what is written is a store, a binary file" in done.stderr
    assert f"otherwise, as {name[: name.index('.')]}.vectors" in done.stderr
    assert os.listdir(folder) == ["glove.txt"]


def test_comparisons(folder: Path) -> None:
    done = call(folder, "analogy", "glove.txt", "Man", "woman", "king", "--num", "1")
    assert done.stdout.split()[-1] == "queen"
    assert done.stderr == "textrnn: note: Man was found as man (by lower case)\n"
    done = call(folder, "neighbors", "glove.txt", "king", "man", "--format", "json")
    near = json.loads(done.stdout)
    assert [n["word"] for n in near["king"]][:2] == ["the", "queen"]
    assert len(near["man"]) == 5
    assert call(folder, "similarity", "glove.txt", "man", "king").stdout == "0.7071\n"


def test_evaluate_and_coverage(folder: Path) -> None:
    (folder / "pairs.txt").write_text("man woman 5\nman apple 1\nman queen 3\n")
    (folder / "questions.txt").write_text(": royal\nman king woman queen\n")
    done = call(folder, "evaluate", "glove.txt", "pairs.txt", "questions.txt")
    assert "pairs" in done.stdout
    assert " 1.0000  3 of 3 pairs" in done.stdout
    assert " 1.0000  1 of 1 known" in done.stdout
    (folder / "text.txt").write_text("The king saw the queen . The dog .\n")
    done = call(folder, "coverage", "glove.txt", "text.txt", "--format", "json")
    facts = json.loads(done.stdout)
    assert facts["tokens"] == 9
    assert facts["missing"] == [".", "saw", "dog"]
    assert facts["tokens_found"] == pytest.approx(5 / 9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["info", "nothing.txt"], "nothing.txt: No such file"),
        (["neighbors", "glove.txt", "zebra"], "no vector for 'zebra'"),
        (["info", "bad.txt"], "bad.txt: line 2: 1 numbers; expected a word and 2 numbers"),
    ],
)
def test_errors_are_one_line(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "bad.txt").write_text("the 1 2\nfew 1\n")
    done = call(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("textrnn: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_part_is_read_with_a_limit(folder: Path) -> None:
    with gzip.open(folder / "a.gz", "wt") as file:
        file.write(GLOVE + "broken\n" * 2_000_000)
    done = call(folder, "neighbors", "a.gz", "king", "--limit", "3", "--format", "json")
    assert [near["word"] for near in json.loads(done.stdout)["king"]] == ["man", "woman"]
    done = call(folder, "convert", "a.gz", "part", "--limit", "2")
    assert "wrote part: 2 words, 3 units" in done.stderr
    assert sorted(file.name for file in folder.iterdir()) == ["a.gz", "glove.txt", "part"]
    done = call(folder, "info", "a.gz")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "a.gz: line 8: 0 numbers" in done.stderr


def test_words_never_forge_a_line(folder: Path) -> None:
    words = np.array(["man", "a\n 0.9999  queen", "b\x1b[2J"])
    np.savez(folder / "a.npz", words=words, vectors=np.eye(3) + 1)
    done = call(folder, "neighbors", "a.npz", "man")
    assert done.stdout.splitlines() == [
        " 0.8333  a 0.9999 queen", " 0.8333  b\\u001b[2J"
    ]  # fmt: skip
    assert call(folder, "info", "a.npz").stdout.count("\n") == 9
    (folder / "latin.txt").write_bytes(b"caf\xe9 1 2\n")
    done = call(folder, "info", "latin.txt")
    assert done.stderr == "textrnn: note: latin.txt: 1 word is not UTF-8; see info\n"
    assert call(folder, "info", "latin.txt").stdout.count("\ufffd") == 1


def test_outputs_that_would_harm(folder: Path) -> None:
    os.link(folder / "glove.txt", folder / "hard")
    os.symlink("glove.txt", folder / "soft")
    os.mkfifo(folder / "pipe")
    for out, message in (
        ("glove.txt", "would be lost there"), ("hard", "would be lost there"),
        ("soft", "would be lost there"), ("/dev/null", "a device or a pipe"),
        ("pipe", "a device or a pipe"),
        ("no/such/folder", "cannot be written"),
    ):  # fmt: skip
        for command in (["convert", "glove.txt", out], ["train", "glove.txt", "--output", out]):
            done = call(folder, *command)
            assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
            assert message in done.stderr
    assert (folder / "glove.txt").read_text("utf-8") == GLOVE
    assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)


@pytest.mark.train
def test_train_and_plot(folder: Path) -> None:
    lines = ["the cat sat on the mat", "the dog sat on the log"] * 20
    (folder / "text.txt").write_text("\n".join(lines), "utf-8")
    done = call(
        folder,
        *("train", "text.txt", "--output", "mine", "--method", "glove", "--units", "6"),
        *("--epochs", "3", "--min-frequency", "2"),
    )
    assert done.returncode == 0, done.stderr
    assert "epoch 3/3: loss" in done.stderr
    assert "wrote mine: 7 words, 6 units" in done.stderr
    assert call(folder, "neighbors", "mine", "cat", "--num", "2").stdout.count("\n") == 2
    done = call(folder, "plot", "mine", "cat", "dog", "mat", "log", "--output", "words.svg")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<svg" in (folder / "words.svg").read_text("utf-8")
    listed = call(folder, "list").stdout
    assert listed.count("PDDL") == 5
    assert listed.index("glove-en") < listed.index("published") < listed.index("glove-6b")
    done = call(folder, "download", "glove")
    assert done.returncode == 2
    assert "unknown vectors 'glove'" in done.stderr


def test_trained_vectors_are_replaced_by_force_alone(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("one two three\n" * 20, "utf-8")
    call = ("embeddings", "train", "texts.txt", "--output", "v.npz", "--units", "4")
    assert textrnn_in(tmp_path, *call).returncode == 0
    made = (tmp_path / "v.npz").read_bytes()
    more = ("--random-state", "1")
    again = textrnn_in(tmp_path, *call, *more)
    assert (again.returncode, again.stderr) == (
        2,
        "textrnn: error: v.npz: is there already; replace it (--force), or name another file\n",
    )
    assert (tmp_path / "v.npz").read_bytes() == made
    assert textrnn_in(tmp_path, *call, *more, "--force").returncode == 0
    assert (tmp_path / "v.npz").read_bytes() != made
