"""What comes of few texts: classifiers and taggers with the defaults, beside the usual first tries.

A classifier stands beside tf-idf and logistic regression (n-grams of one and two words, of Chinese
of characters; C = 10, which beats scikit-learn's own 1 on nearly all of these sets), a tagger
beside a CRF with hand-made features (sklearn-crfsuite, where it is installed). Both get the same
texts, drawn at random; a score is the mean over the seeds.

    python benchmarks/small_data.py --data DIR --sets trec,cr --sizes 60,250 --seeds 3 --split test
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from small_sets import CLASSIFIED, LEARNED, TAGGED, SmallSet, open_set

import textrnn
from textrnn.corpora import LabelledText, Span, TaggedSentence, spans_to_tags, tags_to_spans
from textrnn.text.alignment import token_spans
from textrnn.text.words import word_shape

_MOST_TAGGED = 1000  # sentences


@dataclass(frozen=True)
class Row:
    """What was measured of one set and size.

    Attributes:
        name: of the set.
        size: training texts.
        ours: accuracy, or F1 of spans, a seed each.
        theirs: of the usual first try; empty where that is not installed.
        seconds: our processor time for training and scoring, of all cores together, a seed each.
    """

    name: str
    size: int
    ours: Sequence[float]
    theirs: Sequence[float]
    seconds: Sequence[float]

    def markdown(self) -> str:
        """A line of the table."""
        ours, theirs = statistics.mean(self.ours), statistics.mean(self.theirs or [float("nan")])
        spread = f"{min(self.ours):.3f} to {max(self.ours):.3f}"
        return (
            f"| {self.name} | {self.size:,} | {ours:.3f} | {spread} | {theirs:.3f} | "
            f"{100 * (ours - theirs):+.1f} | {statistics.mean(self.seconds):.0f} |"
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


def measure(chosen: SmallSet[Any], size: int, seeds: int, split: str) -> Row:
    """Train and score once a seed."""
    ours, theirs = (tagger, crf) if chosen.name in TAGGED else (classifier, regression)
    test = chosen.test if split == "test" else chosen.development
    found: list[float] = []
    beside: list[float] = []
    seconds = []
    for seed in range(seeds):
        train = chosen.draw(size, seed)
        started = time.process_time()  # other work on the machine does not count
        found.append(ours(chosen, train, test))
        seconds.append(time.process_time() - started)
        try:
            beside.append(theirs(chosen, train, test))
        except ModuleNotFoundError:
            continue
    return Row(chosen.name, size, found, beside, seconds)


def main() -> None:
    """Print a table, a line as soon as it is measured."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default=os.environ.get("TEXTRNN_DATA"), type=Path)
    parser.add_argument("--samples", default=Path("docs/samples"), type=Path)
    parser.add_argument("--sets", default=",".join([*CLASSIFIED, "tickets", *TAGGED]))
    parser.add_argument("--sizes", default="20,60,250,1000,4000")
    parser.add_argument("--seeds", default=5, type=int)
    parser.add_argument("--split", default="development", choices=["development", "test"])
    options = parser.parse_args()
    if options.data is None:
        parser.error("give --data DIR or set TEXTRNN_DATA")
    print(f"{options.split}, {options.seeds} seeds; processor seconds of training and scoring\n")
    print("| set | texts | textrnn | least to most | beside | ahead | s |")
    print("| --- | ---: | ---: | --- | ---: | ---: | ---: |")
    for name in options.sets.split(","):
        chosen = open_set(name, options.data, options.samples)
        for size in map(int, options.sizes.split(",")):
            if size <= len(chosen.pool) and not (name in TAGGED and size > _MOST_TAGGED):
                print(measure(chosen, size, options.seeds, options.split).markdown(), flush=True)


if __name__ == "__main__":
    main()
