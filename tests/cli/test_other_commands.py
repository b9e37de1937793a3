"""The group itself, ``models``, ``evaluate`` and ``train``."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_bundles import small_classifier

import textrnn
from made_up import made_up_reviews
from textrnn.cli.main import cli
from textrnn.cli.parts.errors import report_errors
from textrnn.corpora import LabelledText

pytestmark = pytest.mark.train


def call(*arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    results: list[Result] = []

    def run() -> None:
        result = CliRunner().invoke(cli, arguments, standalone_mode=False)
        results.append(result)
        if result.exception is not None:
            raise result.exception

    code = report_errors(run)
    return code, results[0].stdout, results[0].stderr


def write_csv(path: Path, examples: list[LabelledText]) -> Path:
    rows = [f'"{example.text}",{example.label}' for example in examples]
    path.write_text("\n".join(["text,label", *rows]) + "\n", "utf-8")
    return path


def test_help_lists_every_command() -> None:
    code, out, _ = call("--help")
    assert code == 0
    for name in ("classify", "evaluate", "models", "train"):
        assert f"  {name} " in out
        code, command_help, _ = call(name, "--help")
        assert code == 0
        assert len(command_help) > 100


def test_version() -> None:
    assert call("--version")[1] == f"textrnn, version {textrnn.__version__}\n"


def test_models_list_and_path() -> None:
    records = json.loads(call("models", "list", "--format", "json")[1])
    names = [record["name"] for record in records]
    assert names == textrnn.shipped_models()
    assert {record["name"]: record["licence"] for record in records}["prose-en"] == "Apache-2.0"
    table = call("models", "list")[1]
    assert [line for line in table.splitlines() if line.startswith("ner-en") and "research" in line]
    for name in names:
        assert name in table
        assert (Path(call("models", "path", name)[1].strip()) / "bundle.json").exists()
        assert call("models", "verify", name)[0] == 0


def test_models_show_is_the_card(tiny_bundle: Path) -> None:
    assert call("models", "show", str(tiny_bundle))[1] == (tiny_bundle / "README.md").read_text()


def test_models_verify_finds_damage(tiny_bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    assert call("models", "verify", str(copy))[0] == 0
    (copy / "weights.npz").write_bytes(b"other")
    (copy / "README.md").unlink()
    code, out, _ = call("models", "verify", str(copy))
    assert code == 1
    states = {line.split()[-1]: line.split()[0] for line in out.splitlines()}
    assert states["weights.npz"] == "damaged"
    assert states["README.md"] == "missing"
    assert states["model.onnx"] == "ok"


def test_models_average(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a model with itself: what it says stays as it is."""
    name, out = str(tiny_bundle), tmp_path / "mean"
    code, _, errors = call("models", "average", name, name, "--shares", "3,1", "--out", str(out))
    assert code == 0, errors
    assert errors == (
        f"wrote {out} (the calibration is that of tiny, for want of validation texts)\n"
        f"next: textrnn evaluate {out} FILE\n"
        f'      textrnn classify --model {out} --text "…"\n'
    )
    made = (out / "bundle.json").read_bytes()
    again = ("models", "average", name, name, "--out", str(out))
    assert call(*again)[0] == 2
    assert "mean: a model is there already; replace it (--force)" in capsys.readouterr().err
    assert (out / "bundle.json").read_bytes() == made
    assert call(*again, "--force")[0] == 0
    assert (out / "bundle.json").read_bytes() != made
    texts = [example.text for example in made_up_reviews(20, random_state=4)]
    mean, own = (textrnn.load(model).classify(texts) for model in (out, tiny_bundle))
    for one, other in zip(mean, own, strict=True):
        assert one.probability == pytest.approx(other.probability, abs=0.02)
    file = write_csv(
        tmp_path / "valid.csv", [replace(e, label=e.label.upper()) for e in made_up_reviews(40)]
    )
    renamed = ("--map-label", "POSITIVE=positive", "--map-label", "NEGATIVE=negative")
    options = ("--force", "--validation", str(file), *renamed)
    code, _, errors = call("models", "average", name, name, "--out", str(out), *options)
    assert code == 0, errors
    assert errors.startswith(
        f"wrote {out} (calibrated by validation texts, validation accuracy 1.0000)\nnext: "
    )
    measured = textrnn.Bundle.open(out).manifest.training["measured"]
    assert (measured["score"], measured["count"], measured["weakness"]) == (1.0, 40, "")
    for wrong, message in {
        (name,): "a mean is of two models or more; received 1",
        (name, "sentiment-en"): "sentiment-en: not the same vocabulary as",
        (name, name, "--shares", "3;1"): "--shares: expected numbers with commas between",
    }.items():
        assert call("models", "average", *wrong, "--out", str(tmp_path / "no"))[0] == 2
        errors = capsys.readouterr().err
        assert message in errors
        assert len(errors.splitlines()) == 1


def test_models_unknown() -> None:
    assert call("models", "path", "absent")[0] == 2


def test_evaluate(tiny_bundle: Path, tmp_path: Path) -> None:
    held_out = write_csv(tmp_path / "test.csv", made_up_reviews(40, random_state=9))
    code, out, _ = call("evaluate", str(tiny_bundle), str(held_out))
    assert code == 0
    assert "accuracy 1.0000 (95%: 0.912 to 1.000) on 40 texts" in out
    report = tmp_path / "report"
    options = ("--format", "json", "--report", str(report))
    scores = json.loads(call("evaluate", str(tiny_bundle), str(held_out), *options)[1])
    assert scores["confusion"] == [[20, 0], [0, 20]]
    assert scores["accuracy_interval"] == pytest.approx([0.9124, 1.0], abs=1e-4)
    assert sorted(path.name for path in report.iterdir()) == [
        "confusion.png", "reliability.png", "report.html", "report.json", "report.md",
    ]  # fmt: skip


def test_evaluate_fails_under_a_score(
    tiny_bundle: Path, tiny_generator: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After its report; a score that is as high as that is high enough."""
    path = tmp_path / "test.csv"
    path.write_text("text,label\na wonderful film,positive\na wonderful song,negative\n", "utf-8")
    scored = call("evaluate", str(tiny_bundle), str(path))
    assert scored[1].startswith("accuracy 0.5000 (95%: 0.095 to 0.905) on 2 texts")
    assert call("evaluate", str(tiny_bundle), str(path), "--fail-under", "0.5")[:2] == scored[:2]
    assert call("evaluate", str(tiny_bundle), str(path), "--fail-under", "0.51")[:2] == (
        1,
        scored[1],
    )
    told = "textrnn: error: accuracy 0.5000 is under 0.51 (--fail-under)\n"
    assert capsys.readouterr().err.endswith(told)
    assert call("evaluate", str(tiny_bundle), str(path), "--fail-under", "51")[0] == 2
    (tmp_path / "verses.txt").write_text("床前明月光\n", "utf-8")
    verses = ("evaluate", str(tiny_generator), str(tmp_path / "verses.txt"), "--samples", "0")
    assert call(*verses, "--fail-under", "0.5")[0] == 2
    told = "textrnn: error: --fail-under: perplexity of a token is the better the lower\n"
    assert capsys.readouterr().err.endswith(told)


def test_evaluate_some_labels_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = small_classifier(tmp_path / "m", labels=("bad", "good", "so"))
    path = tmp_path / "test.csv"
    path.write_text("text,label\na dull song,bad\na fine film,good\na film,so\n", "utf-8")
    code, out, errors = call("evaluate", str(model), str(path), "--labels", "good, bad")
    assert (code, "on 2 texts" in out) == (0, True)
    assert "1 text has another label than bad, good: left out" in errors
    assert "on 3 texts" in call("evaluate", str(model), str(path))[1]
    assert call("evaluate", str(model), str(path), "--labels", "good,great")[0] == 2
    assert "error: unknown label 'great'; known: bad, good, so" in capsys.readouterr().err
    assert call("evaluate", "ner-en", str(path), "--labels", "PER,LOC")[0] == 2
    assert "error: --labels means nothing to a tagger" in capsys.readouterr().err


def test_evaluate_with_other_names(tiny_bundle: Path, tmp_path: Path) -> None:
    path = tmp_path / "test.tsv"
    path.write_text("body\tstars\na dull song\t1\na lovely song\t5\n", "utf-8")
    columns = ("--text-field", "body", "--label-field", "stars")
    names = ("--map-label", "1=negative", "--map-label", "5=positive")
    assert "on 2 texts" in call("evaluate", str(tiny_bundle), str(path), *columns, *names)[1]
    assert call("evaluate", str(tiny_bundle), str(path), *columns)[0] == 2  # unknown label
    assert call("evaluate", str(tiny_bundle), str(path), "--map-label", "1")[0] == 2
    assert call("evaluate", str(tiny_bundle), str(tmp_path / "absent.csv"))[0] == 2


OPTIONS = (
    "--units", "6", "--embedding-units", "8", "--learning-rate", "0.02", "--epochs", "2",
    "--cell", "gru", "--layers", "2", "--merge", "sum", "--pooling", "mean,ngrams", "--level",
    "character", "--ngram-widths", "2,3", "--ngram-units", "5", "--optimizer", "adamw",
    "--class-weights", "negative=2,positive=1",
)  # fmt: skip


def test_train_classifier(tmp_path: Path) -> None:
    data = write_csv(tmp_path / "train.csv", made_up_reviews(80))
    out = tmp_path / "model"
    code, _, log = call("train", "classifier", "--train", str(data), "--out", str(out), *OPTIONS)
    assert code == 0
    assert "80 texts, each validated by what learns from others" in log
    assert "epoch 2/2: loss" in log
    manifest = textrnn.Bundle.open(out).manifest
    assert manifest.name == "model"
    assert manifest.training["training"]["class_weights"] == {"negative": 2.0, "positive": 1.0}
    assert [encoder["cell"] for encoder in manifest.network["encoders"]] == ["gru", "gru"]
    assert manifest.network["head"]["pooling"] == ["mean", "ngrams"]
    assert manifest.network["head"]["ngram_widths"] == [2, 3]
    wrong = ("--train", str(data), "--out", str(tmp_path / "no"), "--ngram-widths", "2;3")
    assert call("train", "classifier", *wrong)[0] == 2
    assert textrnn.load(out).classify(["a dull song"])[0].label in manifest.labels


RECIPE = """
name = "reviews"
description = "Made-up reviews."
[[data.train]]
file = "train.csv"
corpus = "Made up"
licence = "CC0-1.0"
validation_share = 0.2
[[data.test]]
file = "test.csv"
corpus = "Made up, test"
[embedding]
units = 8
[vectors]
method = "cbow"
[[encoders]]
units = 6
[training]
epochs = 3
learning_rate = 0.02
"""


def test_train_from_a_recipe(tmp_path: Path) -> None:
    examples = made_up_reviews(120)
    write_csv(tmp_path / "train.csv", examples)
    write_csv(tmp_path / "test.csv", examples[:10])
    (tmp_path / "recipe.toml").write_text(RECIPE, "utf-8")
    recipe = ("--recipe", str(tmp_path / "recipe.toml"), "--out", str(tmp_path / "model"))
    code, _, log = call("train", *recipe, "--data", str(tmp_path))
    assert code == 0
    # The ten test texts were in the training file, some of them in its share for validation.
    validating = re.search(r"dropped (\d+) validation texts? that tests hold", log)
    training = re.search(r"dropped (\d+) training texts that validation, tests or exclude", log)
    assert validating is not None
    assert training is not None
    assert int(validating[1]) + int(training[1]) == 10
    train, validation = 120 - 24 - int(training[1]), 24 - int(validating[1])
    assert f"{train} training texts, {validation} validation texts" in log
    bundle = textrnn.Bundle.open(tmp_path / "model")
    assert bundle.manifest.scores["Made up, test: accuracy"] >= 0.8
    assert "| Made up, test: accuracy |" in bundle.card()
    assert all(check.ok for check in bundle.verify())
    assert [corpus["texts"] for corpus in bundle.manifest.corpora] == [120, 10]
    made = (tmp_path / "model" / "bundle.json").read_bytes()
    assert call("train", *recipe, "--data", str(tmp_path))[0] == 2  # without --force
    code, _, log = call("train", *recipe, "--data", str(tmp_path), "--resume")
    assert code == 0
    assert "model: finished already, there is nothing to resume" in log
    assert (tmp_path / "model" / "bundle.json").read_bytes() == made


def test_train_needs_to_know_what(tmp_path: Path) -> None:
    assert call("train")[0] == 2
    code, _, _ = call("train", "--recipe", str(tmp_path / "x.toml"), "--out", str(tmp_path / "m"))
    assert code == 2
    code, _, _ = call("train", "classifier", "--train", "absent.csv", "--out", str(tmp_path / "m"))
    assert code == 2
    assert not (tmp_path / "m").exists()
