"""Tokens and sentences translated a second: textrnn, and the same network in Keras.

    python benchmarks/translate.py [--model DIR] [--texts FILE] [--lines 256] [--ctranslate2 PYTHON]

The texts are sentences, a line each, by default those of quality/ for ``classical-zh``, which is
the model by default; another is the folder of a translator with its ``weights.npz``. textrnn
translates greedily and with a beam of 5, one sentence at a time and 64 at once. Keras is given the
same weights and tokens, in float32, and goes as far as the same rule of length lets it, two ways:
``decode`` of the whole beginning for each new token, as tutorials do it, and a token at a time with
the states carried on, both under ``tf.function``. CTranslate2, which may live in another
environment, has no recurrent networks: it runs a Transformer of three layers a side with random
weights and about as many numbers, which writes as many tokens as textrnn does. Each contestant runs
in a process of its own, in turn, on one thread. Starting up and warming up are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contest import Measured, read_lines, read_options, result, run_all, show

ROOT = Path(__file__).parent.parent
TOGETHER = 64
WARM_UP = 8  # sentences


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default=str(ROOT / "textrnn" / "models" / "classical-zh"))
    parser.add_argument("--texts", type=Path)
    parser.add_argument("--lines", type=int, default=256)
    parser.add_argument("--ctranslate2", help="the Python that has CTranslate2")
    options = read_options(parser, CONTESTANTS, runs=3)
    pythons = dict.fromkeys((name for name in CONTESTANTS if name != CTRANSLATE2), sys.executable)
    if options.ctranslate2:
        pythons[CTRANSLATE2] = options.ctranslate2
    found = run_all(pythons, options.runs)
    about = f"{len(lines_of(options))} sentences, {Path(options.model).name}, one thread"
    show(
        [
            result(found, f"Translate: {about}", unit="tokens/s"),
            result(
                found, f"Translate, by the sentence: {about}", key="sentences", unit="sentences/s"
            ),
        ],
        options.json,
    )


def lines_of(options: argparse.Namespace) -> list[str]:
    """What is translated."""
    if options.texts:
        return read_lines(options.texts, options.lines)
    rows = (ROOT / "quality" / "classical-zh.jsonl").read_text("utf-8").splitlines()
    return [json.loads(row)["text"] for row in rows][: options.lines]


def measured(work: Callable[[list[str]], int], texts: list[str], version: str) -> Measured:
    """Tokens and sentences a second, after a warm-up.

    Args:
        work: translates texts, and returns how many tokens it wrote.
        texts: a sentence each.
        version: of what works.
    """
    work(texts[:WARM_UP])
    started = time.perf_counter()
    tokens = work(texts)
    elapsed = time.perf_counter() - started
    return {"rate": tokens / elapsed, "sentences": len(texts) / elapsed, "version": version}


def run_textrnn(options: argparse.Namespace, *, beam: int, together: int) -> Measured:
    """``Translator.translate``."""
    import textrnn

    translator = textrnn.load(options.model, threads=1)

    def work(texts: list[str]) -> int:
        groups = range(0, len(texts), together)
        found = [
            one
            for begin in groups
            for one in translator.translate(
                texts[begin : begin + together], beam=beam, batch_size=together
            )
        ]
        return sum(len(part.target_tokens) for one in found for part in one.sentences)

    return measured(work, lines_of(options), f"textrnn {textrnn.__version__}")


def run_keras(options: argparse.Namespace, *, carried: bool) -> Measured:
    """Sentences in batches, greedily.

    Args:
        options: of the command line.
        carried: whether the states are carried from token to token, or each token has the whole
            beginning read again.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np
    import tensorflow as tf

    import textrnn
    from textrnn.heads.translator.searching import most_tokens
    from textrnn.runtime.session import pad
    from textrnn.training.translator.model import build_translator
    from textrnn.training.weights.files import unpack_weights
    from textrnn.training.weights.named import import_weights

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    translator = textrnn.load(options.model, threads=1)
    network, tokenizer = translator.network, translator.source_tokenizer
    model = build_translator(network)
    import_weights(model, network, unpack_weights(translator.bundle.read("weights.npz")))
    encode = tf.function(model.encode, reduce_retracing=True)
    decode = tf.function(model.decode, reduce_retracing=True)

    def write(sources: list[Any]) -> int:
        """Translate some sources at once; how many tokens that came to."""
        tokens, lengths = pad(sources)
        encoded = encode(tf.constant(tokens))
        most = int(most_tokens(int(lengths.max())))
        written = np.full((len(sources), 1), tokenizer.START, np.int32)
        counts, going = np.zeros(len(sources), int), np.ones(len(sources), bool)
        while going.any() and written.shape[1] <= most:
            found = decode(tf.constant(written[:, -1:] if carried else written), encoded)
            if carried:
                encoded = {**encoded, **{name: found[name] for name in network.state_units}}
            best = np.asarray(found["logits"])[:, -1].argmax(axis=-1).astype(np.int32)
            going &= best != tokenizer.END
            counts += going
            written = np.concatenate([written, best[:, None]], axis=1)
        return int(counts.sum())

    def work(texts: list[str]) -> int:
        sources = sorted((one.ids for one in tokenizer.encode_batch(texts)), key=len)
        groups = range(0, len(sources), TOGETHER)
        return sum(write(sources[begin : begin + TOGETHER]) for begin in groups)

    return measured(work, lines_of(options), f"Keras {keras.__version__}")


def run_ctranslate2(options: argparse.Namespace) -> Measured:
    """A Transformer of about 10 million random numbers in int8, greedily, 64 at once; it writes one
    token for each character of a text, and a fifth more.
    """
    import ctranslate2
    import numpy as np

    folder = Path(options.model)
    network = json.loads((folder / "bundle.json").read_text("utf-8"))["network"]
    size, units, layers = network["vocabulary_size"], 256, 3
    spec = ctranslate2.specs.TransformerSpec.from_config((layers, layers), 8)
    fill_at_random(spec, size, units, np.random.default_rng(0))
    words = ["<unk>", "<s>", "</s>", *(f"t{n}" for n in range(size - 3))]
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.validate()
    with tempfile.TemporaryDirectory() as where:
        spec.optimize(quantization="int8")
        spec.save(where)
        translator = ctranslate2.Translator(where, intra_threads=1)

    def work(texts: list[str]) -> int:
        sources = [[f"t{ord(char) % (size - 3)}" for char in text] for text in texts]
        total = 0
        for begin in range(0, len(sources), TOGETHER):
            some = sources[begin : begin + TOGETHER]
            most = int(1.2 * sum(map(len, some)) / len(some))
            found = translator.translate_batch(
                some, beam_size=1, max_decoding_length=most, min_decoding_length=most
            )
            total += sum(len(one.hypotheses[0]) for one in found)
        return total

    return measured(work, lines_of(options), f"CTranslate2 {ctranslate2.__version__}")


def fill_at_random(spec: Any, size: int, units: int, rng: Any) -> None:
    """Give every weight of a Transformer's description small random numbers."""
    import numpy as np

    def numbers(*shape: int) -> Any:
        return rng.normal(0, 0.05, shape).astype(np.float32)

    def linear(layer: Any, outputs: int, inputs: int) -> None:
        layer.weight, layer.bias = numbers(outputs, inputs), numbers(outputs)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(units, np.float32), np.zeros(units, np.float32)

    def attention(block: Any, *, itself: bool) -> None:
        norm(block.layer_norm)
        shapes = [3 * units, units] if itself else [units, 2 * units, units]
        for layer, outputs in zip(block.linear, shapes, strict=True):
            linear(layer, outputs, units)

    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = numbers(size, units)
        side.position_encodings.encodings = numbers(1024, units)
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, itself=True)
            if hasattr(layer, "attention"):
                attention(layer.attention, itself=False)
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, 4 * units, units)
            linear(layer.ffn.linear_1, units, 4 * units)
    linear(spec.decoder.projection, size, units)


CTRANSLATE2 = "CTranslate2, a Transformer, 64 at once"
CONTESTANTS = {
    "textrnn, 64 at once": lambda options: run_textrnn(options, beam=1, together=TOGETHER),
    "textrnn, beam 5, 64 at once": lambda options: run_textrnn(options, beam=5, together=TOGETHER),
    "textrnn, one at a time": lambda options: run_textrnn(options, beam=1, together=1),
    "textrnn, beam 5, one at a time": lambda options: run_textrnn(options, beam=5, together=1),
    "Keras, 64 at once": lambda options: run_keras(options, carried=False),
    "Keras with states, 64 at once": lambda options: run_keras(options, carried=True),
    CTRANSLATE2: run_ctranslate2,
}

if __name__ == "__main__":
    main()
