"""Characters written a second: textrnn, and the windowed Keras ``predict`` loop of the tutorials.

    python benchmarks/generate.py [--model poetry-zh] [--window 40] [--torch PYTHON] [--runs 5]

textrnn and Keras write with the same network, from the same weights, at temperature 0.8; PyTorch,
which may live in another environment, with a network of the same size and random weights, and a
loop that carries the state on. The loop of the tutorials (and of textgenrnn) calls ``predict`` on
the last --window tokens for each new one, and draws from the last prediction; textrnn carries the
state on. Each contestant runs in a process of its own, in turn. Starting up and warming up are left
out on both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from contest import Measured, read_options, result, run_all, show

MODELS = Path(__file__).parent.parent / "textrnn" / "models"
SEED = {"zh": "月", "en": "The "}
WARM_UP_STEPS, TIMED_STEPS = 10, 150


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="poetry-zh")
    parser.add_argument("--window", type=int, default=40)
    parser.add_argument("--torch", help="the Python that has PyTorch")
    options = read_options(parser, CONTESTANTS, runs=5)
    pythons = dict.fromkeys(("textrnn", "textrnn, 64 texts", "Keras window"), sys.executable)
    if options.torch:
        pythons["PyTorch"] = options.torch
    found = run_all(pythons, options.runs)
    show([result(found, f"Generate: {options.model}", unit="characters/s")], options.json)


def run_textrnn(options: argparse.Namespace, texts: int) -> Measured:
    """``Generator.generate`` with ``texts`` streams; none ends before its length."""
    import textrnn

    writer = textrnn.load(options.model)
    seed = SEED[writer.bundle.manifest.language]
    length = 2000 if texts == 1 else 300
    writer.generate(seed, num=texts, length=50, random_state=0)
    started = time.perf_counter()
    found = writer.generate(
        seed, num=texts, length=length, min_length=length, temperature=0.8, random_state=1
    )
    elapsed = time.perf_counter() - started
    written = sum(len(result.continuation) for result in found)
    return {"rate": written / elapsed, "version": f"textrnn {textrnn.__version__}"}


def run_keras(options: argparse.Namespace) -> Measured:
    """One text by ``predict`` on a window, as tutorials do it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np

    import textrnn
    from textrnn.heads.generator.network import GeneratorNetwork
    from textrnn.training.generator.model import build_generator, zero_states
    from textrnn.training.weights.files import unpack_weights
    from textrnn.training.weights.named import import_weights

    bundle = textrnn.load(options.model).bundle
    network = GeneratorNetwork.from_dict(bundle.manifest.network)
    tokenizer = textrnn.Tokenizer.from_json(bundle.read("tokenizer.json").decode())
    inner = build_generator(network)
    import_weights(inner, network, unpack_weights(bundle.read("weights.npz")))

    class LastLogits(keras.layers.Layer):
        """From a window (B, T), the states zero before it, to the logits after it (B, V)."""

        def call(self, tokens):  # type: ignore[no-untyped-def]
            states = zero_states(network, keras.ops.shape(tokens)[0])
            return inner(tokens, states)["logits"][:, -1]

    tokens = keras.Input((options.window,), dtype="int32")
    model = keras.Model(tokens, LastLogits()(tokens))
    seed = tokenizer.encode(SEED[bundle.manifest.language]).ids.tolist()
    ids = [tokenizer.START] * options.window + seed
    rng, written, started = np.random.default_rng(0), 0, 0.0
    for step in range(WARM_UP_STEPS + TIMED_STEPS):
        if step == WARM_UP_STEPS:
            started, written = time.perf_counter(), 0
        logits = model.predict(np.array([ids[-options.window :]]), verbose=0)[0]
        scaled = logits.astype("float64") / 0.8
        scaled[: len(tokenizer.SPECIAL_TOKENS)] = -np.inf
        shares = np.exp(scaled - scaled.max())
        token = int(rng.choice(len(shares), p=shares / shares.sum()))
        ids.append(token)
        written += len(tokenizer.decode([token]))
    elapsed = time.perf_counter() - started
    return {"rate": written / elapsed, "version": f"Keras {keras.__version__}"}


def run_torch(options: argparse.Namespace) -> Measured:
    """One text by an ``nn.LSTM`` of the same sizes, random weights, which carries its state on."""
    import torch
    from torch import nn

    folder = MODELS / options.model
    network = json.loads((folder / "bundle.json").read_text("utf-8"))["network"]
    vocabulary = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    lengths = {number: len(token) for token, number in vocabulary.items()}
    size, units = network["embedding"]["units"], network["encoders"][0]["units"]
    embedding = nn.Embedding(network["vocabulary_size"], size)
    lstm = nn.LSTM(size, units, num_layers=len(network["encoders"]), batch_first=True)
    narrow = nn.Linear(units, size)
    state, token, written, started = None, torch.tensor([[1]]), 0, 0.0
    with torch.inference_mode():
        for step in range(WARM_UP_STEPS + 10 * TIMED_STEPS):
            if step == WARM_UP_STEPS:
                started, written = time.perf_counter(), 0
            out, state = lstm(embedding(token), state)
            shares = ((narrow(out[:, -1]) @ embedding.weight.T) / 0.8).softmax(-1)
            token = torch.multinomial(shares, 1)
            written += lengths.get(int(token), 0)
    elapsed = time.perf_counter() - started
    return {"rate": written / elapsed, "version": f"PyTorch {torch.__version__}"}


CONTESTANTS = {
    "textrnn": lambda options: run_textrnn(options, 1),
    "textrnn, 64 texts": lambda options: run_textrnn(options, 64),
    "Keras window": run_keras,
    "PyTorch": run_torch,
}

if __name__ == "__main__":
    main()
