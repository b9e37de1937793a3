"""Words classified a second: textrnn, the same network through Keras, and the like in PyTorch.

    python benchmarks/classify.py [TEXTFILE] [--lines 500] [--model sentiment-en]
        [--torch PYTHON] [--runs 5]

From lines of text to a label for each, without start-up. textrnn is as it is by default, batches of
16, as many of them at the same time as there are cores, but that its network reads every text
(``mode="exact"``; modes.py has the others); the others read 32 lines at once, with all
cores. Keras has the same network with the same weights, without the bag of n-grams beside it, and
reads every line whole, sorted by length over all lines; textrnn sorts what it has in hand, reads
what is longer than its window in windows, and has 8-bit weights. PyTorch has an embedding, a
bidirectional ``nn.LSTM`` and a layer of labels of the same sizes with random weights, and textrnn's
own tokenizer has no part in it: words are split by a regular expression and looked up in a dict. It
may live in another environment: name its Python. Without TEXTFILE the lines are those of our own
guides.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from functools import partial
from pathlib import Path

from contest import Measured, read_lines, read_options, result, run_all, show, timed, words_of

BATCH_TEXTS = 32
MODELS = Path(__file__).parent.parent / "textrnn" / "models"


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("text", type=Path, nargs="?")
    parser.add_argument("--lines", type=int, default=500, help="how many are read")
    parser.add_argument("--model", default="sentiment-en")
    parser.add_argument("--torch", help="the Python that has PyTorch")
    options = read_options(parser, CONTESTANTS, runs=5)
    pythons = dict.fromkeys(("textrnn", "Keras predict", "tf.function"), sys.executable)
    if options.torch:
        pythons["PyTorch"] = options.torch
    found = run_all(pythons, options.runs)
    lines = lines_of(options)
    title = f"Classify: {options.model}, {len(lines):,} lines, {words_of(lines):,} words"
    show([result(found, title)], options.json)


def lines_of(options: argparse.Namespace) -> list[str]:
    """What is classified."""
    return read_lines(options.text, options.lines)


def run_textrnn(options: argparse.Namespace) -> Measured:
    """``Classifier.classify``."""
    import textrnn

    model = textrnn.load(options.model)
    classify = partial(model.classify, mode="exact")
    return timed(classify, lines_of(options), f"textrnn {textrnn.__version__}")


def run_predict(options: argparse.Namespace) -> Measured:
    """Keras' ``predict_on_batch``."""
    import keras

    from textrnn.runtime.session import pad

    model, tokenizer = keras_model(options.model)

    def classify(lines: list[str]) -> None:
        texts = sorted((text.ids for text in tokenizer.encode_batch(lines)), key=len)
        for begin in range(0, len(texts), BATCH_TEXTS):
            model.predict_on_batch(pad(texts[begin : begin + BATCH_TEXTS])[0])

    return timed(classify, lines_of(options), f"Keras {keras.__version__}")


def run_function(options: argparse.Namespace) -> Measured:
    """The Keras network under ``tf.function``, traced once for all shapes."""
    import tensorflow as tf

    from textrnn.runtime.session import pad

    model, tokenizer = keras_model(options.model)
    signature = [tf.TensorSpec((None, None), tf.int32)]
    run = tf.function(lambda tokens: model(tokens, training=False), input_signature=signature)

    def classify(lines: list[str]) -> None:
        texts = sorted((text.ids for text in tokenizer.encode_batch(lines)), key=len)
        for begin in range(0, len(texts), BATCH_TEXTS):
            run(pad(texts[begin : begin + BATCH_TEXTS])[0]).numpy()

    return timed(classify, lines_of(options), f"TensorFlow {tf.__version__}")


def keras_model(name: str):  # type: ignore[no-untyped-def]
    """The Keras model of a classifier's bundle, and its tokenizer."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import textrnn
    from textrnn.heads.classifier.network import ClassifierNetwork
    from textrnn.training.classifier.model import build_classifier
    from textrnn.training.weights.files import read_weights
    from textrnn.training.weights.named import import_weights

    classifier = textrnn.load(name)
    network = ClassifierNetwork.from_dict(classifier.bundle.manifest.network)
    model = build_classifier(network)
    import_weights(model, network, read_weights(classifier.bundle))
    return model, classifier.tokenizer


def run_torch(options: argparse.Namespace) -> Measured:
    """Embedding, bidirectional ``nn.LSTM`` over packed lines, maximum and mean, and the labels."""
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

    folder = MODELS / options.model
    network = json.loads((folder / "bundle.json").read_text("utf-8"))["network"]
    vocabulary = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    units, size = network["encoders"][0]["units"], network["embedding"]["units"]
    embedding = nn.Embedding(network["vocabulary_size"], size)
    lstm = nn.LSTM(size, units, bidirectional=True, batch_first=True)
    output = nn.Linear(4 * units, 2)

    def classify(lines: list[str]) -> None:
        words = (re.findall(r"\w+(?:'\w+)?|[^\w\s]", line.lower()) for line in lines)
        texts = sorted(([vocabulary.get(w, 1) for w in line] for line in words), key=len)
        with torch.inference_mode():
            for begin in range(0, len(texts), BATCH_TEXTS):
                batch = [torch.tensor(text) for text in texts[begin : begin + BATCH_TEXTS]]
                lengths = torch.tensor([len(text) for text in batch])
                embedded = embedding(pad_sequence(batch, batch_first=True))
                packed = pack_padded_sequence(
                    embedded, lengths, batch_first=True, enforce_sorted=False
                )
                states, _ = pad_packed_sequence(lstm(packed)[0], batch_first=True)
                pooled = torch.cat([states.amax(1), states.sum(1) / lengths[:, None]], dim=1)
                output(pooled).softmax(-1).tolist()

    return timed(classify, lines_of(options), f"PyTorch {torch.__version__}")


CONTESTANTS = {
    "textrnn": run_textrnn,
    "Keras predict": run_predict,
    "tf.function": run_function,
    "PyTorch": run_torch,
}

if __name__ == "__main__":
    main()
