"""``textrnn generate``, and training and evaluating generators."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from small_bundles import small_classifier

import textrnn
from calling import textrnn_in
from made_up import made_up_verses
from terminal import TEXTRNN

SEED = "山来月照光"


class Caller:
    def __init__(self, model: Path, folder: Path) -> None:
        self.model, self.folder = model, folder

    def textrnn(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return textrnn_in(self.folder, *arguments, stdin=stdin)

    def generate(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return self.textrnn("generate", "--model", str(self.model), *arguments, stdin=stdin)


@pytest.fixture
def call(tiny_generator: Path, tmp_path: Path) -> Caller:
    return Caller(tiny_generator, tmp_path)


def test_a_seed_goes_on_verbatim(call: Caller) -> None:
    done = call.generate("--seed", f"{SEED} x", "--random-state", "1")
    assert done.returncode == 0
    assert done.stdout.startswith(f"{SEED} x")
    assert done.stdout.endswith("\n")
    assert done.stderr == "textrnn: note: tiny-generator does not know: ␣ x (kept as they are)\n"
    again = call.generate("--seed", f"{SEED} x", "--random-state", "1")
    assert again.stdout == done.stdout
    assert call.textrnn("-q", "generate", "--model", str(call.model), "--seed", "x").stderr == ""


def test_texts_are_divided_and_reported(call: Caller) -> None:
    done = call.generate("--seed", SEED, "--num", "3", "--random-state", "2", "--novelty")
    texts = done.stdout.split("---\n")
    assert len(texts) == 3
    assert all(text.startswith(SEED) and text.endswith("\n") for text in texts)
    assert "distinct-1, -2, -3" in done.stderr
    assert "new 6-grams" in done.stderr
    single = call.generate("--seed", SEED, "--random-state", "3")
    assert single.stdout == texts[1]


def test_json_lines(call: Caller) -> None:
    done = call.generate(
        "--seed", SEED, "--num", "2", "--format", "jsonl", "--output", "out.jsonl", "--length", "9"
    )
    assert (done.returncode, done.stdout) == (0, "")
    records = [
        json.loads(line)
        for line in (call.folder / "out.jsonl").read_text("utf-8").split("\n")
        if line
    ]
    assert len(records) == 2
    for record in records:
        assert record["text"] == record["seed"] + record["continuation"]
        assert record["log_probability"] < 0
        assert record["perplexity"] > 1
        assert record["finish"] in ("length", "end")


def test_verse(call: Caller) -> None:
    done = call.generate("--acrostic", "山水月风", "--form", "五绝", "--rhyme")
    assert done.returncode == 0
    lines = done.stdout.split()
    assert [line[0] + line[6] for line in lines] == ["山水", "月风"]
    assert all(len(line) == 12 for line in lines)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--seed", ""], "the seed is empty"),
        (["--seed", " \n"], "the seed is empty"),
        (["--seed", SEED, "--temperature", "-0.5"], "temperature must be 0 or more"),
        (["--seed", SEED, "--temperature", "hot"], "temperature: expected a number"),
        (["--seed", SEED, "--top-p", "0"], "top-p must be above 0 and at most 1"),
        (["--seed", SEED, "--top-p", "1.5"], "top-p must be above 0 and at most 1"),
        (["--seed", SEED, "--length", "0"], "length must be from 1 to 100,000"),
        (["--seed", SEED, "--length", "100001"], "length must be from 1 to 100,000"),
        (["--seed", SEED, "--num", "0"], "the number of texts must be from 1"),
        (["--seed", SEED, "--interactive", "--top-k", "3"], "leave out --top-k"),
        (["--seed", SEED, "--interactive", "--num", "3"], "leave out --num"),
        (["--seed", "山\udcff"], "the seed is not valid text"),
        (["--seed", SEED, "--form", "六绝"], "form must be one of"),
        (["--seed", SEED, "--beam", "3", "--top-k", "2"], "leave out top-k"),
        (["--seed", "山来月照光花", "--form", "五绝"], "has 6 characters; 五绝 has 5"),
    ],
)
def test_a_wrong_call_is_one_clear_line(call: Caller, arguments: list[str], complaint: str) -> None:
    done = call.generate(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("textrnn: error: ")
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_nothing_to_go_on_from(call: Caller) -> None:
    done = call.textrnn("generate")
    assert done.returncode == 2
    assert "give --seed TEXT, or name a --model" in done.stderr


def test_the_other_tasks_models_are_refused(call: Caller) -> None:
    other = small_classifier(call.folder / "small")
    done = call.textrnn("generate", "--model", str(other), "--seed", "a")
    assert done.returncode == 2
    assert "small is a classifier; textrnn generate needs a generator" in done.stderr


def test_interactive_picks_types_and_undoes(call: Caller) -> None:
    answers = "水\n1\nu\n+u1\n99\nq\n"
    done = call.generate("--seed", "山", "--interactive", stdin=answers)
    assert (done.returncode, done.stdout) == (0, "山水u1\n")
    assert "there are the choices 1 to 9" in done.stderr
    assert "1 " in done.stderr
    assert "%" in done.stderr


def test_interactive_survives_odd_answers(call: Caller) -> None:
    answers = "9" * 6000 + "\n+\n水\nu\n\n"
    done = call.generate("--seed", "山", "--interactive", stdin=answers)
    assert done.returncode == 0
    assert len(done.stdout) == len("山x\n")
    assert "Traceback" not in done.stderr


def test_a_beam_that_finds_fewer_says_so(call: Caller) -> None:
    seed = "山来月照光，水来月照霜。\n江来月照光，水来月照香。"
    done = call.generate("--seed", seed, "--form", "五绝", "--beam", "4", "--num", "4")
    assert (done.returncode, done.stdout) == (0, seed + "\n")
    assert "the beam found 1 of 4 texts" in done.stderr


def test_a_reader_that_leaves_is_no_error(call: Caller) -> None:
    arguments = ["generate", "--model", str(call.model), "--seed", "山", "--num", "300"]
    with subprocess.Popen(
        [*TEXTRNN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(3).decode() == "山"
        process.stdout.close()
        errors = process.stderr.read().decode()
    assert (process.returncode, errors) == (0, "")


@pytest.mark.train
def test_train_and_evaluate(call: Caller) -> None:
    (call.folder / "verses").mkdir()
    lines = [json.dumps({"text": text}) for text in made_up_verses(60)]
    (call.folder / "verses" / "a.jsonl").write_text("\n".join(lines), "utf-8")
    done = call.textrnn(
        *("train", "generator", "--train", "verses", "--out", "mine", "--level", "character"),
        *("--units", "12", "--embedding-units", "8", "--epochs", "2", "--batch-size", "4"),
        *(
            "--max-tokens",
            "16",
            "--candidates",
            "9",
            "--cell",
            "gru",
            "--language",
            "zh",
            "--force",
        ),
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("sample: ") == 2
    assert "validation perplexity" in done.stderr
    assert "picture" not in done.stderr
    test = call.folder / "test.jsonl"
    test.write_text("\n".join(lines[:9]), "utf-8")
    done = call.textrnn("evaluate", "mine", "test.jsonl", "--samples", "4", "--report", "report")
    assert done.returncode == 0, done.stderr
    assert "bits a character" in done.stdout
    assert "distinct-1" in done.stdout
    report = json.loads((call.folder / "report" / "report.json").read_text("utf-8"))
    assert report["documents"] == 9
    assert report["samples"]["texts"] == 4
    assert (call.folder / "report" / "report.md").read_text("utf-8").startswith("# mine on")
    done = call.textrnn("evaluate", "mine", "test.jsonl", "--samples", "4", "--format", "json")
    assert json.loads(done.stdout)["perplexity"] == pytest.approx(report["perplexity"])


@pytest.mark.train
def test_other_models_begin_with_a_generator(call: Caller, tiny_generator: Path) -> None:
    texts = made_up_verses(40)
    (call.folder / "verses.txt").write_text("\n".join(t.replace("\n", " ") for t in texts), "utf-8")
    begin = ("--init-from", str(tiny_generator))
    few = ("--epochs", "1", "--batch-size", "4", "--force")  # they learn next to nothing
    done = call.textrnn(
        *("train", "generator", "--train", "verses.txt", "--unit", "line", "--out", "behind"),
        *("--backward", "--frozen-epochs", "-1", *begin, *few),
    )
    assert done.returncode == 0, done.stderr
    assert f"{tiny_generator}: begins with its embedding, projection, output" in done.stderr
    assert "sample: " not in done.stderr
    done = call.textrnn("generate", "--model", "behind")
    assert done.returncode == 1
    assert "reads backward and does not write" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    rows = [f"{text.splitlines()[0]},{number % 2}" for number, text in enumerate(texts)]
    (call.folder / "labelled.csv").write_text("\n".join(["text,label", *rows]), "utf-8")
    done = call.textrnn(
        *("train", "classifier", "--train", "labelled.csv", "--unlabelled", "verses.txt"),
        *(*begin, "--init-from", "behind", "--entropy", "0.1"),
        *(*few, "--out", "mine"),
    )
    assert done.returncode == 0, done.stderr
    assert f"{tiny_generator}: begins with its embedding, encoder_0 forward" in done.stderr
    assert "behind: begins with its encoder_0 backward" in done.stderr
    network = textrnn.Bundle.open(call.folder / "mine").manifest.network
    assert network["embedding"]["units"] == 12  # the generator's sizes
    assert network["encoders"][0]["units"] == 24
    done = call.textrnn(
        *("train", "classifier", "--train", "labelled.csv", "--level", "bpe", *begin, "--out", "no")
    )
    assert done.returncode == 2
    assert "level has no say beside init_from" in done.stderr
    done = call.textrnn(
        *("train", "classifier", "--train", "labelled.csv", "--units", "5", *begin, "--out", "no")
    )
    assert done.returncode == 2
    assert "encoder_0/forward/kernel has shape (12, 96); this network's has (12, 20)" in done.stderr


def test_a_text_that_ends_at_once_is_told(call: Caller) -> None:
    seed = "山来月照光，水来月照霜。\n江来月照光，水来月照香。"
    done = call.generate("--seed", seed, "--form", "五绝", "--random-state", "1")
    assert (done.returncode, done.stdout) == (0, seed + "\n")
    assert done.stderr == "textrnn: note: 1 of 1 texts ended at once: nothing was written\n"
