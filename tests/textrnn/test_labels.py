"""Labels that a classifier is to learn: what is refused, what is noted, and where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from textrnn.corpora import LabelledText, Source, read_labelled
from textrnn.errors import InputError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.training.classifier.labels import check_known, check_labels
from textrnn.training.classifier.plan import ClassifierPlan
from textrnn.training.classifier.split import split_examples
from textrnn.training.settings import TrainingSettings


def examples(*labels: str) -> list[LabelledText]:
    return [
        LabelledText(f"text {number}", label, f"a.csv: line {number}")
        for number, label in enumerate(labels, start=2)
    ]


def notes_of(*labels: str) -> list[str]:
    notes: list[str] = []
    check_labels(examples(*labels), on_note=notes.append)
    return notes


def test_labels_that_are_probably_one_are_noted() -> None:
    assert notes_of("a", "a", "b", "b") == []
    assert notes_of("1", "1.0", "1", "0", "0", "1.0", "1") == [
        "note: labels that are probably one: '1' (3), '1.0' (2); join them with labels={'1.0': '1'}"
    ]
    assert notes_of("a", "a", "b", "b", "c") == [
        "note: labels with a single text, learned but not validated: c"
    ]


def test_labels_that_are_not_validated_are_noted() -> None:
    said: list[str] = []
    train, validation = examples("a", "b", "c", "a"), [LabelledText("else", "a")]
    split_examples(train, validation, TrainingSettings(), say=said.append)
    assert said == ["note: labels that no validation text has: b, c"]


def test_copies_of_one_text_a_label_cannot_be_cut_off() -> None:
    texts = [LabelledText(text, text[0].lower()) for text in ("ay", "Ay!", "be", "BE")]
    with pytest.raises(InputError, match="no label has two that differ; add texts"):
        split_examples(texts, None, TrainingSettings(), say=print)
    copies = [LabelledText("Same!", label) for label in "abab"]
    with pytest.raises(InputError, match="no label has two that differ; add texts"):
        split_examples(copies, None, TrainingSettings(folds=3), say=print)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("uncertain", "the answer where"),
        ("UNCERTAIN", "the answer where .*labels={'UNCERTAIN': 'unclear'}"),
        ("", "it is empty"),
        ("a\nb", "it holds a line end"),
    ],
)
def test_labels_that_cannot_be_are_refused(label: str, reason: str) -> None:
    with pytest.raises(InputError, match=rf"a.csv: line 3: a label cannot be .*: .*{reason}"):
        notes_of("good", label)


def test_probabilities_of_a_label_that_no_other_text_has_are_refused() -> None:
    alone = examples("odd")
    given = [{"good": 0.5, "bad": 0.5}, {"good": 0.1, "odd": 0.9}]
    shared = [LabelledText("x", "good", probabilities=shares) for shares in given]
    check_labels([*shared, *alone], on_note=print)
    wrong = LabelledText("x", "good", "b.jsonl: line 7", {"good": 0.9, "god": 0.1})
    with pytest.raises(InputError, match=r"b\.jsonl: line 7: label 'god' is not one of the"):
        check_labels([*shared, *alone, wrong], on_note=print)
    wrong = LabelledText("x", "good", "b.jsonl: line 8", {"good": 0.9, "": 0.1})
    with pytest.raises(InputError, match=r"b\.jsonl: line 8: a label cannot be '': it is empty"):
        check_labels([wrong], on_note=print)


def test_validation_labels_that_were_not_taught() -> None:
    check_known(examples("a", "b"), ("a", "b"))
    message = "a.csv: line 3: label 'B' is not one of the training texts': a, b; rename it with "
    with pytest.raises(InputError, match=re.escape(message + "labels={'B': 'b'}")):
        check_known(examples("a", "B"), ("a", "b"))


def test_evaluate_names_the_line_of_an_unknown_label(tiny_bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('text,label\n"a good\nfilm",positive\na bad one,Negative\n', "utf-8")
    message = "a.csv: line 4: label 'Negative' is not one of the model's: negative, positive; "
    renamed = "rename it with labels={'Negative': 'negative'}"
    with pytest.raises(InputError, match=re.escape(message + renamed)):
        Classifier.load(tiny_bundle).evaluate(read_labelled(Source(str(file))))


@pytest.mark.train
def test_a_model_is_of_its_texts_language(tmp_path: Path) -> None:
    from textrnn.training.model_info import ModelInfo
    from textrnn.training.run import Run

    for info, text, language in (
        (ModelInfo(), "房间很干净，服务很好", "zh"),
        (ModelInfo(), "The room was clean and the service was good.", "en"),
        (ModelInfo(), "Das Zimmer war sauber und der Service war sehr gut.", "de"),
        (ModelInfo(language="fr"), "The room was clean.", "fr"),
    ):
        run = Run(tmp_path / "m", ClassifierPlan(), info=info)
        run.detect_language([text])
        assert run.language == language
