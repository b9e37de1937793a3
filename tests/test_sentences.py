"""The sentences that recipes/sentences makes: whole, labelled, the same each time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

import textrnn

FOLDER = Path(__file__).parents[1] / "recipes" / "sentences"
LABELS = {"negative", "neutral", "positive"}
LEFT_OVER = re.compile(
    r"[{}]|\|\||  |<[^3]"  # slots, pairs, choices
    r"|\b(a|an|the|is|was) \1\b|\ba (?!eu)[aei]|\ban [bcdfgjklm]|[。，！]{2}"
)


def made(language: str, out: Path, *options: str) -> list[dict[str, str]]:
    """What the program writes."""
    command = [sys.executable, str(FOLDER / "make.py"), language, str(out), "--each", "120"]
    subprocess.run([*command, *options], check=True, capture_output=True)
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def make() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import make  # type: ignore[import-not-found]
    return make


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_program_writes_each_kind_and_the_same_file_twice(
    language: str, tmp_path: Path
) -> None:
    records = made(language, tmp_path / "one.jsonl")
    assert records == made(language, tmp_path / "two.jsonl")
    assert records != made(language, tmp_path / "three.jsonl", "--random-state", "2")
    texts = [record["text"] for record in records]
    assert len(texts) == len(set(texts))
    assert {record["label"] for record in records} == LABELS
    kinds = {path.stem for path in (FOLDER / language).glob("*.txt")}
    assert {record["kind"] for record in records} == kinds
    judged = {record["kind"] for record in records if record["label"] != "neutral"}
    for kind in judged:
        assert {record["label"] for record in records if record["kind"] == kind} == LABELS


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pairs_differ_in_their_label_but_where_people_alone_differ(
    language: str, tmp_path: Path
) -> None:
    pairs = defaultdict(list)
    for record in made(language, tmp_path / "out.jsonl"):
        if record["pair"]:
            pairs[record["kind"], record["pair"]].append(record["label"])
    assert {"negation", "fairness"} <= {kind for kind, _ in pairs}
    for (kind, _), labels in pairs.items():
        if kind == "fairness":
            assert len(labels) == 3
            assert len(set(labels)) == 1
        else:
            assert len(labels) == len(set(labels)) > 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_frame_is_filled(language: str, make: ModuleType) -> None:
    grammar = make.Grammar.read(FOLDER / language)
    source = make.random.Random(3)
    for frame in grammar.frames:
        for text in make.texts(grammar, frame, language, source):
            assert text
            assert not LEFT_OVER.search(text), (frame, text)


def test_frames_to_try_are_not_among_those_to_learn(make: ModuleType) -> None:
    grammar = make.Grammar.read(FOLDER / "en")
    parts = {
        part: {
            frame.parts
            for kinds in make.frames_by_kind(grammar, part).values()
            for frames in kinds
            for frame in frames
        }
        for part in ("all", "learn", "try")
    }
    assert not parts["learn"] & parts["try"]
    assert parts["learn"] | parts["try"] == parts["all"]
    assert 8 < len(parts["learn"]) / len(parts["try"]) < 10


@pytest.mark.parametrize(
    ("entry", "form", "expected"),
    [
        ("keep,kept me awake", "past", "kept me awake"),
        ("keep,kept me awake", None, "keep me awake"),
        ("carry it", "s", "carries it"),
        ("be on fire", "past", "was on fire"),
        ("move on", "ing", "moving on"),
        ("pair of shoes", "pl", "pairs of shoes"),
        ("sandwich", "pl", "sandwiches"),
        ("家/酒店", "m", "家"),
        ("家/酒店", None, "酒店"),
        ("slow", None, "slow"),
    ],
)
def test_forms(entry: str, form: str | None, expected: str, make: ModuleType) -> None:
    assert sys.modules["grammar"].inflected(entry, form) == expected


def test_sentences_that_a_revision_changed_are_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    import revised  # type: ignore[import-not-found]

    original = "We saw it in May. The acting is superb. I laughed all night."
    turned = "We saw it in May. The acting is dreadful. I slept, and so did he, through all of it."
    rows = [
        {"text": text, "label": label, "kind": kind, "pair": "7"}
        for text, label, kind in [(original, "1", "original"), (turned, "0", "revised")]
    ]
    assert [(row["text"], row["label"]) for row in revised.pairs(rows)] == [
        ("The acting is superb.", "positive"),
        ("The acting is dreadful.", "negative"),
    ]


def test_a_model_that_is_given_words_answers_as_before_but_to_those(
    tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(FOLDER.parent))
    import widen  # type: ignore[import-not-found]

    texts = tmp_path / "texts.jsonl"
    written = ["👍 zyzzyva", "zyzzyva 👍", "zyzzyva 👍 once"]
    lines = [json.dumps({"text": text, "label": "positive"}) for text in written]
    texts.write_text("\n".join([*lines, '{"text": "zyzzyva", "label": "negative"}']), "utf-8")
    monkeypatch.setattr(widen, "ONE_POLE", 0.8)
    monkeypatch.setattr(widen, "POLAR", 3)  # the tiny model has few words
    wider = tmp_path / "wider"
    words, begun = widen.widen(str(tiny_bundle), [texts], wider)
    assert (words, begun) == (1 + widen.LONGEST_RUN, widen.LONGEST_RUN)
    before, after = textrnn.load(tiny_bundle), textrnn.load(wider)
    known, more = before.tokenizer.vocabulary(), after.tokenizer.vocabulary()
    assert known.items() < more.items()
    assert set(more) - set(known) == {"zyzzyva", *("👍" * times for times in range(1, 6))}

    def positive(model: textrnn.Classifier, text: str) -> float:
        return model.classify([text])[0].probabilities["positive"]

    text = "a fine day"  # weights are in 8 bits, made anew
    assert positive(after, text) == pytest.approx(positive(before, text), abs=0.002)
    assert positive(after, "👍") > positive(before, "👍") + 0.1
