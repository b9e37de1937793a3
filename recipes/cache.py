"""Fits a generator's continuous cache to its validation texts: the constants of decoding/cache.py.

    python recipes/cache.py prose-en --recipe recipes/prose-en.toml --data DIR [--size 8000]

For each sharpness it prints offset and slope of the share by which the cache is mixed in, fitted
by gradient ascent on the likelihood of every seventh token, and the perplexity of these tokens
without a cache, with the share constant, and with it fitted. The texts are read side by side, up to
--tokens of each or the end of the shortest. With --test it reads the recipe's test texts from end
to end instead, with the constants as they are: two milliseconds a token with 8,000 remembered.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import textrnn
from textrnn.heads.generator.scores import next_token_nats, token_streams
from textrnn.text.tokenizer import Tokenizer
from textrnn.training.generator.recipe import read_recipe_documents
from textrnn.training.recipes.recipe import read_recipe

SHARPNESS = (10.0, 12.5, 15.0, 17.5, 20.0)
EVERY = 7
STEPS, RATE = 800, 2.0

Array = NDArray[np.float64]


def main() -> None:
    """Read the texts, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model")
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", type=int, default=8000, help="tokens that are remembered")
    parser.add_argument("--tokens", type=int, default=50_000, help="read of each text")
    parser.add_argument("--test", action="store_true", help="measure the test texts")
    options = parser.parse_args()
    if options.test:
        measure(options)
        return
    shares, found = collect(options)
    print(f"{len(shares):,} tokens, perplexity {perplexity(shares):.2f}")
    for sharpness, (remembered, sums) in found.items():
        fixed = fit(shares, remembered, np.zeros_like(sums))
        offset, slope = fit(shares, remembered, sums)
        one, other = (
            perplexity(mixed(shares, remembered, begin + by * sums))
            for begin, by in (fixed, (offset, slope))
        )
        print(f"sharpness {sharpness:g}: {one:.2f} with a share of {sigmoid(fixed[0]):.3f}; "
              f"{other:.2f} with offset {offset:.2f}, slope {slope:.3f}")  # fmt: skip


def measure(options: argparse.Namespace) -> None:
    """Print what the model makes of the recipe's test texts."""
    model = textrnn.load(options.model)
    assert isinstance(model, textrnn.Generator)
    documents = read_recipe_documents(read_recipe(options.recipe).data.test, options.data)
    found = model.evaluate(documents, cache=options.size).perplexity
    print(f"{found.documents} texts, {found.tokens:,} tokens: perplexity {found.perplexity:.2f}, "
          f"{found.bits_per_character:.4f} bits a character")  # fmt: skip


def collect(options: argparse.Namespace) -> tuple[Array, dict[float, tuple[Array, Array]]]:
    """What the network and the cache give to tokens, by sharpness, and the logarithms of the sums
    of the cache's weights.
    """
    model = textrnn.load(options.model)
    assert isinstance(model, textrnn.Generator)
    documents = read_recipe_documents(read_recipe(options.recipe).data.validation, options.data)
    streams = list(token_streams(model.tokenizer, documents))
    texts, key = len(streams), f"state_{len(model.network.encoders) - 1}/h"
    states, tokens = model.stepper.start(texts), [Tokenizer.START] * texts
    keys: list[NDArray[np.float32]] = []
    known: list[list[int]] = []
    shares: list[float] = []
    found: dict[float, list[tuple[float, float]]] = {sharpness: [] for sharpness in SHARPNESS}
    for place in range(options.tokens):
        logits, states = model.stepper.step(tokens, states)
        following = [next(stream, Tokenizer.END) for stream in streams]
        state = states[key]
        direction = state / np.linalg.norm(state, axis=1, keepdims=True)
        if Tokenizer.END in following:  # the shortest text is at its end
            break
        if place and place % EVERY == 0:
            shares += np.exp(-next_token_nats(logits, following)).tolist()
            past = np.stack(keys[-options.size :], axis=1)  # (B, N, U)
            cosines = np.einsum("bnu,bu->bn", past, direction)
            same = np.array(following)[:, None] == np.array(known[-options.size :]).T
            for sharpness, pairs in found.items():
                weights = np.exp(sharpness * cosines)
                sums = weights.sum(axis=1)
                pairs += zip((weights * same).sum(axis=1) / sums, np.log(sums), strict=True)
        keys.append(direction)
        known.append(following)
        tokens = following
    arrays = {sharpness: np.array(pairs).T for sharpness, pairs in found.items()}
    return np.array(shares), {sharpness: (rows[0], rows[1]) for sharpness, rows in arrays.items()}


def fit(shares: Array, remembered: Array, sums: Array) -> tuple[float, float]:
    """Offset and slope of the share, by gradient ascent on the mean log-likelihood."""
    mean, deviation = sums.mean(), sums.std() or 1.0
    scaled = (sums - mean) / deviation
    offset, slope = -1.7, 0.0
    for _ in range(STEPS):
        share = sigmoid(offset + slope * scaled)
        pull = (remembered - shares) / mixed(shares, remembered, offset + slope * scaled)
        pull *= share * (1 - share)
        offset += RATE * float(pull.mean())
        slope += RATE * float((pull * scaled).mean())
    return offset - slope * mean / deviation, slope / deviation


def mixed(shares: Array, remembered: Array, logits: Array) -> Array:
    """What network and cache give to tokens together."""
    share = sigmoid(logits)
    return (1 - share) * shares + share * remembered


def sigmoid(x: Array | float) -> Array:
    """From 0 to 1."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(x))))


def perplexity(shares: Array) -> float:
    """Of tokens that were given these probabilities."""
    return float(np.exp(-np.log(shares).mean()))


if __name__ == "__main__":
    main()
