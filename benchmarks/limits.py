"""How near the shipped models come to what the machine can do, and where the rest of the time goes.

    python benchmarks/limits.py [MODEL …] [--runs 5]

The peak is that of a product of two matrices of 1,024 by 1,024 in ONNX Runtime with all threads:
float32, and 8-bit integers with 32-bit sums. A model's operations are the multiplications and
additions of its layers for each token that is no padding: twice the numbers in its kernels.
Lookups, activations, spelling and the decoding of tags count nothing. Wall time is that from texts
to answers, batch after batch; of a generator, that of 64 texts at once. Where several batches are
run at the same time, time in the session is that of all of them over their number; it is until they
return, so that waiting for a core counts. The start-up is that of a one-line call.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from contest import Table, add_json, read_lines, show
from onnx import TensorProto, helper
from startup import MAIN, measure

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network, head_class, load, model_path, shipped_models
from textrnn.runtime.cores import available_cores
from textrnn.runtime.session import Session
from textrnn.training.weights.files import read_weights

SIZE, PRODUCTS = 1024, 40
WORDS = 40_000
SAMPLES = Path(__file__).parent.parent / "docs" / "samples"
# What is timed of a command's models, where it is not a text a line: inputs, and how they are read.
WORK: dict[str, tuple[list[str], dict[str, Any]]] = {
    "generate": ([""] * 64, {"length": 60, "min_length": 60, "random_state": 0}),
}
# Of the weights with two dimensions or more, those that are looked up or used once a text or word.
NOT_EACH_TOKEN = ("embedding", "characters/", "crf/", "hidden/", "output/")


@dataclass
class Run:
    """Time and tokens of one pass.

    Attributes:
        wall_s: seconds from texts to answers.
        session_s: seconds inside ONNX Runtime, those of all threads together.
        tokens: read by the network, padding excluded.
    """

    wall_s: float = 0.0
    session_s: float = 0.0
    tokens: int = 0


@dataclass(frozen=True)
class Line:
    """What was found of a model: its cells of the table, and two numbers among them."""

    cells: list[str]
    session_share: float
    start_up_s: float


def readers_of_texts() -> list[str]:
    """The shipped models whose speed is told by the token that they read: all but forecasters, and
    translators, whose two networks read tokens of their own.
    """
    tasks = {name: Bundle.open(model_path(name)).manifest.task for name in shipped_models()}
    return [
        name
        for name, task in tasks.items()
        if head_class(task).reads_texts and task != "translator"
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("models", nargs="*", default=readers_of_texts())
    parser.add_argument("--runs", type=int, default=5)
    add_json(parser)
    options = parser.parse_args()
    peaks = {kind: peak(kind) for kind in (TensorProto.INT8, TensorProto.FLOAT)}
    found = [line_of(name, options.runs, peaks) for name in options.models]
    facts = {
        "least share of wall time in the session": min(line.session_share for line in found),
        "longest start-up": max(line.start_up_s for line in found),
    }
    head = [
        "",
        "million operations a token",
        "tokens/s",
        "10⁹ operations/s",
        "in the session",
        "of the int8 peak",
        "of the float32 peak",
        "wall time in the session",
        "start-up, s",
    ]
    limits = (
        f"Peak of a matrix product on {available_cores()} cores (onnxruntime "
        f"{onnxruntime.__version__}): int8 {peaks[TensorProto.INT8] / 1e9:,.0f}, float32 "
        f"{peaks[TensorProto.FLOAT] / 1e9:,.0f} · 10⁹ operations/s. The shares are those of the "
        f"operations in the session; taggers leave one core to the thread that cuts and decodes. "
        f"textrnn {version('textrnn')}, median of {options.runs} runs."
    )
    title = "Limits: the shipped models and the machine's peak"
    table = Table(title, head, [line.cells for line in found], facts, [limits])
    show([table], options.json)


def peak(kind: int) -> float:
    """Operations a second of a matrix product."""
    rng = np.random.default_rng(0)
    if kind == TensorProto.FLOAT:
        node, out = helper.make_node("MatMul", ["a", "b"], ["c"]), kind
        left, right = rng.normal(size=(2, SIZE, SIZE)).astype(np.float32)
    else:
        node, out = helper.make_node("MatMulInteger", ["a", "b"], ["c"]), TensorProto.INT32
        left = rng.integers(0, 256, (SIZE, SIZE), dtype=np.uint8)
        right = rng.integers(-64, 64, (SIZE, SIZE), dtype=np.int8)
    given = TensorProto.FLOAT if kind == TensorProto.FLOAT else TensorProto.UINT8
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("a", given, [SIZE, SIZE])],
        [helper.make_tensor_value_info("c", out, [SIZE, SIZE])],
        [onnx.numpy_helper.from_array(right, "b")],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opset)
    session = Session(model.SerializeToString())
    seconds = []
    for _ in range(PRODUCTS):
        started = time.perf_counter()
        session.run({"a": left})
        seconds.append(time.perf_counter() - started)
    return 2 * SIZE**3 / statistics.median(seconds)


def line_of(name: str, runs: int, peaks: Mapping[int, float]) -> Line:
    """A model's line of the table."""
    bundle = Bundle.open(model_path(name))
    head = load(name)
    each = operations(bundle)
    # Loaded anew for each run: a tagger would know the words' spelling from the one before.
    found = [watched(batch_work(name)) for _ in range(runs)]
    # Batches at the same time; the threads of a generator's session share one.
    together = head.runs_together
    rates = [run.tokens / run.wall_s for run in found]
    shares = [run.session_s / together / run.wall_s for run in found]
    inside = each * statistics.median(run.tokens * together / run.session_s for run in found)
    call = [sys.executable, "-c", MAIN, *head.command_line, "--model", name]
    started = statistics.median(measure(call)["seconds"] for _ in range(runs))
    share = statistics.median(shares)
    cells = [
        name,
        f"{each / 1e6:.2f}",
        f"{statistics.median(rates):,.0f}",
        f"{each * statistics.median(rates) / 1e9:,.0f}",
        f"{inside / 1e9:,.0f}",
        f"{inside / peaks[TensorProto.INT8]:.0%}",
        f"{inside / peaks[TensorProto.FLOAT]:.0%}",
        f"{share:.0%}",
        f"{started:.3f}",
    ]
    return Line(cells, share, started)


def operations(bundle: Bundle) -> int:
    """Multiplications and additions a token."""
    weights = read_weights(bundle)
    numbers = sum(
        value.size
        for name, value in weights.items()
        if value.ndim > 1 and not name.endswith("/bias") and not name.startswith(NOT_EACH_TOKEN)
    )
    if output := described_network(bundle).token_output:
        numbers += weights[output].size
    return 2 * int(numbers)


def batch_work(name: str) -> Callable[[], object]:
    """What is timed of a model."""
    model = load(name)
    lines = chinese_lines() if model.bundle.manifest.language == "zh" else english_lines()
    inputs, options = WORK.get(model.command_line[0], (lines, {}))
    return lambda: list(model.answer(inputs, read_ahead=True, **options))


def english_lines() -> list[str]:
    """Lines of our own guides, over and over."""
    lines = read_lines(None, WORDS)
    return lines * (WORDS // sum(len(line.split()) for line in lines) + 1)


def chinese_lines() -> list[str]:
    """Lines of our samples' characters, drawn at random: speed does not ask for sense."""
    rng = np.random.default_rng(0)
    known = list("".join(file.read_text("utf-8") for file in sorted(SAMPLES.glob("*-zh.txt"))))
    return ["".join(rng.choice(known, rng.integers(10, 80))) for _ in range(WORDS // 40)]


def watched(work: Callable[[], object]) -> Run:
    """Run something once, with an eye on the sessions."""
    run, lock, plain = Run(), threading.Lock(), Session.run
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)  # so that the session's thread hardly waits for Python's lock

    def watch(
        session: Session, inputs: Mapping[str, Any], outputs: Sequence[str] | None = None
    ) -> dict[str, Any]:
        started = time.perf_counter()
        found = plain(session, inputs, outputs)
        with lock:
            if "characters" not in inputs:
                run.session_s += time.perf_counter() - started
            if "lengths" in inputs and not inputs.keys().isdisjoint(("features", "tokens")):
                run.tokens += int(inputs["lengths"].sum())
            elif "tokens" in inputs:  # a generator's step: a token of each text
                run.tokens += len(inputs["tokens"])
        return found

    Session.run = watch  # type: ignore[method-assign]
    try:
        started = time.perf_counter()
        work()
        run.wall_s = time.perf_counter() - started
    finally:
        Session.run = plain  # type: ignore[method-assign]
        sys.setswitchinterval(interval)
    return run


if __name__ == "__main__":
    main()
