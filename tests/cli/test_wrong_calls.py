"""Wrong calls: one line of error that tells the nearest, one line on help at most, exit code 2."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from calling import textrnn_in
from every_command import every_command, options
from textrnn.cli.parts import errors
from textrnn.cli.parts.choices import Choice

HINT = "textrnn: see textrnn"


@pytest.mark.parametrize(
    ("call", "error", "hint"),
    [
        ("clasify", "no command 'clasify'; did you mean 'classify'?", " --help"),
        ("corpora chek a", "no command 'chek'; did you mean 'check'?", " corpora --help"),
        ("train clasifier", "no command 'clasifier'; did you mean 'classifier'?", " train --help"),
        ("classify --fromat x", "no option --fromat; did you mean '--format'?", " classify --help"),
        ("classify --zzz", "no option --zzz", " classify --help"),
        ("classify --top-k 0", "--top-k: 0 is not in the range x>=1", " classify --help"),
        ("evaluate", "missing argument 'MODEL'", " evaluate --help"),
        ("train classifier --train a", "missing option '--out'", " train classifier --help"),
        ("classify --text", "option '--text' requires an argument", ""),
        *(
            (
                f"{call} --text ",
                "--text is empty: give it some text, or leave it out",
                f" {call} --help",
            )
            for call in ("classify", "tag", "explain", "translate", "lab cell", "lab attention")
        ),
        (
            "classify --text fine --text=",
            "--text is empty: give it some text, or leave it out",
            " classify --help",
        ),
        (
            "embeddings convert glove -",
            "STORE: vectors go into a file, not to standard output: name one",
            " embeddings convert --help",
        ),
        (
            "embeddings train a.txt --output -",
            "--output: vectors go into a file, not to standard output: name one",
            " embeddings train --help",
        ),
        ("classify --engine ray", "--engine ray needs --output-folder", " classify --help"),
        (
            "classify --format jsnol",
            "--format must be one of table, tsv, csv, jsonl, json, parquet; received 'jsnol'; did "
            "you mean 'jsonl'?",
            "",
        ),
        (
            "train classifier --train a --out b --pooling atention,max",
            "--pooling must be one of attention, last, mean, max, ngrams; received 'atention'; did "
            "you mean 'attention'?",
            "",
        ),
        (
            "generate 床前 --form 五言绝",
            "form must be one of 五绝, 七绝, 五律, 七律, free; received '五言绝'; did you mean "
            "'五绝'?",
            "",
        ),
        ("corpora show wikitex-2", "unknown corpus 'wikitex-2'; did you mean 'wikitext-2'?", ""),
        (
            "models average ner-en ner-zh --out .",
            ".: the folder that you are in; name a new one",
            "",
        ),
        ("train --recipe a.toml --out .", ".: the folder that you are in; name a new one", ""),
        (
            "train tagger --train a.conll --out b --language german",
            "language 'german': no ISO 639-1 code; did you mean 'de'?",
            "",
        ),
        (
            "embeddings download glove-twiter",
            "unknown vectors 'glove-twiter'; did you mean 'glove-twitter'?",
            "",
        ),
    ],
)
def test_a_wrong_call_is_told_in_a_line(call: str, error: str, hint: str, tmp_path: Path) -> None:
    answer = textrnn_in(tmp_path, *call.split(" "))
    assert answer.returncode == errors.WRONG_CALL
    expected = [f"textrnn: error: {error}", *([f"{HINT}{hint}"] if hint else [])]
    assert answer.stderr.splitlines() == expected


@pytest.mark.parametrize(
    ("task", "file", "content", "reason"),
    [
        ("classifier", "a.csv", "text,label\na,x\nb,x\n", "one label only: x"),
        ("classifier", "a.csv", "text,label\n", "there are no examples"),
        (
            "tagger",
            "a.conll",
            "Ada O\nleft O\n\nBob O\n",
            "no spans to learn (labels of whole texts are for a classifier)",
        ),
        ("generator", "a.txt", "", "no text"),
        ("generator", "a.txt", "word\n", "too little to learn from: 4 characters"),
    ],
)
def test_what_teaches_nothing_is_told_at_once(
    task: str, file: str, content: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / file).write_text(content, "utf-8")
    answer = textrnn_in(tmp_path, "train", task, "--train", file, "--out", "m")
    assert answer.stderr == f"textrnn: error: {file}: {reason}\n"  # and Keras is not loaded
    assert answer.returncode == errors.WRONG_CALL
    assert os.listdir(tmp_path) == [file]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            "--window 30",
            "a.csv has 20 steps; a window of 30 and a horizon of 2 need 40: give a smaller "
            "--window … or --horizon …",
        ),
        ("--window 6 --segment 4", "segment must divide the window of 6 steps: 4"),
        ("--units 7", "units of segments must be even: 7"),
        ("--calendar hour", "calendar: a.csv has no times; name their column with --time …"),
    ],
)
def test_windows_that_cannot_be_are_told_at_once(options: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n" + "1\n2\n" * 10, "utf-8")
    call = ["train", "forecaster", "--train", "a.csv", "--out", "m", *options.split()]
    answer = textrnn_in(tmp_path, *call)
    note, error = answer.stderr.splitlines()  # and Keras is not loaded
    assert note == "textrnn: note: a.csv: rows in their order, to forecast: x"
    assert error == f"textrnn: error: {reason}"
    assert answer.returncode == errors.WRONG_CALL
    assert os.listdir(tmp_path) == ["a.csv"]


def test_a_wrong_model_is_told_the_nearest(tmp_path: Path) -> None:
    answer = textrnn_in(tmp_path, "classify", "--text", "a", "--model", "sentimen-en")
    assert answer.returncode == errors.WRONG_CALL
    assert answer.stderr.endswith("; did you mean 'sentiment-en'?\n")
    assert answer.stderr.count("\n") == 1


def test_every_choice_tells_the_nearest() -> None:
    for path, command in every_command():
        for option in options(command):
            assert isinstance(option.type, Choice) or not isinstance(option.type, click.Choice), (
                path
            )


def test_a_group_without_a_command_shows_its_help(tmp_path: Path) -> None:
    answer = textrnn_in(tmp_path, "corpora")
    assert answer.returncode == errors.DONE
    assert answer.stdout == textrnn_in(tmp_path, "corpora", "--help").stdout


def test_a_seed_that_does_not_fit_is_told_alone(tmp_path: Path) -> None:
    answer = textrnn_in(tmp_path, "generate", "It was", "--form", "五绝")
    assert answer.returncode == errors.WRONG_CALL
    assert answer.stderr == (
        "textrnn: error: verse 1 of the seed, 'It was': 五绝 takes Chinese characters\n"
    )


@pytest.mark.parametrize(
    ("call", "option", "heeded"),
    [
        ("evaluate sentiment-en a.csv --scheme bio", "--scheme", "--batch-size"),
        ("evaluate sentiment-en a.csv --samples 50", "--samples", "--label-field"),
        ("evaluate sentiment-en a.csv --length-reward 1", "--length-reward", "--labels"),
        ("evaluate prose-en a.csv --stride 2", "--stride", "--samples"),
        ("evaluate ner-en a.csv --label-field x", "--label-field", "--scheme"),
        ("evaluate prose-en a.csv --map-label a=b", "--map-label", "--reflow"),
        ("models compare ner-en ner-en a.csv --reflow", "--reflow", "--map-label"),
    ],
)
def test_an_option_that_the_head_does_not_heed_is_refused(
    call: str, option: str, heeded: str, tmp_path: Path
) -> None:
    answer = textrnn_in(tmp_path, *call.split())
    assert answer.returncode == errors.WRONG_CALL
    assert answer.stderr.startswith(f"textrnn: error: {option} means nothing to a ")
    assert heeded in answer.stderr.partition("what does: ")[2]
    assert answer.stderr.count("\n") == 1


def test_exit_codes_are_those_of_the_table() -> None:
    table = (Path(__file__).parents[2] / "docs/command-line.md").read_text("utf-8")
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    codes = [int(code) for cell in cells if cell.strip()[0].isdigit() for code in cell.split(",")]
    signals = [errors.BY_SIGNAL + number for number in (1, 15)]
    assert codes == [
        errors.DONE, errors.FAILED, errors.WRONG_CALL, *signals, errors.INTERRUPTED,
    ]  # fmt: skip
