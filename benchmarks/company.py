"""What a text's answer owes to the texts beside it, and what it costs that it owes them nothing.

    python benchmarks/company.py [MODEL] [TEXTFILE] [--lines 2000] [--against BUNDLE …] [--runs 5]

Each text is read by itself, in batches as by default, and in batches of 7 after a shuffle: counted
are the largest move of a probability, and the texts with other names or another label than alone.
For speed the texts are read by each line of the table in turn, run after run, in one process with
one thread; CPU time counts, and of the pairs of runs the median, so that a busy machine hardly
matters. Beside the model stand the same weights in float32, the model with batches of one text, and
other bundles of the same task, such as the model of an earlier version. Without TEXTFILE the texts
are those of quality/.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from contest import Table, add_json, read_lines, show

import textrnn
from textrnn.catalog import described_network
from textrnn.heads.classifier.graph import compile_classifier
from textrnn.heads.tagger.graph import compile_tagger
from textrnn.runtime.session import Session
from textrnn.training.weights.files import read_weights, unpack_weights

Answer = dict[Any, float]  # probabilities by label, or by a name's place and label
Answers = list[Answer]
_SHUFFLED_BATCH = 7
GRAPHS: dict[str, Callable[..., bytes]] = {  # in float32, of the tasks that can be compared so
    textrnn.Classifier.task: partial(compile_classifier, precision="float32"),
    textrnn.Tagger.task: lambda network, weights: compile_tagger(
        network, weights, precision="float32"
    )["model.onnx"],
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("model", nargs="?", default="ner-zh")
    parser.add_argument("text", type=Path, nargs="?")
    parser.add_argument("--lines", type=int, default=2000, help="how many are read")
    parser.add_argument("--against", action="append", default=[], metavar="BUNDLE")
    parser.add_argument("--runs", type=int, default=5)
    add_json(parser)
    options = parser.parse_args()
    texts = texts_of(options)
    model = textrnn.load(options.model, threads=1)
    several = {options.model: answering(model), "the same in float32": answering(in_float32(model))}
    for path in options.against:
        several[path] = answering(textrnn.load(path, threads=1))
    ratios = times_of({**several, "batches of one": answering(model, 1)}, texts, options.runs)
    exact = several["the same in float32"](texts)
    cells = []
    for name, ratio in ratios.items():
        row = [*moves(several[name], texts, exact)] if name in several else ["0", "0", "", ""]
        cells.append([name, *row, f"{ratio:.2f}"])
    head = [
        "",
        "moved by company",
        "other answers in company",
        "from float32: moved",
        "other answers",
        "CPU time",
    ]
    title = f"Company: {options.model}, {len(texts):,} texts"
    note = f"textrnn {version('textrnn')}, median of {options.runs} runs."
    show([Table(title, head, cells, {}, [note])], options.json)


def texts_of(options: argparse.Namespace) -> list[str]:
    """What is read."""
    if options.text is not None:
        return read_lines(options.text, options.lines)
    sys.path.insert(0, str(Path(__file__).parent.parent / "quality"))
    from measure import records

    return [record["text"] for record in records(options.model)][: options.lines]


def in_float32(model: Any) -> Any:
    """A model of the same weights whose network computes in float32."""
    bundle = model.bundle
    weights = read_weights(bundle)
    if "tables.npz" in bundle.manifest.files:
        weights |= unpack_weights(bundle.read("tables.npz"))
    graph = GRAPHS[model.task](described_network(bundle), weights)
    other = textrnn.load(bundle.path, threads=1)
    other._session = Session(graph, threads=1)
    return other


def answering(model: Any, size: int | None = None) -> Callable[..., Answers]:
    """A function from texts to answers, in batches of ``size``, or as by default."""

    def answer(texts: Sequence[str], size: int | None = size) -> Answers:
        some = {} if size is None else {"batch_size": size}
        return [probabilities(found) for found in model.answer(texts, read_ahead=True, **some)]

    return answer


def probabilities(result: Any) -> Answer:
    """All that a result holds, unrounded."""
    if hasattr(result, "entities"):
        return {(e.start, e.end, e.label): e.probability for e in result.entities}
    return dict(result.probabilities)


def moves(answer: Callable[..., Answers], texts: list[str], exact: Answers) -> list[str]:
    """Cells: how company moves answers, and how far those by default are from float32."""
    alone, default = answer(texts, 1), answer(texts)
    order = np.random.default_rng(1).permutation(len(texts)).tolist()
    shuffled = answer([texts[i] for i in order], _SHUFFLED_BATCH)
    places = np.argsort(order).tolist()
    found = [difference(alone, default), difference(alone, [shuffled[i] for i in places])]
    most = max(found)[0], max(count for _, count in found)
    return [
        text
        for largest, count in (most, difference(exact, default))
        for text in (f"{largest:.1e}", f"{count}")
    ]


def difference(before: Answers, after: Answers) -> tuple[float, int]:
    """The largest move of a probability, and how many answers have other names or labels."""
    pairs = list(zip(before, after, strict=True))
    shared = [abs(a[key] - b[key]) for a, b in pairs for key in a.keys() & b.keys()]
    return max(shared, default=0.0), sum(said(a) != said(b) for a, b in pairs)


def said(answer: Answer) -> Any:
    """The names of a text, or its label."""
    labels = all(isinstance(key, str) for key in answer) and answer
    return max(answer, key=lambda key: answer[key]) if labels else answer.keys()


def times_of(
    several: dict[str, Callable[..., Answers]], texts: list[str], runs: int
) -> dict[str, float]:
    """CPU time of each beside the first's, the median of the runs."""
    seconds: dict[str, list[float]] = {name: [] for name in several}
    for answer in several.values():
        answer(texts)
    for _ in range(runs):
        for name, answer in several.items():
            started = time.process_time()
            answer(texts)
            seconds[name].append(time.process_time() - started)
    first = next(iter(seconds.values()))
    return {
        name: statistics.median(own / base for own, base in zip(found, first, strict=True))
        for name, found in seconds.items()
    }


if __name__ == "__main__":
    main()
