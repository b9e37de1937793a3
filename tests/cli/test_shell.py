"""What a shell is helped with: completion, ``-v`` and ``-q`` anywhere, slips of the hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

import textrnn
from calling import textrnn_in
from textrnn.cli.main import cli


def completed(*words: str) -> list[str]:
    """What the last of some words can become."""
    found = BashComplete(cli, {}, "textrnn", "_TEXTRNN_COMPLETE").get_completions(
        list(words[:-1]), words[-1]
    )
    return [item.value if item.type == "plain" else f"<{item.type}>" for item in found]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["cl"], ["classify"]),
        (["classify", "--inp"], ["--input-format"]),
        (["classify", "--format", "t"], ["table", "tsv"]),
        (["classify", "--model", "sent"], ["sentiment-en", "sentiment-zh"]),
        (["classify", "--model", "runs/"], ["<file>"]),
        (["classify", ""], ["<file>"]),
        (["tag", "--model", "ner-z"], ["ner-zh"]),
        (["generate", "--form", "五"], ["五绝", "五律"]),
        (["generate", "--seed-file", ""], ["<file>"]),
        (["evaluate", "po"], ["poetry-zh"]),
        (["corpora", "show", "wik"], ["wikitext-2"]),
        (["embeddings", "download", "glove-t"], ["glove-twitter"]),
        (["embeddings", "neighbors", "gl"], ["glove-en"]),
        (["embeddings", "info", "my/"], ["<file>"]),
        (["train", "tagger", "--embeddings", "char"], ["char-zh"]),
        (["train", "cl"], ["classifier"]),
        (["train", "classifier", "--cell", ""], ["rnn", "lstm", "gru"]),
        (["train", "classifier", "--init-from", "sentiment-e"], ["sentiment-en"]),
        (["train", "tagger", "--init-from", "n"], ["none", "ner-en", "ner-zh"]),
        (["train", "tagger", "--precision", ""], ["int8", "float32"]),
        (["evaluate", "mine", "test", "--input-format", "i"], ["imdb"]),
        (["corpora", "check", "a", "--input-format", "b"], ["brat"]),
        (["train", "classifier", "--pooling", "at"], ["attention"]),
        (["train", "classifier", "--pooling", "max,n"], ["max,ngrams"]),
        (["train", "classifier", "--level", "w"], ["word", "wordpiece"]),
        (["train", "tagger", "--level", ""], ["word", "character"]),
        (["train", "tagger", "--input-format", "co"], ["conll"]),
        (["train", "generator", "--input-format", "j"], ["jsonl", "json"]),
        (["train", "generator", "--language", "d"], ["da", "de", "dv", "dz"]),
        (["train", "classifier", "--embeddings", "glove"], ["glove-en"]),
        (["models", "show", "prose"], ["prose-en"]),
        (["models", "average", "a", "--input-format", "im"], ["imdb"]),
        (["embeddings", "neighbors", "char"], ["char-zh"]),
        (["classify", "--text-co"], []),
        (["completion", ""], ["bash", "zsh", "fish"]),
    ],
)
def test_completion_knows(words: list[str], expected: list[str]) -> None:
    assert completed(*words) == expected


def test_bash_completes_with_the_printed_script(tmp_path: Path) -> None:
    script = textrnn_in(tmp_path, "completion", "bash").stdout
    ask = "COMP_WORDS=(textrnn evaluate sent); COMP_CWORD=2; _textrnn_completion textrnn"
    shown = 'printf "%s\\n" "${COMPREPLY[@]}"'
    answer = subprocess.run(
        ["bash", "-c", f"{script}\n{ask}\n{shown}"],
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["sentiment-en", "sentiment-zh"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_a_script_of_their_own(shell: str, tmp_path: Path) -> None:
    assert f"_TEXTRNN_COMPLETE={shell}_complete" in (
        textrnn_in(tmp_path, "completion", shell).stdout
    )


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_verbose_may_stand_before_and_after(flag: str, tmp_path: Path) -> None:
    call = ("classify", "--text", "A joy.")
    before, after = textrnn_in(tmp_path, flag, *call), textrnn_in(tmp_path, *call, flag)
    assert "by sentiment-en" in before.stderr
    assert "by sentiment-en" in after.stderr
    assert textrnn_in(tmp_path, *call).stderr == ""


def test_verbose_tells_which_models_are_for_research_alone(tmp_path: Path) -> None:
    told = "textrnn: note: sentiment-en is for research alone; its terms: textrnn models show "
    call = ("classify", "--text", "A joy.", "-v")
    assert f"{told}sentiment-en\n" in textrnn_in(tmp_path, *call).stderr
    assert textrnn_in(tmp_path, *call, "-q").stderr.count("note") == 0
    free = ("translate", "--text", "学而时习之。", "-v")
    assert "alone; its terms" not in textrnn_in(tmp_path, *free).stderr
    call = ("translate", "--text", "It rains.", "-v")
    assert "en-zh is for non-commercial use alone; its" in textrnn_in(tmp_path, *call).stderr


def test_quiet_may_stand_before_and_after_a_command_of_a_group(tmp_path: Path) -> None:
    (tmp_path / "seeds.txt").write_text("Der Himmel ist heute blau und die Vögel singen\n", "utf-8")
    call = ("generate", "--model", "prose-en", "--seed-file", "seeds.txt", "--length", "2")
    assert "note" in textrnn_in(tmp_path, *call).stderr
    assert textrnn_in(tmp_path, "-q", *call).stderr == ""
    assert textrnn_in(tmp_path, *call, "-q").stderr == ""
    for words in (("models", "list"), ("corpora", "list"), ("train", "classifier", "--help")):
        assert textrnn_in(tmp_path, *words, "-q").returncode == 0


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "textrnn", "--version"]
    answer = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert answer.stdout == f"textrnn, version {textrnn.__version__}\n"


@pytest.mark.parametrize("command", ["classify", "tag", "explain"])
def test_a_text_in_a_file_s_place_is_told_to_be_one(command: str, tmp_path: Path) -> None:
    answer = textrnn_in(tmp_path, command, "What a day!")
    assert answer.returncode == 2
    assert answer.stderr == (
        "textrnn: error: What a day!: No such file or directory; if it is the text itself: "
        "--text 'What a day!'\n"
    )


@pytest.mark.parametrize(
    ("files", "option"),
    [
        (["What", "a", "day!"], "--text 'What a day!'"),
        (["床前明月光"], "--text '床前明月光'"),
        (["either/or is a question"], "--text 'either/or is a question'"),
        (["so long " * 20], "--text TEXT"),
    ],
)
def test_the_option_for_a_text_in_a_file_s_place(
    files: list[str], option: str, tmp_path: Path
) -> None:
    answer = textrnn_in(tmp_path, "classify", *files)
    assert answer.returncode == 2
    assert answer.stderr.endswith(f"if it is the text itself: {option}\n")


@pytest.mark.parametrize("file", ["my reviews.txt", "data/reviews", "a.zip:reviews.csv"])
def test_a_file_that_is_missing_is_no_text(file: str, tmp_path: Path) -> None:
    answer = textrnn_in(tmp_path, "classify", file)
    assert answer.returncode == 2
    assert "--text" not in answer.stderr


def test_a_seed_needs_no_option(tmp_path: Path) -> None:
    drawn = ("--random-state", "3", "--length", "12")
    written = textrnn_in(tmp_path, "generate", "床前明月光", *drawn)
    assert written.returncode == 0
    assert written.stdout.startswith("床前明月光")
    assert written.stdout == textrnn_in(tmp_path, "generate", "--seed", "床前明月光", *drawn).stdout
    words = textrnn_in(tmp_path, "generate", "It", "was", "a", *drawn).stdout
    assert words == textrnn_in(tmp_path, "generate", "--seed", "It was a", *drawn).stdout


def test_a_seed_that_cannot_be_meant(tmp_path: Path) -> None:
    (tmp_path / "seeds").write_text("It was\n", "utf-8")
    twice = textrnn_in(tmp_path, "generate", "It was", "--seed", "It is")
    assert twice.returncode == 2
    assert twice.stderr == (
        "textrnn: error: the seed is given twice: --seed 'It is', and 'It was'\n"
    )
    file = textrnn_in(tmp_path, "generate", "seeds")
    assert file.returncode == 2
    assert "go on from its lines with --seed-file seeds" in file.stderr
    both = textrnn_in(tmp_path, "generate", "It was", "--seed-file", "seeds")
    assert both.stderr == "textrnn: error: --seed-file does not go with --seed\n"
