"""The same text, the same answer: whatever shares its batch, in whatever order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import textrnn
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.runtime.pins import pinned_units
from textrnn.runtime.session import Session, pad

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
NEWS = {
    "en": ["Ada", "Lovelace met Charles Babbage in London.", "no names here", "", "IBM. " * 150],
    "zh": ["京", "鲁迅先生在北京大学讲课。", "今天下雨。", "", "钱学森在上海出生。" * 60],
}
REVIEWS = {
    "en": ["Dull.", "A moving film, superbly acted.", "", "Not bad, I rather loved it. " * 120],
    "zh": ["差", "房间很干净，前台也热情。", "", "屏幕清晰，电池耐用，可是客服一直推脱。" * 30],
}


def texts_of(name: str) -> list[str]:
    """Short and long ones, our own and those of the guides."""
    kind, language = name.split("-")
    own = NEWS[language] if kind == "ner" else REVIEWS[language]
    file = SAMPLES / f"{'news' if kind == 'ner' else 'reviews'}-{language}.txt"
    return [*own, *file.read_text("utf-8").splitlines()]


def answers(model: object, texts: list[str], batch_size: int) -> list[dict[object, float]]:
    """Probabilities by label, or by a name's place and label."""
    if isinstance(model, textrnn.Tagger):
        tagged = model.tag(texts, batch_size=batch_size)
        return [{(e.start, e.end, e.label): e.probability for e in t.entities} for t in tagged]
    assert isinstance(model, textrnn.Classifier)
    return [dict(c.probabilities) for c in model.classify(texts, batch_size=batch_size)]


@pytest.mark.parametrize("name", ["ner-en", "ner-zh", "sentiment-en", "sentiment-zh"])
def test_shipped_models_answer_alike_alone_and_in_company(name: str) -> None:
    # Two, since a tagger keeps what it has found of words.
    by_itself, in_company = textrnn.load(name, threads=1), textrnn.load(name)
    texts = texts_of(name)
    shuffled = np.random.default_rng(5).permutation(len(texts)).tolist()

    alone = [answers(by_itself, [text], 1)[0] for text in texts]
    assert sum(map(len, alone)) > len(texts) / 2
    for batch_size in (5, 128):
        among = answers(in_company, [texts[i] for i in shuffled], batch_size)
        for i, found in zip(shuffled, among, strict=True):
            assert found == pytest.approx(alone[i], abs=1e-5)  # the same keys, too


@pytest.mark.parametrize("name", ["sentiment-en", "sentiment-zh"])
def test_attention_is_the_same_alone_and_in_company(name: str) -> None:
    model = textrnn.load(name, threads=1)
    assert isinstance(model, textrnn.Classifier)
    texts = texts_of(name)
    for text, among in zip(texts, model.classify(texts, token_weights=True), strict=True):
        alone = model.classify([text], token_weights=True)[0].token_weights
        weights = [weight.weight for weight in among.token_weights]
        assert weights == pytest.approx([weight.weight for weight in alone], abs=1e-5)


@pytest.mark.parametrize(("name", "seed"), [("prose-en", "It was a"), ("poetry-zh", "床前")])
def test_texts_written_together_are_those_written_by_themselves(name: str, seed: str) -> None:
    model = textrnn.load(name, threads=1)
    assert isinstance(model, textrnn.Generator)
    together = model.generate(seed, num=9, random_state=70, length=25)
    for number in (0, 4, 8):
        alone = model.generate(seed, random_state=70 + number, length=25)
        assert alone[0].text == together[number].text


STACKS = [
    *([Encoder(units=6, merge=m), Encoder(units=5)] for m in ("concat", "sum", "mul", "ave")),
    [Encoder(units=6, bidirectional=False), Encoder(units=5), Encoder(units=4, merge="mul")],
    [Encoder(units=6), Encoder(cell="gru", units=5), Encoder(units=4)],
    [Encoder(cell="rnn", units=6, merge="sum"), Encoder(units=5)],
]


@pytest.mark.parametrize("stack", STACKS, ids=lambda s: "-".join(f"{e.cell}{e.merge}" for e in s))
def test_no_kind_of_layer_lets_company_in(stack: list[Encoder]) -> None:
    net = ClassifierNetwork(
        vocabulary_size=40,
        head=ClassifierHead(labels=("a", "b"), pooling=("attention", "last", "max", "ngrams")),
        embedding=Embedding(units=7),
        encoders=tuple(stack),
    )
    rng = np.random.default_rng(3)
    weights = {
        name: rng.normal(0, 0.5, shape).astype(np.float32)
        for name, shape in net.weight_shapes().items()
    }
    weights["embedding"][39] *= 40.0  # a neighbour with the loudest voice
    session = Session(compile_classifier(net, weights), threads=1)
    texts = [rng.integers(1, 39, n).astype(np.int32) for n in (1, 2, 9, 30)]
    loud = [np.full(50, 39, np.int32), *texts, np.zeros(0, np.int32)]

    def logits(some: list[np.ndarray]) -> np.ndarray:
        tokens, lengths = pad(some)
        return session.run({"tokens": tokens, "lengths": lengths})["logits"]

    among = logits(loud)[1:5]
    alone = np.concatenate([logits([text]) for text in texts])
    np.testing.assert_allclose(among, alone, atol=1e-5)
    assert np.ptp(alone[:, 0]) > 0.05  # they do differ by text


@pytest.mark.parametrize("units", [1, 5, 6, 8, 100, 256])
def test_there_is_room_for_three_pins_and_little_more(units: int) -> None:
    assert units + 3 <= pinned_units(units) < units + 11
    assert pinned_units(units) % 8 == 0
