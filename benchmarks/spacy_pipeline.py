"""spaCy's blank pipeline with a convolutional tagger, trained for an epoch on a CoNLL file."""

from __future__ import annotations

import hashlib
import lzma
import subprocess
import tempfile
from pathlib import Path


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
    program = "import sys, spacy_pipeline; spacy_pipeline.trained_spacy(sys.argv[1])"
    call = [str(Path(python).absolute()), "-c", program, str(Path(conll).absolute())]
    subprocess.run(call, cwd=Path(__file__).parent, check=True)
    return str(pipeline_folder(conll))
