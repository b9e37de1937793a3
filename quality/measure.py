"""Measure the shipped models on the sentences of this folder, and fail where one has got worse.

    make quality
    python quality/measure.py [--record] [--data DIR]

Classifiers are scored by accuracy; taggers by micro F1 of exact spans, and where there is nothing
to find by the share of sentences in which nothing is found; generators by the perplexity of a
token. What counts as hard (irony above all) is shown and not guarded. scores.json holds what each
model reached when it was shipped. With --data, or TEXTRNN_DATA, the test files of the recipes are
measured too, and compared with the cards.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import textrnn
from textrnn.corpora import LabelledText, Passage, Span, SpannedText
from textrnn.heads.head import Head

FOLDER = Path(__file__).parent
SCORES = FOLDER / "scores.json"
_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")
# What 8-bit sums may differ by between processors, as a share of the score.
_TOLERANCE = 0.005


def records(name: str) -> list[dict[str, Any]]:
    """The samples of a model: JSON lines, or a tagger's sentences as ``[Ada](PER) slept.``, a tab,
    and what kind of sentence it is.
    """
    path = FOLDER / f"{name}.jsonl"
    if path.exists():
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    return [{"text": text, "kind": kind} for text, kind in (line.split("\t") for line in lines)]


def marked_text(marked: str) -> SpannedText:
    """A sentence and its spans.

    Example:
        >>> marked_text("[Ada](PER) slept.")
        SpannedText(text='Ada slept.', spans=(Span(start=0, end=3, label='PER'),), document=0)
    """
    text, spans, end = "", [], 0
    for found in _MARKED.finditer(marked):
        text += marked[end : found.start()]
        spans.append(Span(len(text), len(text) + len(found[1]), found[2]))
        text, end = text + found[1], found.end()
    return SpannedText(text + marked[end:], tuple(spans))


def example_of(sample: dict[str, Any], *, is_marked: bool) -> LabelledText | SpannedText | Passage:
    """A sample as a model is evaluated on it."""
    if is_marked:
        return marked_text(sample["text"])
    if "label" in sample:
        return LabelledText(sample["text"], sample["label"])
    return Passage(sample["text"], ends=True)


def measure(name: str) -> tuple[bool, dict[str, float]]:
    """Whether less is better of what counts of a shipped model, and its scores by kind of sample;
    ``all`` is every one that is not hard.
    """
    model = textrnn.load(name)
    is_marked = (FOLDER / f"{name}.txt").exists()
    kinds: dict[str, list[Any]] = {"all": []}
    for sample in records(name):
        hard, example = sample.get("hard", False), example_of(sample, is_marked=is_marked)
        kinds.setdefault("hard" if hard else sample.get("kind", "all"), []).append(example)
        if not hard and "kind" in sample:
            kinds["all"].append(example)
    found = {kind: _score(model, part) for kind, part in kinds.items()}
    values = {kind: value for kind, (_, value) in found.items()}
    return found["all"][0] in model.lower_is_better, values


def _score(model: Head, examples: list[Any]) -> tuple[str, float]:
    """The measure that counts most, and its value; where no text has anything to find, the share of
    those in which nothing is found.
    """
    if not any(getattr(example, "spans", True) for example in examples):
        answers = [answer.as_dict() for answer in model.answer(e.text for e in examples)]
        return "nothing found", sum(not one["entities"] for one in answers) / len(answers)
    return next(iter(model.evaluate(examples).scores().items()))


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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write scores.json anew")
    parser.add_argument("--data", default=os.environ.get("TEXTRNN_DATA"))
    options = parser.parse_args()
    recorded = json.loads(SCORES.read_text("utf-8")) if SCORES.exists() else {}
    failures = []
    for name in textrnn.shipped_models():
        lower, exact = measure(name)
        found = {kind: round(value, 4) for kind, value in exact.items()}
        print(f"{name}: {found['all']:.4f} on {len(records(name))} samples")
        for kind, value in found.items():
            if kind != "all":
                print(f"    {kind}: {value:.3f}")
        if options.record:
            recorded[name] = found
        elif name not in recorded:
            failures.append(f"{name}: no score is recorded; run with --record")
        elif worse(found["all"], recorded[name]["all"], lower_is_better=lower):
            failures.append(f"{name}: {found['all']:.4f}; recorded {recorded[name]['all']:.4f}")
        if options.data:
            for key, value, card, lower in measure_test_files(name, Path(options.data)):
                print(f"    {key}: {value:.4f} (card {card:.4f})")
                if abs(value - card) > _TOLERANCE * max(card, 1.0) and (value > card) == lower:
                    failures.append(f"{name}: {key}: {value:.4f}; the card says {card:.4f}")
    if options.record:
        SCORES.write_text(json.dumps(recorded, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if failures:
        sys.exit("\n".join(["worse than recorded:", *failures]))


if __name__ == "__main__":
    main()
