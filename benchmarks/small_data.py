"""What comes of few texts: classifiers and taggers with the defaults, beside the usual first tries.

A classifier stands beside tf-idf and logistic regression (n-grams of one and two words, of Chinese
of characters; C = 10, which beats scikit-learn's own 1 on nearly all of these sets), a tagger
beside a CRF with hand-made features (sklearn-crfsuite, where it is installed). Both get the same
texts, drawn at random; a score is the mean over the seeds. A set, size and seed is a line of the
results, the first seed of all sets before the second of any; what stands there is not measured
again, so that a run may be stopped and gone on with.

    python benchmarks/small_data.py --data DIR --sets trec,cr --sizes 60,250 --seeds 3 --split test
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from small_sets import CLASSIFIED, LEARNED, TAGGED, SmallSet, open_set

import textrnn
from textrnn.corpora import LabelledText, Span, TaggedSentence, spans_to_tags, tags_to_spans
from textrnn.text.alignment import token_spans
from textrnn.text.words import word_shape

_MOST_TAGGED = 1000  # sentences


@dataclass(frozen=True)
class Drawing:
    """What was measured of one drawing of training texts.

    Attributes:
        name: of the set.
        size: training texts.
        seed: of the drawing.
        split: what was measured on, ``development`` or ``test``.
        ours: accuracy, or F1 of spans.
        theirs: of the usual first try; None where that is not installed.
        seconds: our processor time for training and scoring, of all cores together.
    """

    name: str
    size: int
    seed: int
    split: str
    ours: float
    theirs: float | None
    seconds: float


def row(drawings: Sequence[Drawing]) -> str:
    """A line of the table: the drawings of a set and size, whose scores are averaged."""
    scores = [drawing.ours for drawing in drawings]
    ours = statistics.mean(scores)
    known = [drawing.theirs for drawing in drawings if drawing.theirs is not None]
    theirs = statistics.mean(known or [float("nan")])
    seconds = statistics.mean(drawing.seconds for drawing in drawings)
    return (
        f"| {drawings[0].name} | {drawings[0].size:,} | {len(drawings)} | {ours:.3f} | "
        f"{min(scores):.3f} to {max(scores):.3f} | {theirs:.3f} | {100 * (ours - theirs):+.1f} | "
        f"{seconds:.0f} |"
    )


def classifier(chosen: SmallSet[LabelledText], train: Sequence[Any], test: Sequence[Any]) -> float:
    """Accuracy of our classifier, with the defaults; where the shipped classifier knows the test,
    it begins with word vectors as if there were none.
    """
    beginning: dict[str, Any] = {}
    if chosen.name in LEARNED:
        beginning = {"init_from": "none", "embeddings": "glove-en"}
    with tempfile.TemporaryDirectory() as folder:
        model = textrnn.train_classifier(train, out=Path(folder) / "model", **beginning)
        answers = model.classify([example.text for example in test])
    return _share(answer.label == right.label for answer, right in zip(answers, test, strict=True))


def regression(chosen: SmallSet[LabelledText], train: Sequence[Any], test: Sequence[Any]) -> float:
    """Accuracy of logistic regression on tf-idf."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    words = TfidfVectorizer(
        ngram_range=(1, 2), analyzer="char" if chosen.language == "zh" else "word"
    )
    features = words.fit_transform([example.text for example in train])
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(features, [example.label for example in train])
    found = model.predict(words.transform([example.text for example in test]))
    return _share(label == right.label for label, right in zip(found, test, strict=True))


def tagger(chosen: SmallSet[TaggedSentence], train: Sequence[Any], test: Sequence[Any]) -> float:
    """F1 of our tagger's spans, with the defaults."""
    with tempfile.TemporaryDirectory() as folder:
        model = textrnn.train_tagger(train, out=Path(folder) / "model")
        answers = model.tag_words([sentence.words for sentence in test])
        return _f1(test, (token_spans(a.entities, a.offsets)[0] for a in answers))


def crf(chosen: SmallSet[TaggedSentence], train: Sequence[Any], test: Sequence[Any]) -> float:
    """F1 of the spans of a CRF with hand-made features."""
    from sklearn_crfsuite import CRF

    model = CRF(algorithm="lbfgs", c1=0.1, c2=0.1, max_iterations=100)
    model.fit(
        [_features(e.words) for e in train],
        [spans_to_tags(e.spans, len(e.words)) for e in train],
    )
    return _f1(test, (tags_to_spans(list(model.predict_single(_features(e.words)))) for e in test))


def _f1(test: Sequence[Any], answers: Iterable[Iterable[Span]]) -> float:
    """Micro F1 of exact spans; a label that no training sentence has is missed."""
    right = found = given = 0
    for sentence, answer in zip(test, answers, strict=True):
        told = set(answer)
        right += len(told & set(sentence.spans))
        found += len(told)
        given += len(sentence.spans)
    return 2 * right / max(found + given, 1)


def _features(words: Sequence[str]) -> list[dict[str, str]]:
    """What is known of each word by itself, of its neighbours, and of its pairs with them."""
    plain = [_of_word(word) for word in words]
    found = []
    for place in range(len(words)):
        near = {}
        for away in (-2, -1, 0, 1, 2):
            if 0 <= place + away < len(words):
                near |= {f"{away}:{name}": value for name, value in plain[place + away].items()}
            else:
                near[f"{away}:edge"] = "edge"
        for away in (-1, 0):
            if place + away >= 0 and place + away + 1 < len(words):
                near[f"{away}:pair"] = f"{words[place + away]} {words[place + away + 1]}"
        found.append(near)
    return found


def _of_word(word: str) -> dict[str, str]:
    return {
        "word": word.lower(),
        "shape": str(word_shape(word)),
        "prefix": word[:3],
        "suffix": word[-3:],
        "ending": word[-2:],
    }


def _share(right: Iterable[bool]) -> float:
    return statistics.mean(map(float, right))


def measure(chosen: SmallSet[Any], size: int, seed: int, split: str) -> Drawing:
    """Train on a drawing, and score."""
    ours, theirs = (tagger, crf) if chosen.name in TAGGED else (classifier, regression)
    test = chosen.test if split == "test" else chosen.development
    train = chosen.draw(size, seed)
    started = time.process_time()  # other work on the machine does not count
    found = ours(chosen, train, test)
    seconds = time.process_time() - started
    try:
        beside = theirs(chosen, train, test)
    except ModuleNotFoundError:
        beside = None
    return Drawing(chosen.name, size, seed, split, found, beside, seconds)


def read_results(path: Path) -> list[Drawing]:
    """The drawings of an earlier run."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [Drawing(**json.loads(line)) for line in lines]


def show(drawings: Iterable[Drawing]) -> None:
    """A table, a line for each set and size."""
    rows: dict[tuple[str, int], list[Drawing]] = defaultdict(list)
    for drawing in drawings:
        rows[drawing.name, drawing.size].append(drawing)
    print("| set | texts | drawings | textrnn | least to most | beside | ahead | s |")
    print("| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |")
    for found in rows.values():
        print(row(found))


def main() -> None:
    """Measure what the results lack, and print the table of all."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("TEXTRNN_DATA"), type=Path)
    parser.add_argument("--samples", default=Path("docs/samples"), type=Path)
    parser.add_argument("--sets", default=",".join([*CLASSIFIED, "tickets", *TAGGED]))
    parser.add_argument("--sizes", default="20,60,250,1000,4000")
    parser.add_argument("--seeds", default=5, type=int)
    parser.add_argument("--split", default="development", choices=["development", "test"])
    parser.add_argument("--results", default=Path("small_data.jsonl"), type=Path)
    options = parser.parse_args()
    if options.data is None:
        parser.error("give --data DIR or set TEXTRNN_DATA")
    names = options.sets.split(",")
    sizes = [int(size) for size in options.sizes.split(",")]
    sets = {name: open_set(name, options.data, options.samples) for name in names}
    drawings = [found for found in read_results(options.results) if found.split == options.split]
    known = {(found.name, found.size, found.seed) for found in drawings}
    for seed in range(options.seeds):
        for name, chosen in sets.items():
            most = min(len(chosen.pool), _MOST_TAGGED if name in TAGGED else len(chosen.pool))
            for size in (size for size in sizes if size <= most):
                if (name, size, seed) in known:
                    continue
                drawings.append(measure(chosen, size, seed, options.split))
                with options.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(asdict(drawings[-1])) + "\n")
                print(row(drawings[-1:]), flush=True)
    print(f"\n{options.split}; processor seconds of training and scoring\n")
    show(
        found
        for name in names
        for size in sizes
        for found in drawings
        if (found.name, found.size) == (name, size)
    )


if __name__ == "__main__":
    main()
