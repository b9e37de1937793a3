"""Embeddings to begin with: aligned, counted, frozen or trained, and not needed to serve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from made_up import made_up_reviews, made_up_verses
from textrnn.bundle.bundle import Bundle
from textrnn.corpora import Passage
from textrnn.errors import InputError
from textrnn.heads.classifier.classifier import Classifier
from textrnn.heads.generator.generator import Generator
from textrnn.network import Embedding, Encoder
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.classifier.plan import ClassifierPlan, HeadSettings
from textrnn.training.classifier.run import run_classifier
from textrnn.training.generator.plan import GeneratorPlan
from textrnn.training.generator.run import run_generator
from textrnn.training.settings import TokenizerSettings, TrainingSettings
from textrnn.training.weights.files import read_weights
from textrnn.training.weights.pretrained import read_pretrained

pytestmark = pytest.mark.train

VECTORS = "the 0.5 -1 2 0.25\nlovely 1 1 1 1\ndull -1 -1 -1 -1\nnobody 9 9 9 9\n"
PLAN = ClassifierPlan(
    tokenizer=TokenizerSettings(min_frequency=2),
    embedding=Embedding(units=4),
    encoders=(Encoder("rnn", 3, bidirectional=False),),
    head=HeadSettings(pooling=("last",), dropout=0.0),
    training=TrainingSettings(epochs=1, batch_size=16, validation_split=0.2),
)


def vector_file(folder: Path, content: str = VECTORS) -> Path:
    path = folder / "vectors.txt"
    path.write_text(content, "utf-8")
    return path


def embedding(model: Path) -> tuple[np.ndarray, dict[str, int]]:
    weights = read_weights(Bundle.open(model))
    return weights["embedding"], Tokenizer.load(model / "tokenizer.json").vocabulary()


@pytest.mark.parametrize(("frozen", "same"), [(-1, True), (1, True), (0, False)])
def test_a_classifier_begins_with_them(tmp_path: Path, frozen: int, same: bool) -> None:
    lines: list[str] = []
    plan = replace(PLAN, embedding=replace(PLAN.embedding, frozen_epochs=frozen))
    file = vector_file(tmp_path)
    run_classifier(
        made_up_reviews(80), out=tmp_path / "m", plan=plan, embeddings=file, on_message=lines.append
    )
    (said,) = (line for line in lines if "vectors for" in line)
    assert said.startswith(f"{file}: vectors for 3 of ")
    assert said.endswith("% of the training text")
    bundle = Bundle.open(tmp_path / "m")
    kept = said.replace(str(file), file.name)
    assert bundle.manifest.training["begins_with"] == [kept]
    assert f"| begins with | {kept} |" in bundle.card()
    rows, vocabulary = embedding(tmp_path / "m")
    unchanged = np.allclose(rows[vocabulary["lovely"]], 1.0, atol=1e-3)
    assert unchanged is same
    file.unlink()
    assert Classifier.load(tmp_path / "m").classify(["a lovely song"])[0].label


def test_a_generator_begins_with_them(tmp_path: Path) -> None:
    verses = [Passage(text, ends=True) for text in made_up_verses(60)]
    plan = GeneratorPlan(
        tokenizer=TokenizerSettings("character", 60, 1, lowercase=False, normalization="none"),
        embedding=Embedding(units=4, frozen_epochs=-1),
        encoders=(Encoder(units=5, bidirectional=False),),
        training=TrainingSettings(epochs=1, batch_size=4, max_tokens=16, window_overlap=0),
    )
    file = vector_file(tmp_path, "山 1 2 3 4\n水 0.5 0.5 0.5 0.5\n")
    run_generator(lambda: verses, out=tmp_path / "g", plan=plan, embeddings=file)
    rows, vocabulary = embedding(tmp_path / "g")
    assert rows[vocabulary["山"]] == pytest.approx([1, 2, 3, 4], abs=0.02)
    file.unlink()
    assert Generator.load(tmp_path / "g").generate("山", length=3)[0].tokens <= 3


def test_coverage_and_what_is_missing(tmp_path: Path) -> None:
    file = vector_file(tmp_path)
    counts = np.array([0, 0, 6, 3, 1])
    read = read_pretrained(
        file, {"the": 2, "dull": 3, "new": 4}, rows=5, units=4, counts=counts, random_state=0
    )
    assert (read.found, read.words, read.tokens) == (2, 3, pytest.approx(0.9))
    assert read.rows[2] == pytest.approx([0.5, -1, 2, 0.25])
    assert np.isfinite(read.rows).all()
    trained = np.full((5, 4), 2.0, np.float32) * np.arange(5)[:, None]
    kept = read_pretrained(
        file, {"the": 2, "new": 4}, rows=5, units=4, trained=trained, random_state=0
    )
    ratio = kept.rows[4] / trained[4]
    assert ratio == pytest.approx(ratio[0])
    for wrong, message in (
        ({"the": 2}, "have 4 numbers; the embedding has 3"),
        ({"x": 2}, "no vector"),
    ):
        with pytest.raises(InputError, match=message):
            read_pretrained(file, wrong, rows=5, units=3, random_state=0)
