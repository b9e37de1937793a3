"""Characters written a second: textrnn, and the windowed Keras ``predict`` loop of the tutorials.

    python benchmarks/generate.py [--model poetry-zh] [--window 40] [--runs 5]

Both write with the same network, from the same weights, at temperature 0.8. The loop of the
tutorials (and of textgenrnn) calls ``predict`` on the last --window tokens for each new one, and
draws from the last prediction; textrnn carries the state on. Each contestant runs in a process of
its own; runs alternate, and the median counts. Starting up and warming up are left out on both
sides.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

SEED = {"zh": "月", "en": "The "}
WARM_UP_STEPS, TIMED_STEPS = 10, 150


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="poetry-zh")
    parser.add_argument("--window", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--contestant", choices=sorted(CONTESTANTS))
    options = parser.parse_args()
    if options.contestant:
        print(json.dumps(CONTESTANTS[options.contestant](options)))
    else:
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """Let the contestants run in turn and print the table."""
    rates: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    shared = ["--model", options.model, "--window", str(options.window)]
    for _ in range(options.runs):
        for name, values in rates.items():
            done = subprocess.run(
                [sys.executable, __file__, *shared, "--contestant", name],
                capture_output=True, check=True, text=True,
            )  # fmt: skip
            values.append(float(json.loads(done.stdout.splitlines()[-1])["rate"]))
    print(f"{options.model}, median of {options.runs} runs, {platform.machine()}, ", end="")
    print(f"Python {platform.python_version()}\n")
    middle = {name: statistics.median(values) for name, values in rates.items()}
    for name, values in rates.items():
        ratio = middle[name] / middle["keras"]
        print(
            f"{name:12} {middle[name]:10,.0f} characters/s  ({min(values):,.0f} to "
            f"{max(values):,.0f}; {ratio:.0f} x the predict loop)"
        )


def run_textrnn(options: argparse.Namespace, texts: int) -> dict[str, float]:
    """``Generator.generate`` with ``texts`` streams; none ends before its length."""
    import textrnn

    writer = textrnn.load(options.model)
    seed = SEED[writer.bundle.manifest.language]
    length = 2000 if texts == 1 else 300
    writer.generate(seed, n=texts, length=50, random_state=0)
    started = time.perf_counter()
    found = writer.generate(
        seed, n=texts, length=length, min_length=length, temperature=0.8, random_state=1
    )
    elapsed = time.perf_counter() - started
    return {"rate": sum(len(result.continuation) for result in found) / elapsed}


def run_keras(options: argparse.Namespace) -> dict[str, float]:
    """One text by ``predict`` on a window, as tutorials do it."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np

    import textrnn
    from textrnn.network import GeneratorNetwork
    from textrnn.training.build_generator import build_generator, zero_states
    from textrnn.training.named_weights import import_weights
    from textrnn.training.run import unpack_weights

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
    return {"rate": written / (time.perf_counter() - started)}


CONTESTANTS = {
    "textrnn": lambda options: run_textrnn(options, 1),
    "textrnn x64": lambda options: run_textrnn(options, 64),
    "keras": run_keras,
}

if __name__ == "__main__":
    main()
