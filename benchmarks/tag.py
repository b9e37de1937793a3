"""Words tagged a second: textrnn, the same network through Keras, and spaCy, on the same text.

    python benchmarks/tag.py TEXTFILE [--model ner-en] [--spacy PYTHON] [--train CONLL] [--runs 5]

Each runs in a process of its own, end to end: from lines of text to entities with offsets. The runs
alternate, and the median counts. spaCy may live in another environment: name its Python. Its
pipeline is the blank one with a convolutional tagger, trained here for an epoch on --train (more
epochs change its accuracy, not its speed); without --spacy it is left out.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

WARM_UP_LINES = 200


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("text", type=Path)
    parser.add_argument("--model", default="ner-en")
    parser.add_argument("--spacy", help="the Python that has spaCy")
    parser.add_argument("--train", help="CoNLL file to train spaCy's tagger on")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--contestant", choices=sorted(CONTESTANTS))
    options = parser.parse_args()
    if options.contestant:
        print(json.dumps(CONTESTANTS[options.contestant](options)))
    else:
        compare(options)


def compare(options: argparse.Namespace) -> None:
    """Let the contestants run in turn and print the table."""
    pythons = {"textrnn": sys.executable, "keras": sys.executable}
    if options.spacy:
        pythons["spacy"] = options.spacy
    results: dict[str, list[dict[str, float | str]]] = {name: [] for name in pythons}
    shared = [str(options.text), "--model", options.model]
    if options.train:
        shared += ["--train", options.train]
    for _ in range(options.runs):
        for name, python in pythons.items():
            done = subprocess.run(
                [python, __file__, *shared, "--contestant", name],
                capture_output=True, check=True, text=True,
            )  # fmt: skip
            results[name].append(json.loads(done.stdout.splitlines()[-1]))
    words = sum(len(line.split()) for line in lines_of(options.text))
    print(f"{options.text.name}: {words:,} words between spaces, median of {options.runs} runs, ")
    print(f"{platform.machine()}, Python {platform.python_version()}\n")
    rates = {
        name: [words / float(run["seconds"]) for run in runs] for name, runs in results.items()
    }
    ours = statistics.median(rates["textrnn"])
    for name, values in rates.items():
        middle = statistics.median(values)
        print(
            f"{results[name][0]['version']:28} {middle:10,.0f} words/s  ({min(values):,.0f} to "
            f"{max(values):,.0f}; textrnn {ours / middle:.1f} x; "
            f"{results[name][0]['entities']:,} entities)"
        )


def lines_of(path: Path) -> list[str]:
    """The lines of the text that are not blank."""
    return [line for line in path.read_text("utf-8").splitlines() if line.strip()]


def run_textrnn(options: argparse.Namespace) -> dict[str, float | str]:
    """``Tagger.tag_stream`` over the lines."""
    import textrnn

    tagger, lines = textrnn.load(options.model), lines_of(options.text)
    list(tagger.tag_stream(lines[:WARM_UP_LINES]))
    started = time.perf_counter()
    entities = sum(len(tagged.entities) for tagged in tagger.tag_stream(lines))
    elapsed_s = time.perf_counter() - started
    return {"seconds": elapsed_s, "version": f"textrnn {textrnn.__version__}", "entities": entities}


def run_keras(options: argparse.Namespace) -> dict[str, float | str]:
    """The same network, built from the same weights, through Keras' ``predict``.

    ``predict`` needs inputs of one length, so that every token brings its own spelling: a word that
    comes again is spelled again. The lines are sorted by length and given to ``predict`` 512 at a
    time, in batches of 32, so that there is little padding; the words are cut and the tags decoded
    by textrnn's own code.
    """
    import keras
    import numpy as np

    import textrnn
    from textrnn.decoding.chain import viterbi
    from textrnn.runtime.session import pad
    from textrnn.words import find_words

    inner, network, features, gazetteer, chain = rebuild(textrnn.load(options.model))
    model, tags = per_token(inner), network.head.tags
    lines = lines_of(options.text)

    def tag(texts: list[str]) -> int:
        found = 0
        order = sorted(texts, key=len)
        for begin in range(0, len(order), 512):
            words = [[t[a:b] for a, b in find_words(t)] for t in order[begin : begin + 512]]
            arrays = [features.word_arrays(line) for line in words]
            rows, lengths = pad([array[0] for array in arrays])
            longest = max(array[1].shape[1] for array in arrays)
            characters = np.zeros((*rows.shape, longest), np.int32)
            marks = np.zeros((*rows.shape, 4 * network.gazetteer_kinds), np.float32)
            for i, (line, (_, spelled, _)) in enumerate(zip(words, arrays, strict=True)):
                characters[i, : len(spelled), : spelled.shape[1]] = spelled
                if gazetteer is not None:
                    marks[i, : len(line)] = gazetteer.look_up([line])
            inputs = {"words": rows, "characters": characters, "gazetteer": marks}
            inputs["shapes"] = pad([array[2] for array in arrays])[0]
            emissions = model.predict(inputs, batch_size=32, verbose=0)
            for path in viterbi(emissions, lengths, chain):
                found += sum(1 for number in path if tags[number][0] in "BS")
        return found

    tag(lines[:WARM_UP_LINES])
    started = time.perf_counter()
    entities = tag(lines)
    elapsed_s = time.perf_counter() - started
    return {"seconds": elapsed_s, "version": f"Keras {keras.__version__}", "entities": entities}


def per_token(inner):  # type: ignore[no-untyped-def]
    """A tagger's network with inputs of one length, as ``predict`` wants them."""
    import keras
    from keras import ops

    class PerToken(keras.Model):  # type: ignore[misc]
        """Takes words (B, T), characters (B, T, C), shapes (B, T) and gazetteer (B, T, …)."""

        def call(self, inputs):  # type: ignore[no-untyped-def]
            words, characters = inputs["words"], inputs["characters"]
            batch, time_steps, longest = ops.shape(characters)
            numbers = ops.reshape(ops.arange(1, batch * time_steps + 1), (batch, time_steps))
            padding = ops.zeros((1,), "int32")
            spelled = ops.reshape(characters, (-1, longest))
            fed = {
                "words": ops.concatenate([padding, ops.reshape(words, (-1,))]),
                "characters": ops.pad(spelled, [[1, 0], [0, 0]]),
                "shapes": ops.concatenate([padding, ops.reshape(inputs["shapes"], (-1,))]),
                "tokens": ops.where(words != 0, ops.cast(numbers, "int32"), 0),
            }
            if "gazetteer" in inner.input:
                fed["gazetteer"] = inputs["gazetteer"]
            return inner(fed, training=False)

    return PerToken()


def rebuild(tagger):  # type: ignore[no-untyped-def]
    """The Keras model of a tagger's bundle, and what goes with it."""
    import io

    import numpy as np

    from textrnn.decoding.chain import Chain
    from textrnn.features import Features
    from textrnn.gazetteer import Gazetteer
    from textrnn.network import TaggerNetwork
    from textrnn.training.build_tagger import build_tagger
    from textrnn.training.named_weights import import_weights

    bundle = tagger.bundle
    network = TaggerNetwork.from_dict(bundle.manifest.network)
    weights = dict(np.load(io.BytesIO(bundle.read("weights.npz"))))
    tables = dict(np.load(io.BytesIO(bundle.read("tables.npz"))))
    for name in [key for key in tables if not key.endswith("/scale")]:
        rows = tables[name].astype("float32")
        weights[name] = rows * tables[f"{name}/scale"] if f"{name}/scale" in tables else rows
    model = build_tagger(network)
    import_weights(model, network, {k: v.astype("float32") for k, v in weights.items()})
    features = Features.from_json(bundle.read("features.json").decode("utf-8"))
    gazetteer = None
    if network.gazetteer_kinds:
        gazetteer = Gazetteer.from_bytes(bundle.read("gazetteer.npz"))
    learned = {name: weights[f"crf/{name}"] for name in ("transitions", "start", "end")}
    return model, network, features, gazetteer, Chain.over(network.head.tags, **learned)


def run_spacy(options: argparse.Namespace) -> dict[str, float | str]:
    """``nlp.pipe`` of a blank pipeline with a convolutional NER tagger."""
    import spacy

    nlp = trained_spacy(options.train)
    lines = lines_of(options.text)
    list(nlp.pipe(lines[:WARM_UP_LINES]))
    started = time.perf_counter()
    entities = sum(len(doc.ents) for doc in nlp.pipe(lines))
    elapsed_s = time.perf_counter() - started
    return {"seconds": elapsed_s, "version": f"spaCy {spacy.__version__}", "entities": entities}


def trained_spacy(conll: str):  # type: ignore[no-untyped-def]
    """The pipeline, trained for an epoch, kept in the temporary folder for the next run."""
    import hashlib
    import lzma
    import random
    import tempfile

    import spacy
    from spacy.tokens import Doc
    from spacy.training import Example, biluo_tags_to_spans, iob_to_biluo

    key = hashlib.sha256(Path(conll).read_bytes()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"textrnn-bench-spacy-{key}"
    if folder.exists():
        return spacy.load(folder)
    nlp = spacy.blank("en")
    nlp.add_pipe("ner")
    content = Path(conll).read_bytes()
    text = (lzma.decompress(content) if conll.endswith(".xz") else content).decode("utf-8")
    examples = []
    for block in text.split("\n\n"):
        rows = [line.split() for line in block.splitlines() if line.strip()]
        rows = [row for row in rows if row[0] != "-DOCSTART-"]
        if rows:
            predicted = Doc(nlp.vocab, words=[row[0] for row in rows])
            gold = Doc(nlp.vocab, words=[row[0] for row in rows])
            gold.ents = biluo_tags_to_spans(gold, iob_to_biluo([row[-1] for row in rows]))
            examples.append(Example(predicted, gold))
    optimizer = nlp.initialize(lambda: examples)
    random.Random(0).shuffle(examples)
    for begin in range(0, len(examples), 64):
        nlp.update(examples[begin : begin + 64], drop=0.2, sgd=optimizer)
    nlp.to_disk(folder)
    return nlp


CONTESTANTS = {"textrnn": run_textrnn, "keras": run_keras, "spacy": run_spacy}

if __name__ == "__main__":
    main()
