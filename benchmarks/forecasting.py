"""Windows forecast a second: textrnn, and the same network through Keras.

    python benchmarks/forecasting.py [--windows 2000] [--runs 5]

``town-load`` reads windows of docs/samples/load.csv, a step apart, and begins with the first again
behind the last. textrnn goes from series to forecasts with their bounds: it looks for gaps, scales,
makes the numbers of the calendar. Keras has the same weights and is given arrays that are scaled
already; what it forecasts is left as it is. Both run 64 windows at once. Starting up and warming up
are left out.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contest import Measured, read_options, result, run_all, show

TOGETHER = 64
MODEL, FILE = "town-load", Path(__file__).parent.parent / "docs" / "samples" / "load.csv"


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--windows", type=int, default=2000)
    options = read_options(parser, CONTESTANTS, runs=5)
    found = run_all(dict.fromkeys(CONTESTANTS, sys.executable), options.runs)
    title = f"Forecast: {MODEL}, {options.windows:,} windows"
    show([result(found, title, unit="windows/s")], options.json)


def measured(work: Callable[[Any], object], windows: Any, version: str) -> Measured:
    """Windows a second, after a warm-up."""
    work(windows[:TOGETHER])
    started = time.perf_counter()
    work(windows)
    return {"rate": len(windows) / (time.perf_counter() - started), "version": version}


def run_textrnn(options: argparse.Namespace) -> Measured:
    """``Forecaster.answer``."""
    import textrnn
    from textrnn.corpora.series.options import SeriesOptions
    from textrnn.corpora.series.reading import read_series

    model = textrnn.load(MODEL)
    (series,) = read_series(FILE, SeriesOptions(time="time"))
    size = model.network.window
    begins = (i % (len(series.values) - size) for i in range(options.windows))
    windows = [series.cut(begin, begin + size) for begin in begins]
    return measured(
        lambda some: list(model.answer(some, batch_size=TOGETHER)),
        windows,
        f"textrnn {textrnn.__version__}",
    )


def run_keras(options: argparse.Namespace, *, traced: bool) -> Measured:
    """``predict_on_batch``, or the network under ``tf.function``."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import numpy as np
    import tensorflow as tf

    import textrnn
    from textrnn.training.forecaster.model import build_forecaster
    from textrnn.training.weights.files import read_weights
    from textrnn.training.weights.named import import_weights

    forecaster = textrnn.load(MODEL)
    network = forecaster.network
    model = build_forecaster(network)
    import_weights(model, network, read_weights(forecaster.bundle))
    signature = [tf.TensorSpec((None, network.window, network.inputs), tf.float32)]
    run = tf.function(lambda batch: model(batch, training=False), input_signature=signature)
    shape = (options.windows, network.window, network.inputs)
    windows = np.random.default_rng(0).normal(size=shape).astype(np.float32)

    def work(some: Any) -> None:
        for begin in range(0, len(some), TOGETHER):
            batch = some[begin : begin + TOGETHER]
            if traced:
                run(batch).numpy()
            else:
                model.predict_on_batch(batch)

    version = f"TensorFlow {tf.__version__}" if traced else f"Keras {keras.__version__}"
    return measured(work, windows, version)


CONTESTANTS = {
    "textrnn": run_textrnn,
    "Keras predict": lambda options: run_keras(options, traced=False),
    "tf.function": lambda options: run_keras(options, traced=True),
}

if __name__ == "__main__":
    main()
