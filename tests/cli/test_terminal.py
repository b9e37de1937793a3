"""What a terminal is sent, and what files and pipes are: nothing of a user's steers a terminal."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from calling import in_terminal, textrnn_in
from terminal import in_terminal_of_its_own
from textrnn.bundle.bundle import Bundle, write_bundle
from textrnn.catalog import model_path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")

NASTY = "good\x1b]0;owned\x07 \x1b[2J\x9b31m film [/bold] :smile: \u202e一\u3000二 👩\u200d👧"
SHOWN = "good\\u001b]0;owned\\u0007 \\u001b[2J\\u009b31m film [/bold] :smile: \\u202e一\u3000二"
# Rich's own colours, and how it shows and hides a cursor and a line of progress.
OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[0-9]*[AK]|\r(?=\n|\x1b|$)")


def plain(shown: str) -> str:
    """What was shown without our own colours; anything else that steers is found."""
    left = OURS.sub("", shown).replace("\r\n", "\n")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", left), left
    return left


@pytest.mark.parametrize("form", ["table", "tsv", "csv", "jsonl"])
def test_classify_shows_texts_and_never_obeys_them(tmp_path: Path, form: str) -> None:
    (tmp_path / "a\x1b[1mb.txt").write_text(NASTY + "\n", "utf-8")
    code, shown = in_terminal(["classify", "--format", form, "a\x1b[1mb.txt"], tmp_path)
    assert code == 0
    left = plain(shown)
    assert "good\\u001b]0;owned" in left
    assert "一\u3000二 👩\u200d👧" in left or form == "table"  # which is as wide as the screen


@pytest.mark.parametrize("form", ["text", "table", "conll", "bioes", "jsonl", "html"])
def test_tag_shows_texts_and_never_obeys_them(tmp_path: Path, form: str) -> None:
    text = "Ada \x1b[2JLovelace\x07 met [/b] Otto\x9b2J in New\x85York \u202eand\u3000London ."
    code, shown = in_terminal(["tag", "--text", text, "--format", form], tmp_path)
    assert code == 0
    assert "London" in plain(shown)


@pytest.mark.parametrize("form", ["text", "jsonl", "html"])
def test_explain_shows_texts_and_never_obeys_them(tmp_path: Path, form: str) -> None:
    code, shown = in_terminal(["explain", "--text", NASTY, "--format", form], tmp_path)
    assert code == 0
    assert "good" in plain(shown)


@pytest.mark.parametrize(
    "call",
    [
        ["classify", "no\x1b[2Jfile\x07.txt"],
        ["classify", "--mod\x1b[2Jel", "x"],
        ["\x1b[2J"],
        ["classify", "--text", "a", "--format", "\x1b[2J"],
        ["classify", "--text", "a", "--model", "\x1b[2J"],
        ["models", "show", "\x1b[2J"],
        ["evaluate", "sentiment-en", "\x9b2J.csv"],
        ["tag", "--text", "Ada", "--labels", "\x1b[2J"],
        ["corpora", "show", "\x1b[2J"],
        ["embeddings", "info", "\x1b[2J"],
        ["generate", "--seed", "床前", "--form", "\x1b[2J"],
        pytest.param(["train", "--recipe", "\x1b[2J", "--out", "x"], marks=pytest.mark.train),
    ],
    ids=lambda call: call[0].strip("\x1b"),
)
def test_errors_quote_and_do_not_obey(tmp_path: Path, call: list[str]) -> None:
    code, shown = in_terminal(call, tmp_path)
    assert code == 2
    assert "2J" in plain(shown)


def test_seeds_and_notes_are_shown(tmp_path: Path) -> None:
    call = ["generate", "--seed", "床前\x1b[2J明", "--length", "4", "--temperature", "0"]
    code, shown = in_terminal(call, tmp_path)
    assert code == 0
    assert plain(shown).count("\\u001b[2J") >= 1


def test_a_card_is_shown_and_has_no_links_of_its_own(tmp_path: Path) -> None:
    shipped = Bundle.open(model_path("sentiment-en"))
    files = {name: shipped.read(name) for name in shipped.manifest.files}
    card = "# M\x1b[2J &#x1b;[2J [a](http://x/\x1b\\y) [/bold] :smile: \x9b1m\n"
    model = tmp_path / "model\x1b[2J"
    manifest = replace(shipped.manifest, name="n\x1b[2J", description="[/b]\x9b2J")
    write_bundle(model, manifest, {**files, "README.md": card.encode()})
    code, shown = in_terminal(["models", "show", str(model)], tmp_path)
    assert code == 0
    left = plain(shown)
    assert "[/bold] :smile:" in left
    assert "M\\u001b[2J \ufffd[2J a (http://x/" in left
    for call in (["path", str(model)], ["verify", str(model)]):
        code, shown = in_terminal(["models", *call], tmp_path)
        assert code == 0
        assert plain(shown)


def test_pipes_and_files_keep_the_text_and_its_lines(tmp_path: Path) -> None:
    """Machine formats hold the text as it is; nothing is wrapped at the 80th column or cut."""
    long = "Ada Lovelace was born in London and Otto in Oslo . " * 10
    (tmp_path / "long.txt").write_text(long + NASTY + "\n", "utf-8")

    def run(*call: str) -> str:
        done = textrnn_in(tmp_path, *call)
        done.check_returncode()
        return done.stdout

    (record,) = map(json.loads, run("classify", "long.txt", "--format", "jsonl").splitlines())
    assert record["text"] == long + NASTY
    assert run("classify", "long.txt").split("\t", 2)[2] == long + NASTY + "\n"
    for call in (("classify", "--format", "table"), ("tag", "--format", "text"),
                 ("explain", "--format", "text")):  # fmt: skip
        for more in ((), ("--output", "out.txt")):
            said = run(call[0], "long.txt", *call[1:], *more)
            said = said or (tmp_path / "out.txt").read_text("utf-8")
            (line,) = [line for line in said.splitlines() if "Lovelace" in line]
            assert line.count("born") == 10
            assert "…" not in line
            assert SHOWN in line.replace("/LOC", "").replace("/PER", "").replace("/ORG", "")


def test_a_terminal_named_as_output_is_shown_to_as_well(tmp_path: Path) -> None:
    call = ["classify", "--text", NASTY, "--output", "/dev/stdout"]
    code, shown = in_terminal_of_its_own(call, tmp_path)
    assert code == 0
    assert "good\\u001b]0;owned" in plain(shown)


def test_a_label_never_forges_a_row(tmp_path: Path) -> None:
    labels = ['"a\nforged"', "[/b]\x1b[2J"]
    rows = "".join(f"text number {n},{labels[n % 2]}\n" for n in range(8))
    (tmp_path / "rows.csv").write_text("text,label\n" + rows, "utf-8")
    for command in ("stats", "check"):
        _, shown = in_terminal(["corpora", command, "rows.csv"], tmp_path)
        left = plain(shown)
        assert "a forged" in left
        assert "[/b]\\u001b[2J" in left
