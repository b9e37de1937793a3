"""Training from Python as from the shell: what is given, what it is called, what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import textrnn
from check_head import loaded_after
from made_up import made_up_reviews, made_up_sentences, made_up_verses
from textrnn.bundle.bundle import Bundle
from textrnn.cli.main import cli
from textrnn.errors import ConfigurationError, InputError
from textrnn.training.loop.events import TrainingEvent

REVIEWS = made_up_reviews(40)
TINY: dict[str, Any] = {"units": 4, "embedding_units": 4, "epochs": 1}


@pytest.mark.train
def test_a_classifier_is_the_one_that_the_command_trains(tmp_path: Path) -> None:
    said: list[str] = []
    events: list[TrainingEvent] = []
    kinds = [int(review.label == "positive") for review in REVIEWS]
    model = textrnn.train_classifier(
        {"body": [review.text for review in REVIEWS], "kind": kinds},
        out=str(tmp_path / "mine"),
        text="body",
        label="kind",
        labels={1: "good"},
        name="mine",
        pooling=["mean"],
        on_message=said.append,
        on_event=events.append,
        **TINY,
    )
    assert isinstance(model, textrnn.Classifier)
    assert model.labels == ("0", "good")
    table = {"body": [review.text for review in REVIEWS[:4]], "kind": ["good"] * 4}
    report = model.evaluate(table, text="body", label="kind")
    assert report.texts == 4
    with pytest.raises(InputError, match="name the label's with label="):
        model.evaluate(table)
    assert said[-1].startswith(
        f"wrote {tmp_path / 'mine'}: kept epoch 1 of 1, validation accuracy "
    )
    assert [event.epoch for event in events if event.record] == [1]
    rows = "".join(f'"{r.text}",{kind}\n' for r, kind in zip(REVIEWS, kinds, strict=True))
    (tmp_path / "texts.csv").write_text(f"body,kind\n{rows}", "utf-8")
    call = ["train", "classifier", "--train", str(tmp_path / "texts.csv"), "--text-field", "body",
            "--label-field", "kind", "--map-label", "1=good", "--pooling", "mean",
            "--units", "4", "--embedding-units", "4", "--epochs", "1", "--name", "mine",
            "--out", str(tmp_path / "theirs")]  # fmt: skip
    done = CliRunner().invoke(cli, call, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    mine, theirs = (Bundle.open(tmp_path / name).manifest for name in ("mine", "theirs"))
    for file in ("tokenizer.json", "model.onnx", "weights.npz"):
        assert mine.files[file] == theirs.files[file]
    assert mine.network == theirs.network


@pytest.mark.train
def test_taggers_and_generators_come_back_loaded(tmp_path: Path) -> None:
    sentences = made_up_sentences(40)
    plain = [(list(sentence.words), ["O" for _ in sentence.words]) for sentence in sentences]
    said: list[str] = []
    # One epoch teaches it nothing: that is warned of, and no exception.
    with pytest.warns(textrnn.WeakModelWarning, match=r"tagger is of no use as it is: it finds no"):
        tagger = textrnn.train_tagger(
            [*plain, *sentences],
            out=tmp_path / "tagger",
            characters=None,
            on_message=said.append,
            **TINY,
        )
    assert said[-1].startswith(f"note: {tmp_path / 'tagger'} is of no use as it is: it finds none")
    assert tagger.bundle.manifest.training["measured"]["weakness"].startswith("it finds none of")
    assert isinstance(tagger, textrnn.Tagger)
    assert tagger.bundle.manifest.labels == ("LOC", "ORG", "PER")
    assert tagger.bundle.manifest.training["features"]["characters"] is None
    with pytest.warns(textrnn.WeakModelWarning, match="no better than what the frequencies of"):
        generator = textrnn.train_generator(
            iter(made_up_verses(30)), out=tmp_path / "generator", level="character", **TINY
        )
    assert isinstance(generator, textrnn.Generator)
    assert generator.bundle.manifest.training["tokenizer"]["level"] == "character"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epoch": 3}, "unknown setting 'epoch'; did you mean 'epochs'?"),
        ({"lable": "kind"}, "unknown setting 'lable'; did you mean 'label'?"),
        ({"on_events": print}, "unknown setting 'on_events'; did you mean 'on_event'?"),
        ({"text_field": "body"}, "text_field is an option; the keyword is text"),
        ({"epochs": "3"}, "epochs: expected int, received '3'"),
        ({"epochs": 0}, "epochs must be at least 1: 0"),
        ({"pooling": "mean"}, "pooling: expected a list, received 'mean'"),
        (
            {"plan": textrnn.ClassifierPlan(), "dropout": 1},
            "dropout must be at least 0 and below 1",
        ),
        ({"init_from": "sentiment-en", "level": "word"}, "level has no say beside init_from"),
        ({"plan": textrnn.TaggerPlan()}, "expected a ClassifierPlan; received a TaggerPlan"),
        ({"precision": "int4"}, "precision must be one of int8, float32; received 'int4'"),
        ({"name": 3}, "name: expected str, received 3"),
        ({"labels": ["good"]}, "labels: expected a table, received ['good']"),
        ({"encoding": 3}, "encoding: expected str, received 3"),
        ({"text": 3.5}, "text: expected int, received 3.5"),
        ({"on_event": "print"}, "on_event: no function: 'print'"),
        (
            {"init_from": "sentiment-en", "embeddings": "none.vec"},
            "begins with word vectors or with another model's rows, not with both",
        ),
    ],
)
def test_a_wrong_call_is_refused_before_anything_is_read(
    settings: dict[str, Any], message: str, tmp_path: Path
) -> None:
    def unread() -> Any:
        raise AssertionError("a text was read")
        yield

    with pytest.raises(ConfigurationError) as caught:
        textrnn.train_classifier(unread(), out=tmp_path / "m", **settings)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


PAIRS = [("A joy.", "good"), ("A bore.", "bad")]
SPANS = [("Ada left.", [(0, 3, "PER")])]


@pytest.mark.parametrize(
    ("train", "data", "settings", "message"),
    [
        ("classifier", [*PAIRS, 3], {}, "train: entry 2: expected .*; received 3"),
        ("classifier", [*PAIRS, ("A joy.", None)], {}, "train: entry 2: a text without a label"),
        ("classifier", PAIRS, {"validation": [(5, "good")]}, "validation: entry 0: no text"),
        ("classifier", PAIRS, {"unlabelled": ["a", 3]}, "unlabelled: entry 1: expected a text"),
        ("classifier", [], {}, "train: there are no examples"),
        ("classifier", None, {}, "train: expected examples or a path, received None"),
        ("classifier", "only_header.csv", {}, "only_header.csv: there are no examples"),
        ("classifier", PAIRS, {"validation": "only_header.csv"}, "only_header.csv: there are no"),
        ("classifier", PAIRS, {"embeddings": "three.vec", "embedding_units": 5},
         "three.vec: 3 numbers a word; the embedding has 5"),
        ("tagger", [*SPANS, 3], {}, "train: entry 1: expected "),
        ("tagger", [(["Ada", "left"], ["Q", "O"])], {}, "train: entry 0: 'Q' is no tag"),
        ("tagger", SPANS, {"gazetteer": {"city": "Rome"}}, "gazetteer: city: expected names in"),
        ("generator", ["a text", 3], {}, "train: entry 1: expected a text or a dictio"),
        ("generator", "none.txt", {}, "none.txt: No such file or directory"),
        ("generator", ["a text"], {"unit": "lines"}, "unit must be one of line, file"),
    ],
)  # fmt: skip
def test_wrong_data_are_refused_at_once_and_leave_nothing(
    train: str,
    data: Any,
    settings: dict[str, Any],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("only_header.csv").write_text("text,label\n", "utf-8")
    Path("three.vec").write_text("joy 1 2 3\nbore 3 2 1\n", "utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises((InputError, ConfigurationError), match=message):
        getattr(textrnn, f"train_{train}")(data, out="m", **settings)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("wrong", ["[], epoch=1", "[('A joy.', 'good'), 3]"])
def test_what_is_wrong_does_not_wait_for_keras(wrong: str, tmp_path: Path) -> None:
    call = f"textrnn.train_classifier({wrong}, out={str(tmp_path / 'm')!r})"
    code = f"import contextlib, textrnn\nwith contextlib.suppress(textrnn.TextRNNError): {call}\n"
    assert not loaded_after(code + "pass") & {"keras", "tensorflow"}


def test_a_model_is_not_written_over_what_it_learns_from(tmp_path: Path) -> None:
    (tmp_path / "texts.csv").write_text("text,label\n", "utf-8")
    with pytest.raises(InputError, match=r"texts\.csv.* would be lost there"):
        textrnn.train_classifier(str(tmp_path / "texts.csv"), out=tmp_path / "texts.csv")
    assert (tmp_path / "texts.csv").read_text("utf-8") == "text,label\n"
