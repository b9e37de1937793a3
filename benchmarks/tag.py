"""Words tagged a second: textrnn, the same network through Keras, PyTorch and spaCy.

    python benchmarks/tag.py [TEXTFILE] [--lines 2000] [--model ner-en]
        [--torch PYTHON] [--spacy PYTHON] [--train CONLL] [--spacy-model NAME] [--runs 5]

Each runs in a process of its own, end to end: from lines of text to entities. textrnn is as it is
by default, batches of 128; Keras and PyTorch read 32 lines of like length at once, spaCy as it does
by default, on one core. PyTorch and spaCy may live in other environments: name their Pythons.
PyTorch has a network of the same size with random weights; spaCy the blank pipeline with a
convolutional tagger, trained here for an epoch on --train (more epochs change its accuracy, not its
speed). --spacy-model names a pipeline of spaCy's that is installed there, as ``en_core_web_sm``, of
which what tags names alone is loaded. Without TEXTFILE the lines are those of our own guides.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path

from contest import Measured, read_lines, read_options, result, run_all, show, timed, words_of
from spacy_pipeline import trained_spacy

BATCH_TEXTS = 32
MODELS = Path(__file__).parent.parent / "textrnn" / "models"


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("text", type=Path, nargs="?")
    parser.add_argument("--lines", type=int, default=2000, help="how many are read")
    parser.add_argument("--model", default="ner-en")
    parser.add_argument("--torch", help="the Python that has PyTorch")
    parser.add_argument("--spacy", help="the Python that has spaCy")
    parser.add_argument("--train", help="CoNLL file to train spaCy's tagger on")
    parser.add_argument("--spacy-model", help="a pipeline that is installed there")
    options = read_options(parser, CONTESTANTS, runs=5)
    if options.spacy and not options.train:
        parser.error("--spacy needs --train")
    pythons = dict.fromkeys(("textrnn", "Keras predict", "tf.function"), sys.executable)
    if options.torch:
        pythons["PyTorch"] = options.torch
    if options.spacy:
        pythons["spaCy"] = options.spacy
        if options.spacy_model:
            pythons[PIPELINE] = options.spacy
    found = run_all(pythons, options.runs)
    lines = lines_of(options)
    title = f"Tag: {options.model}, {len(lines):,} lines, {words_of(lines):,} words"
    show([result(found, title)], options.json)


def lines_of(options: argparse.Namespace) -> list[str]:
    """What is tagged."""
    return read_lines(options.text, options.lines)


def run_textrnn(options: argparse.Namespace) -> Measured:
    """``Tagger.tag``."""
    import textrnn

    tagger = textrnn.load(options.model)
    return timed(tagger.tag, lines_of(options), f"textrnn {textrnn.__version__}")


def run_predict(options: argparse.Namespace) -> Measured:
    """The same network, built from the same weights, through Keras' ``predict_on_batch``."""
    import keras

    model, prepare, decode = keras_tagger(options.model)

    def tag(texts: list[str]) -> int:
        found, order = 0, sorted(texts, key=len)
        for begin in range(0, len(order), BATCH_TEXTS):
            inputs, lengths = prepare(order[begin : begin + BATCH_TEXTS])
            found += decode(model.predict_on_batch(inputs), lengths)
        return found

    return timed(tag, lines_of(options), f"Keras {keras.__version__}")


def run_function(options: argparse.Namespace) -> Measured:
    """The same under ``tf.function``, traced once for all shapes."""
    import tensorflow as tf

    model, prepare, decode = keras_tagger(options.model)
    run = tf.function(lambda inputs: model(inputs), reduce_retracing=True)

    def tag(texts: list[str]) -> int:
        found, order = 0, sorted(texts, key=len)
        for begin in range(0, len(order), BATCH_TEXTS):
            inputs, lengths = prepare(order[begin : begin + BATCH_TEXTS])
            tensors = {name: tf.constant(values) for name, values in inputs.items()}
            found += decode(run(tensors).numpy(), lengths)
        return found

    return timed(tag, lines_of(options), f"TensorFlow {tf.__version__}")


def keras_tagger(name: str):  # type: ignore[no-untyped-def]
    """A tagger in Keras: the model, what makes lines ready for it, what counts entities after it.

    ``predict`` needs inputs of one length, so that every token brings its own spelling: a word that
    comes again is spelled again. The lines are sorted by length before they come here, so that
    there is little padding; the words are cut and the tags decoded by textrnn's own code.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy as np

    import textrnn
    from textrnn.decoding.viterbi import viterbi
    from textrnn.runtime.session import pad
    from textrnn.text.words import find_words

    inner, network, features, gazetteer, chain = rebuild(textrnn.load(name))

    def prepare(texts):  # type: ignore[no-untyped-def]
        words = [[text[a:b] for a, b in find_words(text)] for text in texts]
        arrays = [features.word_arrays(line) for line in words]
        rows, lengths = pad([array[0] for array in arrays])
        longest = max(array[1].shape[1] for array in arrays)
        characters = np.zeros((*rows.shape, longest), np.int32)
        marks = np.zeros((*rows.shape, 4 * network.gazetteer_kinds), np.float32)
        for i, (line, (_, spelled, _)) in enumerate(zip(words, arrays, strict=True)):
            characters[i, : len(spelled), : spelled.shape[1]] = spelled
            if gazetteer is not None:
                marks[i, : len(line)] = gazetteer.look_up([line])
        inputs = {"words": rows, "characters": characters, "gazetteer": marks}
        return {**inputs, "shapes": pad([array[2] for array in arrays])[0]}, lengths

    def decode(emissions, lengths):  # type: ignore[no-untyped-def]
        paths = viterbi(emissions, lengths, chain)
        return sum(network.head.tags[number][0] in "BS" for path in paths for number in path)

    return per_token(inner), prepare, decode


def per_token(inner):  # type: ignore[no-untyped-def]
    """A tagger's network with inputs of one length, as ``predict`` wants them."""
    import keras
    from keras import ops

    class PerToken(keras.Model):  # type: ignore[misc]
        """Takes words (B, T), characters (B, T, C), shapes (B, T) and gazetteer (B, T, …)."""

        def call(self, inputs):  # type: ignore[no-untyped-def]
            words, characters = inputs["words"], inputs["characters"]
            batch, time_steps, longest = ops.shape(characters)
            numbers = ops.reshape(ops.arange(1, batch * time_steps + 1), (batch, time_steps))
            padding = ops.zeros((1,), "int32")
            spelled = ops.reshape(characters, (-1, longest))
            fed = {
                "words": ops.concatenate([padding, ops.reshape(words, (-1,))]),
                "characters": ops.pad(spelled, [[1, 0], [0, 0]]),
                "shapes": ops.concatenate([padding, ops.reshape(inputs["shapes"], (-1,))]),
                "tokens": ops.where(words != 0, ops.cast(numbers, "int32"), 0),
            }
            if "gazetteer" in inner.input:
                fed["gazetteer"] = inputs["gazetteer"]
            return inner(fed, training=False)

    return PerToken()


def rebuild(tagger):  # type: ignore[no-untyped-def]
    """The Keras model of a tagger's bundle, and what goes with it."""
    import io

    import numpy as np

    from textrnn.decoding.chain import Chain
    from textrnn.heads.tagger.features import Features
    from textrnn.heads.tagger.gazetteer import Gazetteer
    from textrnn.heads.tagger.network import TaggerNetwork
    from textrnn.training.tagger.model import build_tagger
    from textrnn.training.weights.named import import_weights

    bundle = tagger.bundle
    network = TaggerNetwork.from_dict(bundle.manifest.network)
    weights = dict(np.load(io.BytesIO(bundle.read("weights.npz"))))
    tables = dict(np.load(io.BytesIO(bundle.read("tables.npz"))))
    for name in [key for key in tables if not key.endswith("/scale")]:
        rows = tables[name].astype("float32")
        weights[name] = rows * tables[f"{name}/scale"] if f"{name}/scale" in tables else rows
    model = build_tagger(network)
    import_weights(model, network, {k: v.astype("float32") for k, v in weights.items()})
    features = Features.from_json(bundle.read("features.json").decode("utf-8"))
    gazetteer = None
    if network.gazetteer_kinds:
        gazetteer = Gazetteer.from_bytes(bundle.read("gazetteer.npz"))
    learned = {name: weights[f"crf/{name}"] for name in ("transitions", "start", "end")}
    return model, network, features, gazetteer, Chain.over(network.head.tags, **learned)


def run_torch(options: argparse.Namespace) -> Measured:
    """Words and a convolution over their letters, ``nn.LSTM`` over packed lines, best tags.

    The sizes are those of ner-en, the weights random; there are no CRF, gazetteer and shapes, and a
    word that comes again is spelled again.
    """
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

    network = json.loads((MODELS / options.model / "bundle.json").read_text("utf-8"))["network"]
    letters, sizes = network["characters"], [one["units"] for one in network["encoders"]]
    embedding = nn.Embedding(network["vocabulary_size"], network["embedding"]["units"])
    spelling = nn.Embedding(network["character_count"], letters["embedding_units"])
    reader = nn.Conv1d(letters["embedding_units"], letters["units"], letters["width"], padding=1)
    width = network["embedding"]["units"] + letters["units"]
    layers = []
    for size in sizes:
        layers.append(nn.LSTM(width, size, bidirectional=True, batch_first=True))
        width = 2 * size
    tags = 4 * len(network["head"]["labels"]) + 1
    output = nn.Linear(width, tags)
    known: dict[str, int] = {}

    def number(word: str) -> int:
        return known.setdefault(word, len(known) % network["vocabulary_size"])

    def spell(word: str) -> torch.Tensor:
        return torch.tensor([ord(letter) % network["character_count"] for letter in word])

    def tag(texts: list[str]) -> int:
        found, order = 0, sorted(texts, key=len)
        with torch.inference_mode():
            for begin in range(0, len(order), BATCH_TEXTS):
                lines = [
                    [word.group() for word in re.finditer(r"\w+|[^\w\s]", text)]
                    for text in order[begin : begin + BATCH_TEXTS]
                ]
                lengths = torch.tensor([len(line) for line in lines])
                words = pad_sequence(
                    [torch.tensor([number(word) for word in line]) for line in lines], True
                )
                spelled = pad_sequence([spell(word) for line in lines for word in line], True)
                read = reader(spelling(spelled).transpose(1, 2)).relu().amax(2)
                read = pad_sequence(read.split(lengths.tolist()), True)
                states = torch.cat([embedding(words), read], dim=2)
                for layer in layers:
                    packed = pack_padded_sequence(states, lengths, True, enforce_sorted=False)
                    states, _ = pad_packed_sequence(layer(packed)[0], batch_first=True)
                best = output(states).argmax(-1)
                found += sum(
                    number % 4 == 1
                    for line, length in zip(best.tolist(), lengths.tolist(), strict=True)
                    for number in line[:length]
                )
        return found

    return timed(tag, lines_of(options), f"PyTorch {torch.__version__}")


def run_spacy(options: argparse.Namespace) -> Measured:
    """``nlp.pipe`` of a blank pipeline with a convolutional NER tagger."""
    import spacy

    nlp = trained_spacy(options.train)
    lines, version = lines_of(options), f"spaCy {spacy.__version__}"
    return timed(lambda texts: list(nlp.pipe(texts)), lines, version)


def run_pipeline(options: argparse.Namespace) -> Measured:
    """``nlp.pipe`` of a pipeline that spaCy's makers trained."""
    import spacy

    nlp = spacy.load(options.spacy_model)
    nlp.select_pipes(enable=["tok2vec", "ner"])
    version = f"{options.spacy_model} {nlp.meta['version']}"
    return timed(lambda texts: list(nlp.pipe(texts)), lines_of(options), version)


PIPELINE = "spaCy, a trained pipeline"
CONTESTANTS = {
    "textrnn": run_textrnn,
    "Keras predict": run_predict,
    "tf.function": run_function,
    "PyTorch": run_torch,
    "spaCy": run_spacy,
    PIPELINE: run_pipeline,
}

if __name__ == "__main__":
    main()
