"""Run by test_jax.py on another backend of Keras: steps of training from weights in a file.

Shapes: of tokens (3, 4), of targets (3, 2).
"""

from __future__ import annotations

import sys

import keras
import numpy as np

from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier.auxiliary import make_auxiliary_step
from textrnn.training.classifier.consistency import make_consistency_step
from textrnn.training.classifier.losses import make_train_step
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.plan import ConsistencySettings
from textrnn.training.classifier.validation import make_predict
from textrnn.training.loop.batches import Auxiliary
from textrnn.training.loop.sampled_softmax import Candidates

V, E = 12, 5
TOKENS = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [10, 4, 11, 0]], np.int32)
PLAIN = np.array([[7, 6, 5], [6, 9, 0]], np.int32)
TARGETS = np.eye(2, dtype=np.float32)[[0, 1, 1]]
WEIGHTS = np.array([1.0, 0.5, 2.0], np.float32)
COUNTS = np.arange(1, V + 1)
SHARES = (COUNTS / COUNTS.sum()).astype(np.float32)
POOLING = ("attention", "last", "mean", "max", "ngrams")


def build(cell: str) -> keras.Model:
    """A network with every kind of pooling, without dropout."""
    head = ClassifierHead(
        ("a", "b"), POOLING, attention_units=3, ngram_widths=(2,), ngram_units=3, dropout=0.0
    )
    encoders = (Encoder(cell=cell, units=2 * E),)
    return build_classifier(
        ClassifierNetwork(V, head, Embedding(units=E, dropout=0.0), encoders), l2=0.01
    )


def losses(cell: str, kinds: list[str], weights: list[np.ndarray]) -> dict[str, np.ndarray]:
    """What each kind of step returns, and what it makes of the weights, end to end."""
    candidates = Candidates(COUNTS, 6)
    drawn = Auxiliary(candidates.draw(np.random.default_rng(0)), 0.7)
    consistency = ConsistencySettings(adversarial=1.0, entropy=0.5, unlabelled_batch=2)
    virtual = ConsistencySettings(virtual_adversarial=1.0, unlabelled_batch=2)
    found = {}
    for name in kinds:
        model = build(cell)
        model.set_weights(weights)
        optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
        optimizer.build(model.trainable_variables)
        if name == "plain":
            found["logits"] = make_predict(model, max_tokens=4)(TOKENS)
            plain = make_train_step(model, optimizer, label_smoothing=0.1)
            loss = [plain(TOKENS, TARGETS, WEIGHTS) for _ in range(2)]
        elif name == "auxiliary":
            both = make_auxiliary_step(
                model,
                optimizer,
                label_smoothing=0.0,
                candidates=candidates,
                frequencies=SHARES,
                reads_plain=True,
            )
            loss = [both(TOKENS, TARGETS, WEIGHTS, drawn, PLAIN) for _ in range(2)]
        else:
            step = make_consistency_step(
                model,
                optimizer,
                consistency if name == "adversarial" else virtual,
                label_smoothing=0.0,
                frequencies=SHARES,
                seed=keras.random.SeedGenerator(1),
            )
            loss = [step(TOKENS, TARGETS, WEIGHTS, PLAIN) for _ in range(2)]
        found[f"{name} loss"] = np.array(loss)
        found[f"{name} weights"] = np.concatenate([w.ravel() for w in model.get_weights()])
    return found


if __name__ == "__main__":
    with np.load(sys.argv[1]) as file:
        given = [file[f"arr_{i}"] for i in range(len(file.files))]
    assert keras.backend.backend() == "jax"
    np.savez(sys.argv[2], **losses(sys.argv[3], sys.argv[4:], given))
