"""Run by test_jax.py on another backend of Keras: steps of training from the same weights.

Shapes: of tokens (3, 4), of targets (3, 2).
"""

from __future__ import annotations

import sys

import keras
import numpy as np

from textrnn.heads.classifier.network import ClassifierHead, ClassifierNetwork
from textrnn.network import Embedding, Encoder
from textrnn.training.classifier.auxiliary import LabelsAndNeighbours
from textrnn.training.classifier.consistency import AdversarialLabels, UnlabelledAnswers
from textrnn.training.classifier.losses import Labels
from textrnn.training.classifier.model import build_classifier
from textrnn.training.classifier.objective import make_predict
from textrnn.training.classifier.plan import ConsistencySettings
from textrnn.training.loop.sampled_softmax import Candidates
from textrnn.training.loop.step import make_step

V, E = 12, 5
TOKENS = np.array([[4, 5, 6, 7], [8, 9, 0, 0], [10, 4, 11, 0]], np.int32)
PLAIN = np.array([[7, 6, 5], [6, 9, 0]], np.int32)
TARGETS = np.eye(2, dtype=np.float32)[[0, 1, 1]]
WEIGHTS = np.array([1.0, 0.5, 2.0], np.float32)
COUNTS = np.arange(1, V + 1)
SHARES = (COUNTS / COUNTS.sum()).astype(np.float32)
KINDS = (
    ("plain", Encoder("lstm", 6), ("attention", "ngrams", "last")),
    ("auxiliary", Encoder("rnn", 2 * E), ("mean",)),
    ("adversarial", Encoder("gru", 6, bidirectional=False), ("max",)),
    ("virtual", Encoder("rnn", 6, bidirectional=False), ("last",)),
)


def build(encoder: Encoder, pooling: tuple[str, ...]) -> keras.Model:
    """A network without dropout; its weights are the same on every backend."""
    head = ClassifierHead(
        pooling, labels=("a", "b"), attention_units=3, ngram_widths=(2,), ngram_units=3, dropout=0.0
    )
    embedding = Embedding(units=E, dropout=0.0)
    model = build_classifier(ClassifierNetwork(V, head, embedding, (encoder,)), l2=0.01)
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return model


def all_weights(model: keras.Model) -> np.ndarray:
    """The numbers of a network, one after the other."""
    return np.concatenate([w.ravel() for w in model.get_weights()])


def losses() -> dict[str, np.ndarray]:
    """What each kind of step returns, and what it makes of the weights, end to end."""
    candidates = Candidates(COUNTS, 6)
    drawn = candidates.draw(np.random.default_rng(0))
    seed = keras.random.SeedGenerator(1)
    entropy = ConsistencySettings(entropy=0.5)
    virtual = ConsistencySettings(virtual_adversarial=1.0)
    terms = {
        "plain": lambda model: [Labels(model, label_smoothing=0.1)],
        "auxiliary": lambda model: [
            LabelsAndNeighbours(model, candidates, SHARES, reads_plain=True)
        ],
        "adversarial": lambda model: [
            AdversarialLabels(model, 1.0, SHARES),
            UnlabelledAnswers(model, entropy, SHARES, seed),
        ],
        "virtual": lambda model: [Labels(model), UnlabelledAnswers(model, virtual, SHARES, seed)],
    }
    batch = {
        "tokens": TOKENS, "targets": TARGETS, "weights": WEIGHTS, "plain": PLAIN,
        "candidates": drawn, "weight": np.float32(0.7),
    }  # fmt: skip
    found = {}
    for name, encoder, pooling in KINDS:
        model = build(encoder, pooling)
        found[f"{name} before"] = all_weights(model)
        optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
        optimizer.build(model.trainable_variables)
        if name == "plain":
            found["logits"] = make_predict(model, max_tokens=4)(TOKENS)
        step = make_step(model, optimizer, terms[name](model))
        loss = [step(batch) for _ in range(2)]
        found[f"{name} loss"] = np.array(loss)
        found[f"{name} weights"] = all_weights(model)
    return found


if __name__ == "__main__":
    assert keras.backend.backend() == "jax"
    np.savez(sys.argv[1], **losses())
