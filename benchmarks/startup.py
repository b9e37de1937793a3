"""How long a one-line call takes from nothing, and how much memory: textrnn, Keras, spaCy.

    python benchmarks/startup.py [--runs 7] [--spacy PYTHON] [--train CONLL]

Each line is a fresh process; the runs of all lines alternate, and the median counts. The script
with Keras loads a saved model of the size of sentiment-en and predicts once; spaCy loads the
pipeline that spacy_pipeline.py trains and reads one sentence.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from contest import Found, Measured, add_json, result, show
from spacy_pipeline import spacy_folder

MAIN = "from textrnn.cli.main import main; main()"
KERAS = """
import sys, keras, numpy as np
model = keras.models.load_model(sys.argv[1])
print(model.predict(np.ones((1, 5), "int32"), verbose=0))
"""
SPACY = "import sys, spacy; print(spacy.load(sys.argv[1])('Marie left Warsaw for Paris.').ents)"


def main() -> None:
    """Run everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--spacy", help="the Python that has spaCy")
    parser.add_argument("--train", help="CoNLL file to train spaCy's tagger on")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    add_json(parser)
    options = parser.parse_args()
    if options.make:
        make_keras_model(options.make)
        return
    if options.spacy and not options.train:
        parser.error("--spacy needs --train")
    with tempfile.TemporaryDirectory() as folder:
        lines = commands(options, Path(folder))
        found: Found = {name: [] for name in lines}
        for _ in range(options.runs):
            for name, (call, version) in lines.items():
                found[name].append({**measure(call), "version": version})
    title = "Start-up: a one-line call, from nothing to the answer"
    show([result(found, title, key="seconds", unit="s")], options.json)


def commands(options: argparse.Namespace, folder: Path) -> dict[str, tuple[list[str], str]]:
    """What is run, by name, and the version of what it is."""
    python, runtime = sys.executable, f"onnxruntime {version('onnxruntime')}"
    # Made by another process: the peaks of memory are never below this one's.
    model = str(folder / "model.keras")
    subprocess.run([python, __file__, "--make", model], check=True, stderr=subprocess.DEVNULL)
    keras = f"Keras {version('keras')}, TensorFlow {version('tensorflow')}"

    def ours(*arguments: str) -> tuple[list[str], str]:
        return [python, "-c", MAIN, *arguments], f"textrnn {version('textrnn')}"

    lines = {
        "textrnn classify": ours("classify", "--text", "What a day!"),
        "textrnn tag": ours("tag", "--text", "Marie left Warsaw."),
        "textrnn generate": ours("generate", "--seed", "床前明月光"),
        "textrnn --help": ours("--help"),
        "import onnxruntime": ([python, "-c", "import onnxruntime"], runtime),
        "python -c pass": ([python, "-c", "pass"], f"Python {platform.python_version()}"),
        "Keras script": ([python, "-c", KERAS, model], keras),
    }
    if options.spacy:
        pipeline = spacy_folder(options.spacy, options.train)
        ask = "from importlib.metadata import version; print('spaCy', version('spacy'))"
        answer = subprocess.run([options.spacy, "-c", ask], stdout=subprocess.PIPE, check=True)
        call = [options.spacy, "-c", SPACY, pipeline]
        lines["spaCy script"] = (call, answer.stdout.decode().strip())
    return lines


def make_keras_model(path: Path) -> None:
    """A classifier as tutorials build it, of the size of sentiment-en, saved by Keras."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    import textrnn

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
    model.save(path)


def measure(call: list[str]) -> Measured:
    """Wall time of one process, and its peak of resident memory."""
    # Modules are compiled before: pip compiles what it installs.
    environment = {name: x for name, x in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(
        call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        sys.exit(f"{' '.join(call)}: exit status {status}")
    return {"seconds": seconds, "peak_mb": usage.ru_maxrss / 1024}


if __name__ == "__main__":
    main()
