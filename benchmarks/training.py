"""Training to an accuracy: textrnn, the tutorials' way in Keras, PyTorch over packed texts.

    python benchmarks/training.py TRAIN [--goal 0.87] [--epochs 5] [--torch PYTHON] [--runs 1]

TRAIN is a JSONL file of texts with the labels 0 and 1 (IMDB's); every tenth is kept for validation.
All three have a vocabulary of 20,000 words, 128 numbers a word, a bidirectional LSTM of 64 units,
Adam at 0.001 and batches of 32. textrnn is otherwise as ``textrnn train classifier`` is by default;
the tutorials pad every review to 500 words, or cut it, and call ``fit``; PyTorch packs texts of
like length, cut at 500. Time runs from reading the file, imports excluded, to the end of the first
epoch that reaches the goal on the validation texts, or of the last of --epochs: then the time is
less than what it would take. textrnn reads windows of 400 tokens drawn at random, the others the
first 500. Tokens are those of the texts, padding is none. PyTorch may live in another environment:
name its Python.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import lzma
import os
import re
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from contest import Measured, read_options, result, run_all, show

VOCABULARY, EMBEDDING, UNITS, LONGEST, BATCH_TEXTS = 20_000, 128, 64, 500, 32
WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")

Labelled = list[tuple[str, int]]


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("train", type=Path)
    parser.add_argument("--goal", type=float, default=0.87, help="accuracy on validation texts")
    parser.add_argument("--epochs", type=int, default=5, help="the most of them")
    parser.add_argument("--torch", help="the Python that has PyTorch")
    options = read_options(parser, CONTESTANTS, runs=1)
    pythons = dict.fromkeys(("textrnn", "Keras tutorial"), sys.executable)
    if options.torch:
        pythons["PyTorch packed"] = options.torch
    found = run_all(pythons, options.runs)
    courses = [
        f"{name}: {', '.join(f'{accuracy:.4f} after {seconds:,.0f} s' for seconds, accuracy in c)}"
        f"{'.' if c[-1][1] >= options.goal else ': the goal was not reached.'}"
        for name, runs in found.items()
        for c in [runs[0]["course"]]
    ]
    title = f"Training a classifier to {options.goal} on validation texts: {options.train.name}"
    results = [
        result(found, title, key="seconds", unit="s", notes=courses),
        result(found, "Training: tokens of text a second", unit="tokens/s"),
    ]
    show(results, options.json)


def read_reviews(path: Path) -> tuple[Labelled, Labelled]:
    """The texts with their labels: those to train on, and every tenth of them."""
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    pairs = [(row["text"], int(row["label"])) for row in rows]
    return [p for i, p in enumerate(pairs) if i % 10], pairs[::10]


class Course:
    """What a training achieved, epoch by epoch, and whether it may stop."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.started = time.perf_counter()
        self.goal, self.epochs = options.goal, options.epochs
        self.reached: list[tuple[float, float]] = []

    def add(self, accuracy: float) -> bool:
        """Take note of an epoch's accuracy; true if there is to be no further epoch."""
        self.reached.append((time.perf_counter() - self.started, accuracy))
        return accuracy >= self.goal or len(self.reached) == self.epochs

    def measured(self, tokens_per_s: float, version: str) -> Measured:
        """What the contestant returns."""
        return {
            "seconds": self.reached[-1][0],
            "rate": tokens_per_s,
            "course": self.reached,
            "version": version,
        }


def run_textrnn(options: argparse.Namespace) -> Measured:
    """``train_classifier``, stopped from outside once the goal is reached."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import textrnn
    from textrnn.corpora import LabelledText
    from textrnn.network import Embedding, Encoder
    from textrnn.training.classifier.plan import ClassifierPlan
    from textrnn.training.loop.events import TrainingEvent
    from textrnn.training.settings import TokenizerSettings, TrainingSettings

    class GoalReachedError(Exception):
        """Ends the training."""

    course, rates = Course(options), [0.0]

    def watch(event: TrainingEvent) -> None:
        if event.epoch == 1 and event.record is None:  # later ones count validation, too
            rates.append(event.tokens_per_s)
        if event.record and course.add(event.record["validation_accuracy"]):
            raise GoalReachedError

    train, validation = read_reviews(options.train)
    plan = ClassifierPlan(
        tokenizer=TokenizerSettings(vocabulary_size=VOCABULARY),
        embedding=Embedding(units=EMBEDDING, dropout=0.2),
        encoders=(Encoder(units=UNITS),),
        training=TrainingSettings(epochs=options.epochs, patience=0),
    )
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(GoalReachedError):
        textrnn.train_classifier(
            [LabelledText(text, str(label)) for text, label in train],
            validation=[LabelledText(text, str(label)) for text, label in validation],
            out=Path(folder) / "model",
            plan=plan,
            on_event=watch,
        )
    return course.measured(rates[-1], f"textrnn {textrnn.__version__}")


def as_numbers(train: Labelled, validation: Labelled) -> tuple[list[list[int]], list[list[int]]]:
    """Both as numbers of words, by how often they are met: 0 is padding, 1 a rare word."""
    texts = [[WORD.findall(text.lower()) for text, _ in part] for part in (train, validation)]
    counts = Counter(word for words in texts[0] for word in words)
    common = counts.most_common(VOCABULARY - 2)
    numbers = {word: number for number, (word, _) in enumerate(common, start=2)}
    cut = [[[numbers.get(w, 1) for w in words[:LONGEST]] for words in part] for part in texts]
    return cut[0], cut[1]


def run_keras(options: argparse.Namespace) -> Measured:
    """Reviews padded to 500, and ``fit``."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    layers = keras.layers
    course = Course(options)
    train, validation = read_reviews(options.train)
    ids = as_numbers(train, validation)
    x, x_validation = (keras.utils.pad_sequences(part, maxlen=LONGEST) for part in ids)
    y, y_validation = (np.array([label for _, label in part]) for part in (train, validation))
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(VOCABULARY, EMBEDDING),
            layers.Bidirectional(layers.LSTM(UNITS)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    spent = 0.0

    class Watch(keras.callbacks.Callback):  # type: ignore[misc]
        """Stops at the goal, and counts the seconds of training."""

        def on_epoch_begin(self, epoch, logs=None):  # type: ignore[no-untyped-def]
            self.began = time.perf_counter()

        def on_test_begin(self, logs=None):  # type: ignore[no-untyped-def]
            nonlocal spent
            spent += time.perf_counter() - self.began

        def on_epoch_end(self, epoch, logs=None):  # type: ignore[no-untyped-def]
            self.model.stop_training = course.add(float(logs["val_accuracy"]))

    model.fit(
        x,
        y,
        batch_size=BATCH_TEXTS,
        epochs=options.epochs,
        validation_data=(x_validation, y_validation),
        callbacks=[Watch()],
        verbose=0,
    )
    tokens = len(course.reached) * int((x > 0).sum())
    return course.measured(tokens / spent, f"Keras {keras.__version__}")


def run_torch(options: argparse.Namespace) -> Measured:
    """Packed texts of like length, the last states of both directions, ``BCEWithLogitsLoss``."""
    import random

    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_sequence

    torch.manual_seed(0)
    shuffled = random.Random(0)
    course = Course(options)
    train, validation = read_reviews(options.train)
    parts = as_numbers(train, validation)
    labels = [[float(label) for _, label in part] for part in (train, validation)]
    embedding = nn.Embedding(VOCABULARY, EMBEDDING)
    lstm = nn.LSTM(EMBEDDING, UNITS, bidirectional=True)
    output = nn.Linear(2 * UNITS, 1)
    modules = nn.ModuleList([embedding, lstm, output])
    optimizer = torch.optim.Adam(modules.parameters(), lr=1e-3)
    loss_of = nn.BCEWithLogitsLoss()

    def batches(lengths: list[int]) -> list[list[int]]:
        order = sorted(range(len(lengths)), key=lambda i: (lengths[i], shuffled.random()))
        found = [order[begin : begin + BATCH_TEXTS] for begin in range(0, len(order), BATCH_TEXTS)]
        shuffled.shuffle(found)
        return found

    def logits(part: int, batch: list[int]) -> torch.Tensor:
        texts = [torch.tensor(parts[part][i] or [1]) for i in batch]
        packed = pack_sequence(texts, enforce_sorted=False)
        embedded = packed._replace(data=embedding(packed.data))
        _, (states, _) = lstm(embedded)
        return output(torch.cat([states[0], states[1]], dim=1))[:, 0]

    spent, done = 0.0, False
    while not done:
        began = time.perf_counter()
        for batch in batches([len(text) for text in parts[0]]):
            optimizer.zero_grad()
            wanted = torch.tensor([labels[0][i] for i in batch])
            loss_of(logits(0, batch), wanted).backward()
            optimizer.step()
        spent += time.perf_counter() - began
        right = 0
        with torch.inference_mode():
            for batch in batches([len(text) for text in parts[1]]):
                wanted = torch.tensor([labels[1][i] for i in batch])
                right += int(((logits(1, batch) > 0) == (wanted > 0.5)).sum())
        done = course.add(right / len(validation))
    tokens = len(course.reached) * sum(len(text) for text in parts[0])
    return course.measured(tokens / spent, f"PyTorch {torch.__version__}")


CONTESTANTS = {
    "textrnn": run_textrnn,
    "Keras tutorial": run_keras,
    "PyTorch packed": run_torch,
}

if __name__ == "__main__":
    main()
