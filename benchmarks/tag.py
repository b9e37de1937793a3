"""Words tagged a second: textrnn, the same network through Keras, and spaCy, on the same text.

    python benchmarks/tag.py TEXTFILE [--model ner-en] [--spacy PYTHON] [--train CONLL] [--runs 5]

Each runs in a process of its own, end to end: from lines of text to entities with offsets. The runs
alternate, and the median counts. spaCy may live in another environment: name its Python. Its
pipeline is the blank one with a convolutional tagger, trained here for an epoch on --train (more
epochs change its accuracy, not its speed); without --spacy it is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import lzma
import subprocess
import sys
import tempfile
from pathlib import Path

from contest import Measured, machine, read_file, read_options, run_all, table, timed, words_of


def main() -> None:
    """Run what was asked for, or as a child process one of the contestants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("text", type=Path)
    parser.add_argument("--model", default="ner-en")
    parser.add_argument("--spacy", help="the Python that has spaCy")
    parser.add_argument("--train", help="CoNLL file to train spaCy's tagger on")
    options = read_options(parser, CONTESTANTS, runs=5)
    pythons = {"textrnn": sys.executable, "keras": sys.executable}
    if options.spacy:
        pythons["spacy"] = options.spacy
    found = run_all(pythons, options.runs)
    words = words_of(read_file(options.text))
    print(f"{options.model}, {options.text.name}: {words:,} words, {machine(options.runs)}\n")
    print(table(found, unit="words/s"))


def run_textrnn(options: argparse.Namespace) -> Measured:
    """``Tagger.tag``."""
    import textrnn

    tagger = textrnn.load(options.model)
    return timed(tagger.tag, read_file(options.text), f"textrnn {textrnn.__version__}")


def run_keras(options: argparse.Namespace) -> Measured:
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

    return timed(tag, read_file(options.text), f"Keras {keras.__version__}")


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


def run_spacy(options: argparse.Namespace) -> Measured:
    """``nlp.pipe`` of a blank pipeline with a convolutional NER tagger."""
    import spacy

    nlp = trained_spacy(options.train)
    lines, version = read_file(options.text), f"spaCy {spacy.__version__}"
    return timed(lambda texts: list(nlp.pipe(texts)), lines, version)


def trained_spacy(conll: str):  # type: ignore[no-untyped-def]
    """The pipeline, trained for an epoch, kept in the temporary folder for the next run."""
    import random

    import spacy
    from spacy.tokens import Doc
    from spacy.training import Example, biluo_tags_to_spans, iob_to_biluo

    folder = pipeline_folder(conll)
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


def pipeline_folder(conll: str) -> Path:
    """Where the pipeline that was trained on a file is kept."""
    key = hashlib.sha256(Path(conll).read_bytes()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"textrnn-bench-spacy-{key}"


def spacy_folder(python: str, conll: str) -> str:
    """The folder of the trained pipeline; another environment's Python trains it if need be."""
    program = "import sys, tag; tag.trained_spacy(sys.argv[1])"
    subprocess.run([python, "-c", program, conll], cwd=Path(__file__).parent, check=True)
    return str(pipeline_folder(conll))


CONTESTANTS = {"textrnn": run_textrnn, "keras": run_keras, "spacy": run_spacy}

if __name__ == "__main__":
    main()
