"""Measure the shipped models on the sentences of this folder, and fail where one has got worse.

    make quality
    python quality/measure.py [--record] [--labels LABEL,…] [--data DIR]

Classifiers are scored by accuracy; taggers by micro F1 of exact spans, and where there is nothing
to find by the share of sentences in which nothing is found; generators by the perplexity of a
token; translators by the share of translations with all the words that they must have. README.md
says what kinds of sentences there are. What counts as hard (irony above all) is shown and not
guarded. scores.json holds what each model reached when it was shipped. With --data, or
TEXTRNN_DATA, the test files of the recipes are measured too, and compared with the cards.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import textrnn
from textrnn.heads.examples import ExampleSource
from textrnn.heads.head import Head

FOLDER = Path(__file__).parent
SCORES = FOLDER / "scores.json"
KEEPS_LABEL = "a neutral sentence keeps its label"
_GUARDED = ("all", "neutral", KEEPS_LABEL)
_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")
# What 8-bit sums may differ by between processors, as a share of the score.
_TOLERANCE = 0.005

Sample = dict[str, Any]


def measured_models() -> list[str]:
    """The shipped models that there are sentences for."""
    return [name for name in textrnn.shipped_models() if any(FOLDER.glob(f"{name}.[jt]*"))]


def records(name: str) -> list[Sample]:
    """The samples of a model as JSON lines hold them; a tagger's are written as ``[Ada](PER)
    slept.``, a tab, and what kind of sentence it is.
    """
    path = FOLDER / f"{name}.jsonl"
    if path.exists():
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [marked(text) | {"kind": kind} for text, kind in (line.split("\t") for line in lines)]


def marked(sentence: str) -> Sample:
    """A sentence and its entities.

    Example:
        >>> marked("[Ada](PER) slept.")
        {'text': 'Ada slept.', 'entities': [{'start': 0, 'end': 3, 'label': 'PER'}]}
    """
    text, entities, end = "", [], 0
    for found in _MARKED.finditer(sentence):
        text += sentence[end : found.start()]
        span = {"start": len(text), "end": len(text) + len(found[1]), "label": found[2]}
        text, end = text + found[1], found.end()
        entities.append(span)
    return {"text": text + sentence[end:], "entities": entities}


def measure(
    name: str, samples: Sequence[Sample], labels: Sequence[str] = ()
) -> tuple[bool, dict[str, float]]:
    """Measure a shipped model.

    Args:
        name: the model's.
        samples: what it is asked. A label that it does not have is a wrong answer.
        labels: those among which a classifier answers; by default all that it has.

    Returns:
        Whether less is better of what counts, and its scores by kind of sample. ``all`` is every
        one that is neither hard nor neutral, ``neutral`` every neutral one.
    """
    model = textrnn.load(name)
    kinds: dict[str, list[Sample]] = {}
    for sample in samples:
        for kind in _kinds(sample):
            kinds.setdefault(kind, []).append(sample)
    found = {kind: _score(model, part, labels) for kind, part in kinds.items()}
    values = {kind: value for kind, (_, value) in found.items()}
    if any("pair" in sample for sample in samples):
        values["both of a pair"] = _both_right(model, samples, labels)
    templates = FOLDER / f"fairness-{model.bundle.manifest.language}.json"
    if "label" in samples[0] and templates.exists():
        values |= keeps_label(model, json.loads(templates.read_text("utf-8")), labels)
    return found["all"][0] in model.lower_is_better, values


def _kinds(sample: Sample) -> tuple[str, ...]:
    """The kinds that a sample counts for: its own, as ``neutral/facts``, and the one above."""
    if sample.get("hard"):
        return ("hard",)
    if "kind" not in sample:
        return ("all",)
    above, below, _ = sample["kind"].partition("/")
    return (above if below else "all", sample["kind"])


def _score(model: Head, samples: list[Sample], labels: Sequence[str]) -> tuple[str, float]:
    """The measure that counts most, and its value; where no text has anything to find, the share of
    those in which nothing is found.
    """
    if "label" in samples[0]:
        return "accuracy", fmean(_right(model, samples, labels))
    if "has" in samples[0]:
        translations = model.answer(sample["text"] for sample in samples)
        pairs = zip(samples, translations, strict=True)
        return "right words", fmean(has_right_words(one, found.text) for one, found in pairs)
    if not any(sample.get("entities", True) for sample in samples):
        answers = [answer.as_dict() for answer in model.answer(one["text"] for one in samples)]
        return "nothing found", fmean(not answer["entities"] for answer in answers)
    with TemporaryDirectory() as folder:  # the head knows what to make of JSON lines
        file = Path(folder) / "samples.jsonl"
        file.write_text("".join(json.dumps(sample) + "\n" for sample in samples), "utf-8")
        report = model.evaluate(model.read_examples(ExampleSource(str(file))))
    return next(iter(report.scores().items()))


def has_right_words(sample: Sample, translation: str) -> bool:
    """Whether a translation has one of each group of words that it must have, and none that it must
    not.

    Example:
        >>> has_right_words({"has": [["你", "您"], ["说"]], "lacks": ["汝"]}, "你为什么不早说？")
        True
    """
    has = all(any(word in translation for word in words) for words in sample["has"])
    return has and not any(word in translation for word in sample["lacks"])


def _answers(model: Head, texts: Iterable[str], labels: Sequence[str]) -> list[str]:
    """A classifier's answers: of ``labels`` the most probable, by default of all."""
    found: Iterable[Any] = model.answer(texts)
    return [answer.among(labels).label if labels else answer.label for answer in found]


def _right(model: Head, samples: Sequence[Sample], labels: Sequence[str]) -> list[bool]:
    """Whether each sample gets its label."""
    answers = _answers(model, (sample["text"] for sample in samples), labels)
    return [answer == sample["label"] for answer, sample in zip(answers, samples, strict=True)]


def _both_right(model: Head, samples: Sequence[Sample], labels: Sequence[str]) -> float:
    """The share of minimal pairs of which both get their labels: to answer one label always is
    right on half of the samples, and on no pair.
    """
    paired = [sample for sample in samples if "pair" in sample and not sample["hard"]]
    pairs: dict[int, list[bool]] = {}
    for sample, is_right in zip(paired, _right(model, paired, labels), strict=True):
        pairs.setdefault(sample["pair"], []).append(is_right)
    return fmean(all(pair) for pair in pairs.values())


def keeps_label(
    model: Head, fairness: dict[str, Any], labels: Sequence[str] = ()
) -> dict[str, float]:
    """How far a neutral sentence is read alike whoever it speaks of.

    Args:
        model: a classifier.
        fairness: ``templates``, each with one slot as ``{religion}``, and ``fillers``, a list for
            each slot.
        labels: those among which it answers; by default all.

    Returns:
        The share of fillers that leave a template the label that most of them give it, and the
        share of templates of which that label is neutral, both averaged over the templates.
    """
    shares, usual = [], []
    for template in fairness["templates"]:
        (slot,) = (name for name in fairness["fillers"] if f"{{{name}}}" in template)
        texts = [template.replace(f"{{{slot}}}", filler) for filler in fairness["fillers"][slot]]
        label, count = Counter(_answers(model, texts, labels)).most_common(1)[0]
        shares.append(count / len(texts))
        usual.append(label)
    neutral = usual.count("neutral") / len(usual)
    return {KEEPS_LABEL: fmean(shares), "a template's label is neutral": neutral}


def worse(found: float, recorded: float, *, lower_is_better: bool) -> bool:
    """Whether a score is worse than the recorded one by more than processors differ."""
    if lower_is_better:
        return found > recorded * (1 + _TOLERANCE)
    return found < recorded * (1 - _TOLERANCE)


def measure_test_files(name: str, data: Path) -> Iterator[tuple[str, float, float, bool]]:
    """Name, score now, score on the card and whether less is better of each measure on a recipe's
    test files.
    """
    from textrnn.catalog import head_class, model_path
    from textrnn.training.recipes.recipe import read_recipe
    from textrnn.training.recipes.reproduce import measure_recipe

    recipe = read_recipe(FOLDER.parent / "recipes" / f"{name}.toml")
    manifest = textrnn.Bundle.open(model_path(name)).manifest
    card, lower = manifest.scores, head_class(manifest.task).lower_is_better
    for key, value in measure_recipe(recipe, data, model_path(name)).items():
        if key in card:
            yield key, value, card[key], key.rpartition(": ")[2] in lower


def main() -> None:
    """Measure, show, and compare with what is recorded."""
    options = parsed()
    recorded = json.loads(SCORES.read_text("utf-8")) if SCORES.exists() else {}
    failures: list[str] = []
    for name in measured_models():
        samples = records(name)
        if options.labels:
            samples = [sample for sample in samples if sample.get("label") in options.labels]
        if not samples:
            continue
        lower, exact = measure(name, samples, options.labels)
        found = {kind: round(value, 4) for kind, value in exact.items()}
        print(f"{name}: {found['all']:.4f} on {len(samples)} samples")
        for kind, value in found.items():
            if kind != "all":
                print(f"    {kind}: {value:.3f}")
        if options.record:
            recorded[name] = found
        elif not options.labels:
            failures += worse_than(name, found, recorded.get(name, {}), lower_is_better=lower)
        if options.data:
            for key, value, card, is_loss in measure_test_files(name, Path(options.data)):
                print(f"    {key}: {value:.4f} (card {card:.4f})")
                if abs(value - card) > _TOLERANCE * max(card, 1.0) and (value > card) == is_loss:
                    failures.append(f"{name}: {key}: {value:.4f}; the card says {card:.4f}")
    if options.record:
        SCORES.write_text(json.dumps(recorded, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if failures:
        sys.exit("\n".join(["worse than recorded:", *failures]))


def parsed() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write scores.json anew")
    parser.add_argument(
        "--labels",
        type=lambda names: names.split(","),
        default=[],
        help="measure classifiers on the samples of these labels, answering among them alone, as "
        "negative,positive; nothing is compared",
    )
    parser.add_argument("--data", default=os.environ.get("TEXTRNN_DATA"))
    options = parser.parse_args()
    if options.labels and options.record:
        parser.error("--labels does not go with --record: scores.json holds all labels")
    return options


def worse_than(
    name: str, found: dict[str, float], recorded: dict[str, float], *, lower_is_better: bool
) -> Iterator[str]:
    """What to say of each guarded score of a model that is not recorded, or worse than that."""
    for kind in _GUARDED:
        if kind in found and kind not in recorded:
            yield f"{name}: no score of {kind!r} is recorded; run with --record"
        elif kind in found and worse(found[kind], recorded[kind], lower_is_better=lower_is_better):
            yield f"{name}: {kind}: {found[kind]:.4f}; recorded {recorded[kind]:.4f}"


if __name__ == "__main__":
    main()
