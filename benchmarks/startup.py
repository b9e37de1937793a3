"""How long a one-line call takes from nothing, and how much memory: textrnn, Keras, spaCy.

    python benchmarks/startup.py [--runs 7] [--spacy PYTHON] [--train CONLL]

Each line is a fresh process; the runs of all lines alternate, and the median counts. The script
with Keras loads a saved model of the size of sentiment-en and predicts once; spaCy loads the
pipeline that tag.py trains and reads one sentence.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contest import machine
from tag import spacy_folder

import textrnn

MAIN = "from textrnn.cli.main import main; main()"
KERAS = """
import sys, keras, numpy as np
model = keras.models.load_model(sys.argv[1])
print(model.predict(np.ones((1, 5), "int32"), verbose=0))
"""
SPACY = "import sys, spacy; print(spacy.load(sys.argv[1])('Marie left Warsaw for Paris.').ents)"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--spacy", help="the Python that has spaCy")
    parser.add_argument("--train", help="CoNLL file to train spaCy's tagger on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = commands(options, Path(folder))
        times: dict[str, list[float]] = {name: [] for name in lines}
        memory = dict.fromkeys(lines, 0.0)
        for _ in range(options.runs):
            for name, call in lines.items():
                seconds, megabytes = measure(call)
                times[name].append(seconds)
                memory[name] = max(memory[name], megabytes)
    print(f"textrnn {textrnn.__version__}, {machine(options.runs)}\n")
    ours = statistics.median(times["textrnn classify, one line"])
    for name, values in times.items():
        middle = statistics.median(values)
        print(
            f"{name:28} {middle:7.3f} s  ({min(values):.3f} to {max(values):.3f})  "
            f"{middle / ours:5.1f} x textrnn classify  {memory[name]:6,.0f} MB"
        )


def commands(options: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    """What is run, by name."""
    python = sys.executable
    lines = {
        "python -c pass": [python, "-c", "pass"],
        "import textrnn": [python, "-c", "import textrnn"],
        "textrnn --help": [python, "-c", MAIN, "--help"],
        "textrnn classify, one line": [python, "-c", MAIN, "classify", "--text", "What a day!"],
        "textrnn tag, one line": [python, "-c", MAIN, "tag", "--text", "Marie left Warsaw."],
        "textrnn generate, one verse": [python, "-c", MAIN, "generate", "--seed", "床前明月光"],
        "import onnxruntime": [python, "-c", "import onnxruntime"],
        "Keras load_model, predict": [python, "-c", KERAS, str(saved_keras_model(folder))],
    }
    if options.spacy:
        pipeline = spacy_folder(options.spacy, options.train)
        lines["spaCy load, one line"] = [options.spacy, "-c", SPACY, pipeline]
    return lines


def saved_keras_model(folder: Path) -> Path:
    """A classifier as tutorials build it, of the size of sentiment-en, saved by Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    network = textrnn.load("sentiment-en").bundle.manifest.network
    layers = keras.layers
    recurrent = layers.LSTM(network["encoders"][0]["units"])
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(network["vocabulary_size"], network["embedding"]["units"]),
            layers.Bidirectional(recurrent),
            layers.Dense(2, activation="softmax"),
        ]
    )
    path = folder / "model.keras"
    model.save(path)
    return path


def measure(call: list[str]) -> tuple[float, float]:
    """Wall time of one process, and its peak of resident memory in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        sys.exit(f"{' '.join(call)}: exit status {status}")
    return seconds, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
