"""One description, two builders: Keras and ONNX Runtime must give the same numbers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from textrnn.errors import BundleError
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.runtime.session import Session, pad

pytestmark = pytest.mark.train

VOCABULARY, LABELS = 23, ("a", "b", "c")

# Lengths differ, one text is empty, one has a single token: masks must hold in both directions.
TEXTS = [
    np.array(ids, np.int32) for ids in ([5, 3, 9, 22, 4, 7], [8], [], [2, 2, 19, 1], [6, 5, 4])
]

ENCODERS = [Encoder(cell=cell, units=6, bidirectional=False) for cell in ("rnn", "lstm", "gru")] + [
    Encoder(cell=cell, units=6, merge=merge)
    for cell, merge in itertools.product(("rnn", "lstm", "gru"), ("concat", "sum", "mul", "ave"))
]


def network(encoders: tuple[Encoder, ...], **head: object) -> ClassifierNetwork:
    return ClassifierNetwork(
        vocabulary_size=VOCABULARY,
        head=ClassifierHead(labels=LABELS, attention_units=5, **head),  # type: ignore[arg-type]
        embedding=Embedding(units=7, dropout=0.3, word_dropout=0.2),
        encoders=encoders,
    )


def keras_outputs(
    net: ClassifierNetwork,
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray | None]:
    """Random weights of a Keras model, and its logits and attention for TEXTS."""
    import keras

    from textrnn.training.classifier.model import build_classifier
    from textrnn.training.weights.named import export_weights

    keras.utils.set_random_seed(7)
    model = build_classifier(net)
    rng = np.random.default_rng(7)
    # Biases start at zero, which would hide a bias that is lost or in the wrong order.
    model.set_weights([rng.normal(0, 0.6, w.shape) for w in model.get_weights()])
    tokens, _ = pad(TEXTS)
    if net.has_attention:
        weights = model.get_layer("attention").output[1]
        both = keras.Model(model.input, {"logits": model.output, "attention": weights})
        outputs = both(tokens)
        return (
            export_weights(model, net),
            np.array(outputs["logits"]),
            np.array(outputs["attention"]),
        )
    return export_weights(model, net), np.array(model(tokens)), None


def run_tokens(session: Session, sequences: Sequence[np.ndarray]) -> tuple[np.ndarray, Any]:
    """The logits (B, L) of some texts, and the attention (B, T) or None."""
    tokens, lengths = pad(sequences)
    found = session.run({"tokens": tokens, "lengths": lengths})
    return found["logits"], found.get("attention")


def check(net: ClassifierNetwork) -> None:
    weights, logits, attention = keras_outputs(net)
    assert {name: value.shape for name, value in weights.items()} == net.weight_shapes()
    session = Session(compile_classifier(net, weights, precision="float32"), threads=1)
    served, served_attention = run_tokens(session, TEXTS)
    np.testing.assert_allclose(served, logits, atol=1e-4)
    if attention is None:
        assert served_attention is None
    else:
        np.testing.assert_allclose(served_attention, attention, atol=1e-4)


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda e: f"{e.cell}-{e.bidirectional}-{e.merge}")
def test_every_encoder_agrees(encoder: Encoder) -> None:
    check(network((encoder,), pooling=("attention", "last", "mean", "max")))


@pytest.mark.parametrize(
    "pooling", [("attention",), ("last",), ("mean",), ("max",), ("ngrams", "last")]
)
def test_every_pooling_agrees(pooling: tuple[str, ...]) -> None:
    check(network((Encoder(units=6),), pooling=pooling, hidden_units=4))


def test_stacked_encoders_agree() -> None:
    stack = (
        Encoder(cell="gru", units=6, merge="sum"),
        Encoder(cell="lstm", units=5, dropout=0.4, recurrent_dropout=0.2),
        Encoder(cell="rnn", units=4, bidirectional=False),
    )
    check(network(stack, pooling=("last", "attention")))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_int8_is_close_to_float32(cell: str) -> None:
    net = network((Encoder(cell=cell, units=6),), pooling=("attention", "max"))
    weights, logits, _ = keras_outputs(net)
    served, _ = run_tokens(Session(compile_classifier(net, weights), threads=1), TEXTS)
    np.testing.assert_allclose(served, logits, atol=0.12)
    assert np.abs(served - logits).max() > 0  # it is not float32 under another name


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_a_text_without_tokens_knows_nothing_of_its_neighbours(precision: str) -> None:
    net = network((Encoder(units=6),), pooling=("attention", "last", "mean", "max", "ngrams"))
    weights, _, _ = keras_outputs(net)
    session = Session(compile_classifier(net, weights, precision=precision), threads=1)
    among, attention = run_tokens(session, TEXTS)
    alone, _ = run_tokens(session, [TEXTS[2]])
    assert attention is not None
    np.testing.assert_allclose(among[2], alone[0], atol=1e-6)
    np.testing.assert_allclose(alone[0], weights["output/bias"], atol=1e-6)
    assert attention[2].sum() == 0


def test_padding_never_changes_a_result() -> None:
    pooling = ("attention", "last", "max", "ngrams")
    net = network((Encoder(units=6), Encoder(units=5)), pooling=pooling, ngram_widths=(1, 2, 5))
    weights, _, _ = keras_outputs(net)
    session = Session(compile_classifier(net, weights, precision="float32"), threads=1)
    together, _ = run_tokens(session, TEXTS)
    for row, text in zip(together, TEXTS, strict=True):
        np.testing.assert_allclose(run_tokens(session, [text])[0][0], row, atol=1e-6)


def test_attention_sums_to_one_over_the_tokens() -> None:
    net = network((Encoder(units=6),), pooling=("attention",))
    weights, _, _ = keras_outputs(net)
    _, attention = run_tokens(Session(compile_classifier(net, weights), threads=1), TEXTS)
    assert attention is not None
    for row, text in zip(attention, TEXTS, strict=True):
        assert row.sum() == pytest.approx(1.0 if len(text) else 0.0, abs=1e-6)
        assert not row[len(text) :].any()


def test_weights_go_back_into_keras() -> None:
    """What ``weights.npz`` holds is enough to go on training the same network."""
    from textrnn.training.classifier.model import build_classifier
    from textrnn.training.weights.named import import_weights

    net = network((Encoder(units=6), Encoder(cell="gru", units=5)), pooling=("attention", "last"))
    weights, logits, _ = keras_outputs(net)
    model = build_classifier(net)
    import_weights(model, net, weights)
    np.testing.assert_allclose(np.array(model(pad(TEXTS)[0])), logits, atol=1e-5)
    with pytest.raises(BundleError, match="the weights lack 'output/bias'"):
        import_weights(model, net, {n: w for n, w in weights.items() if n != "output/bias"})
    with pytest.raises(BundleError, match=r"'output/bias' has shape \(4,\).*asks for \(3,\)"):
        import_weights(model, net, {**weights, "output/bias": np.zeros(4, np.float32)})


def test_lstm_matches_its_equations() -> None:
    """The served LSTM against the gates written out in NumPy (i, f, c, o)."""
    net = network((Encoder(units=4, bidirectional=False),), pooling=("last",))
    rng = np.random.default_rng(3)
    weights = {n: rng.normal(size=s).astype("f4") for n, s in net.weight_shapes().items()}
    state = cell = np.zeros(4)
    for token in TEXTS[0]:
        gates = (
            weights["embedding"][token] @ weights["encoder_0/forward/kernel"]
            + state @ weights["encoder_0/forward/recurrent"]
            + weights["encoder_0/forward/bias"]
        )
        entry, forget, candidate, output = np.split(gates, 4)
        cell = sigmoid(forget) * cell + sigmoid(entry) * np.tanh(candidate)
        state = sigmoid(output) * np.tanh(cell)
    expected = state @ weights["output/kernel"] + weights["output/bias"]
    session = Session(compile_classifier(net, weights, precision="float32"), threads=1)
    np.testing.assert_allclose(run_tokens(session, TEXTS[:1])[0][0], expected, atol=1e-4)


def test_the_backward_direction_reads_the_text_turned_round() -> None:
    """Swapping the directions' weights and reversing the text changes nothing."""
    net = network((Encoder(cell="gru", units=4),), pooling=("last",))
    rng = np.random.default_rng(5)
    weights = {n: rng.normal(size=s).astype("f4") for n, s in net.weight_shapes().items()}
    turned = dict(weights)
    for part in ("kernel", "recurrent", "bias"):
        turned[f"encoder_0/forward/{part}"] = weights[f"encoder_0/backward/{part}"]
        turned[f"encoder_0/backward/{part}"] = weights[f"encoder_0/forward/{part}"]
    turned["output/kernel"] = np.roll(weights["output/kernel"], 4, axis=0)
    whole = Session(compile_classifier(net, weights, precision="float32"), threads=1)
    first = run_tokens(whole, TEXTS)[0]
    reversed_texts = [text[::-1] for text in TEXTS]
    second = Session(compile_classifier(net, turned, precision="float32"), threads=1)
    np.testing.assert_allclose(run_tokens(second, reversed_texts)[0], first, atol=1e-5)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
