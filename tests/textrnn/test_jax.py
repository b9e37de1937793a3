"""Keras on JAX, as on an accelerator: the same steps as on TensorFlow, from the same weights."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jax_steps
import keras
import numpy as np
import pytest

from textrnn.bundle.bundle import Bundle
from textrnn.training.classifier.batches import EncodedTexts, plain_batches, training_batches
from textrnn.training.layers.bidirectional import AlignedBidirectional
from textrnn.training.loop.batches import fixed_length

pytestmark = pytest.mark.train

ON_JAX = {
    **os.environ,
    "KERAS_BACKEND": "jax",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_backend_optimization_level=0",  # what runs twice need not be fast
}


def test_steps_are_those_on_tensorflow(tmp_path: Path) -> None:
    """Losses and weights after two steps; a virtual adversarial step begins at random, so it is
    near alone.
    """
    command = [sys.executable, jax_steps.__file__, str(tmp_path / "found.npz")]
    subprocess.run(command, env=ON_JAX, check=True)
    expected = jax_steps.losses()
    with np.load(tmp_path / "found.npz") as found:
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            near = 0.05 if name.startswith("virtual") else 2e-4
            np.testing.assert_allclose(found[name], value, atol=near, err_msg=name)
    for kind, *_ in jax_steps.KINDS:
        before, after = (expected[f"{kind} {name}"] for name in ("before", "weights"))
        assert not np.allclose(after, before, atol=1e-3)


TRAIN_TWICE = """
import sys
from textrnn.cli.main import main
options = sys.argv[1:]
for out, *more in (["plain"], ["both", "--compute", "bfloat16", "--language-model", "1"]):
    sys.argv[1:] = [*options, "--out", out, *more]
    try:
        main()
    except SystemExit as stop:
        assert stop.code == 0, stop.code
"""


def test_the_command_trains_models(tmp_path: Path) -> None:
    rows = [f"{word} day {i},{word}" for i in range(40) for word in ("good", "bad")]
    (tmp_path / "texts.csv").write_text("\n".join(["text,label", *rows]), "utf-8")
    options = (
        "train classifier --train texts.csv --epochs 3 --batch-size 16 --learning-rate 0.02 "
        "--cell rnn --units 8 --embedding-units 8 --max-tokens 60 --average 0.5 --average-epochs 2"
    )
    command = [sys.executable, "-c", TRAIN_TWICE, *options.split()]
    run = subprocess.run(command, env=ON_JAX, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    for name in ("plain", "both"):
        assert Bundle.open(tmp_path / name).manifest.scores["validation_accuracy"] > 0.9


def test_reading_backward_from_a_texts_end_needs_no_mask() -> None:
    """An aligned layer gives what Keras' own gives under a mask, and its gradients."""
    keras.utils.set_random_seed(0)
    inputs = np.random.default_rng(0).normal(size=(4, 6, 3)).astype(np.float32)
    mask = np.arange(6)[None] < np.array([6, 3, 1, 5])[:, None]
    options = {"return_sequences": True, "return_state": True}
    layers = [
        kind(keras.layers.LSTM(5, **options), merge_mode="concat")
        for kind in (keras.layers.Bidirectional, AlignedBidirectional)
    ]
    plain, *states = layers[0](inputs, mask=mask)
    layers[1].build(inputs.shape)
    layers[1].set_weights(layers[0].get_weights())
    assert not layers[1].backward_layer.go_backwards  # cuDNN's outputs come in another order then
    aligned, forward, backward = layers[1](inputs, mask=mask)
    within = mask[..., None]
    np.testing.assert_allclose(np.array(aligned) * within, np.array(plain) * within, atol=1e-6)
    np.testing.assert_allclose(np.array(forward), np.array(states[0]), atol=1e-6)
    np.testing.assert_allclose(np.array(backward), np.array(states[2]), atol=1e-6)


def test_shapes_are_few_and_no_text_is_lost() -> None:
    rng = np.random.default_rng(0)
    tokens = [rng.integers(2, 9, n).astype(np.int32) for n in rng.integers(1, 60, 70)]
    texts = EncodedTexts(tokens, np.arange(70))
    batches = list(training_batches(texts, batch_size=16, max_tokens=40, seed=(0, 0), fixed=True))
    assert {batch.tokens.shape for batch in batches} <= {(16, 5), (16, 20), (16, 40)}
    assert {int(label) for batch in batches for label in batch.labels} == set(range(70))
    for batch in batches:
        for row, label in zip(batch.tokens, batch.labels, strict=True):
            kept = row[row != 0]
            assert len(kept) == min(len(tokens[label]), 40)
            assert not row[len(kept) :].any()
    plain = plain_batches(tokens, batch_size=8, max_tokens=40, seed=(0, 0), fixed=True)
    assert {next(plain).shape for _ in range(20)} <= {(8, 5), (8, 20), (8, 40)}
    assert [fixed_length(n, 400) for n in (1, 50, 51, 200, 201, 400)] == [
        50,
        50,
        200,
        200,
        400,
        400,
    ]
    assert fixed_length(3, 4) == 4
