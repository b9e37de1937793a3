"""The CRF as a Keras layer: its likelihood against enumeration, its gradients, saving."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.train

TAGS = ["O", "B-A", "I-A", "E-A", "S-A"]
LENGTHS = np.array([4, 2, 1, 0])


def made_up(seed: int) -> tuple[object, np.ndarray, np.ndarray, np.ndarray]:
    """A layer with random weights, emissions (B, T, L), a mask (B, T), and its weights."""
    from textrnn.training.layers.crf import CRF

    rng = np.random.default_rng(seed)
    layer = CRF(TAGS)
    emissions = rng.normal(0, 2, (len(LENGTHS), 4, len(TAGS))).astype(np.float32)
    layer(emissions)
    layer.set_weights([rng.normal(0, 1, w.shape).astype(np.float32) for w in layer.weights])
    return layer, emissions, np.arange(4) < LENGTHS[:, None], rng.integers(0, 5, (4, 4))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_the_likelihood_is_that_of_enumeration(seed: int) -> None:
    from textrnn.decoding.chain import Chain

    layer, emissions, mask, _ = made_up(seed)
    names = ("transitions", "start", "end")
    chain = Chain.over(TAGS, **dict(zip(names, layer.get_weights(), strict=True)))  # type: ignore[attr-defined]

    def score(row: int, path: tuple[int, ...]) -> float:
        total = float(chain.start[path[0]] + chain.end[path[-1]])
        total += sum(float(emissions[row, t, tag]) for t, tag in enumerate(path))
        return total + sum(float(chain.transitions[a, b]) for a, b in itertools.pairwise(path))

    tags = np.zeros((4, 4), np.int32)
    expected = np.zeros(4)
    for row, length in enumerate(LENGTHS[:3]):
        paths = list(itertools.product(range(5), repeat=int(length)))
        scores = np.array([score(row, path) for path in paths])
        best = int(scores.argmax())
        tags[row, :length] = paths[best]
        expected[row] = scores[best] - np.log(np.exp(scores - scores.max()).sum()) - scores.max()
    found = np.asarray(layer.log_likelihood(emissions, tags, mask))  # type: ignore[attr-defined]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_padding_changes_nothing() -> None:
    layer, emissions, mask, tags = made_up(3)
    tags = np.where(mask, 0, tags)
    wide = np.pad(emissions, [(0, 0), (0, 3), (0, 0)], constant_values=9.0)
    first = layer.log_likelihood(emissions, tags, mask)  # type: ignore[attr-defined]
    second = layer.log_likelihood(  # type: ignore[attr-defined]
        wide, np.pad(tags, [(0, 0), (0, 3)], constant_values=4), np.pad(mask, [(0, 0), (0, 3)])
    )
    np.testing.assert_allclose(np.asarray(first), np.asarray(second), atol=1e-5)


def test_single_tokens_have_the_probabilities_of_their_own_scores() -> None:
    """A compiled step of unknown length, as in training: TensorFlow's scan takes no empty steps."""
    import tensorflow as tf

    layer, emissions, _, tags = made_up(5)
    _, start, end = (np.asarray(w) for w in layer._weights())  # type: ignore[attr-defined]
    scores = emissions[:, 0] + start + end
    expected = scores - np.log(np.exp(scores).sum(-1, keepdims=True))

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, None, len(TAGS)]),
            tf.TensorSpec([None, None], tf.int32),
            tf.TensorSpec([None, None], tf.bool),
        ]
    )
    def both(emissions: object, tags: object, mask: object) -> tuple[object, object]:
        likelihood = layer.log_likelihood(emissions, tags, mask)  # type: ignore[attr-defined]
        return likelihood, layer.log_marginals(emissions, mask)  # type: ignore[attr-defined]

    likelihood, marginals = both(
        emissions[:, :1], tags[:, :1].astype(np.int32), np.ones((4, 1), bool)
    )
    np.testing.assert_allclose(marginals.numpy()[:, 0], expected, atol=1e-4)
    chosen = expected[np.arange(4), tags[:, 0]]
    np.testing.assert_allclose(likelihood.numpy(), chosen, atol=1e-4)


def test_gradients_are_finite_and_reach_every_weight() -> None:
    import tensorflow as tf

    layer, emissions, mask, _ = made_up(4)
    tags = np.zeros((4, 4), np.int32)
    tags[0] = [1, 2, 3, 0]
    with tf.GradientTape() as tape:
        inputs = tf.convert_to_tensor(emissions)
        tape.watch(inputs)
        loss = -tf.reduce_mean(layer.log_likelihood(inputs, tags, mask))  # type: ignore[attr-defined]
    weights = [w.value for w in layer.trainable_variables]  # type: ignore[attr-defined]
    gradients = tape.gradient(loss, [inputs, *weights])
    assert all(np.isfinite(gradient.numpy()).all() for gradient in gradients)
    assert all(np.abs(gradient.numpy()).max() > 0 for gradient in gradients)
    assert not gradients[0].numpy()[~mask].any()


def test_it_is_saved_loaded_and_trained_on(tmp_path: Path) -> None:
    import keras

    from textrnn.training.layers.crf import CRF
    from textrnn.training.loop.step import make_step
    from textrnn.training.tagger.objective import TagLikelihood

    keras.utils.set_random_seed(0)
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    rows = keras.layers.Embedding(6, len(TAGS), name="embedding")(tokens)
    model = keras.Model({"tokens": tokens}, CRF(TAGS, name="crf")(rows))
    batch = {"tokens": np.array([[2, 3, 4], [5, 2, 0]], np.int32)}
    right = np.array([[1, 3, 0], [4, 0, 0]], np.int32)

    def train(network: keras.Model, steps: int) -> list[float]:
        step = make_step(network, keras.optimizers.SGD(0.5), [TagLikelihood(network)])
        return [step({**batch, "tags": right}) for _ in range(steps)]

    before = train(model, 5)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.layers[-1].tags == TAGS
    for one, other in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    after, straight = train(loaded, 5), train(model, 5)
    assert after == pytest.approx(straight, abs=1e-6)
    assert after[-1] < before[-1] < before[0]


def test_wrong_arguments_are_named() -> None:
    from textrnn.errors import ConfigurationError
    from textrnn.training.layers.crf import CRF

    with pytest.raises(ConfigurationError, match="must name at least one"):
        CRF([])
    with pytest.raises(ConfigurationError, match="must have 5 tags"):
        CRF(TAGS)(np.zeros((1, 2, 4), np.float32))


def test_marginals_are_those_that_serving_computes() -> None:
    from textrnn.decoding.chain import Chain
    from textrnn.decoding.marginals import marginals

    layer, emissions, mask, _ = made_up(11)
    names = ("transitions", "start", "end")
    chain = Chain.over(TAGS, **dict(zip(names, layer.get_weights(), strict=True)))  # type: ignore[attr-defined]
    found = np.exp(np.asarray(layer.log_marginals(emissions, mask)))  # type: ignore[attr-defined]
    expected = marginals(emissions, LENGTHS, chain).tags
    np.testing.assert_allclose(found[mask], expected[mask], atol=1e-5)
