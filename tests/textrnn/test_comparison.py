"""Two models on the same examples: scores side by side, agreement, and whether they differ."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path

import pytest
from small_bundles import put_manifest, small_classifier, small_generator, small_tagger

from calling import textrnn_in
from textrnn.catalog import load
from textrnn.errors import ConfigurationError
from textrnn.heads.comparison import Agreement, compare
from textrnn.heads.examples import ExampleSource

TEXTS = ["a fine film", "a dull song", "what a film !", "quiet", "a and a", "song song"]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Two classifiers, of which the second calls good what the first calls bad; examples."""
    small_classifier(tmp_path / "one")
    small_classifier(tmp_path / "other")
    put_manifest(tmp_path / "other", {"labels": ["good", "bad"]})
    network = json.loads((tmp_path / "other" / "bundle.json").read_text("utf-8"))["network"]
    network["head"]["labels"] = ["good", "bad"]
    put_manifest(tmp_path / "other", {"network": network, "name": "other"})
    answers = load(tmp_path / "one").classify(TEXTS)
    rows = [f"{result.text},{result.label}" for result in answers[:5]]
    wrong = {"bad": "good", "good": "bad"}[answers[5].label]
    (tmp_path / "test.csv").write_text("\n".join(["text,label", *rows, f"song song,{wrong}"]))
    return tmp_path


@pytest.mark.parametrize(("first", "second"), [(0, 0), (1, 7), (7, 1), (3, 3), (0, 6), (4, 5)])
def test_mcnemar_s_test_is_that_of_all_tosses(first: int, second: int) -> None:
    """Of all ways in which a fair coin says which model alone is right: those more uneven, and
    half of those as uneven.
    """
    tosses = [sum(toss) for toss in product((0, 1), repeat=first + second)]
    uneven = [abs(2 * heads - first - second) for heads in tosses]
    more = sum(each > abs(first - second) for each in uneven)
    same = sum(each == abs(first - second) for each in uneven)
    expected = 1.0 if first == second else (more + same / 2) / len(tosses)
    agreement = Agreement(50, 20, 10, first, second)
    assert agreement.p_value == pytest.approx(expected, rel=1e-9)


def test_mcnemar_s_test_of_many() -> None:
    """About as the normal distribution has it."""
    agreement = Agreement(1_000_000, 0, 0, only_first=100_300, only_second=99_700)
    assert agreement.p_value == pytest.approx(math.erfc(600 / math.sqrt(2 * 200_000)), rel=1e-3)


def test_interval_of_the_difference() -> None:
    agreement = Agreement(98, 80, 70, only_first=4, only_second=14)
    assert agreement.difference == pytest.approx(10 / 98)
    half = 1.959964 * math.sqrt(4.5 + 14.5 - 10**2 / 100) / 100  # Agresti & Min: 0.5 to each
    assert agreement.interval == pytest.approx((0.1 - half, 0.1 + half))
    assert Agreement(1, 0, 0, 0, 1).interval[1] == 1.0


def test_two_classifiers(here: Path) -> None:
    source = ExampleSource(str(here / "test.csv"))
    read: list[int] = []
    found = compare(load(here / "one"), load(here / "other"), source, on_progress=read.append)
    assert found.names == ("small", "other")
    assert [scores["accuracy"] for scores in found.scores] == pytest.approx([5 / 6, 1 / 6])
    assert found.agreement == Agreement(6, alike=0, both_right=0, only_first=5, only_second=1)
    assert sum(read) == 12
    same = compare(load(here / "one"), load(here / "one"), source).agreement
    assert same == Agreement(6, alike=6, both_right=5, only_first=0, only_second=0)
    assert same.p_value == 1.0


def test_two_taggers_agree_where_their_spans_do(tmp_path: Path) -> None:
    small_tagger(tmp_path / "names")
    tagger = load(tmp_path / "names")
    words = [["ada", "spoke"], ["spoke"], ["ada"]]
    right = "".join(tagged.to_conll() + "\n" for tagged in tagger.answer(words))
    swapped = {"O": "B-PER", "B-PER": "O", "I-PER": "O"}
    rows = [line.split() for line in right.splitlines()]
    wrong = [f"{row[0]} {swapped[row[-1]]}" if row else "" for row in rows]
    (tmp_path / "right.conll").write_text(right, "utf-8")
    (tmp_path / "wrong.conll").write_text("\n".join(wrong) + "\n", "utf-8")
    for name, both_right in {"right": 3, "wrong": 0}.items():
        found = compare(tagger, tagger, ExampleSource(str(tmp_path / f"{name}.conll"))).agreement
        assert found == Agreement(3, alike=3, both_right=both_right, only_first=0, only_second=0)


def test_generators_have_scores_alone(tmp_path: Path) -> None:
    small_generator(tmp_path / "writer")
    (tmp_path / "texts.txt").write_text("a fine film\n", "utf-8")
    writer = load(tmp_path / "writer")
    found = compare(writer, writer, ExampleSource(str(tmp_path / "texts.txt")))
    assert found.agreement is None
    assert found.scores[0] == found.scores[1]
    assert found.scores[0]["perplexity of a token"] > 1


def test_what_cannot_be_compared(here: Path) -> None:
    small_generator(here / "writer")
    one, writer = load(here / "one"), load(here / "writer")
    with pytest.raises(ConfigurationError, match="small is a classifier and small a generator"):
        compare(one, writer, ExampleSource("test.csv"))
    with pytest.raises(ConfigurationError, match="each model reads the examples; name a file"):
        compare(one, one, ExampleSource("-"))


def test_the_command(here: Path) -> None:
    shown = textrnn_in(here, "models", "compare", "one", "other", "test.csv")
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["small", "other"]
    assert lines[1].split() == ["accuracy", "0.8333", "0.1667"]
    assert lines[-3:] == [
        "same answer to 0 of 6 texts",
        "right: both 0, small alone 5, other alone 1, neither 0",
        "other less small: -66.7 points (95% interval -100.0 to +4.8); McNemar's test: p = 0.125, "
        "may be chance",
    ]
    call = ("models", "compare", "one", "other", "test.csv", "--format", "json")
    told = json.loads(textrnn_in(here, *call).stdout)
    assert [model["name"] for model in told["models"]] == ["small", "other"]
    assert told["agreement"]["only_first"] == 5
    assert told["agreement"]["p_value"] == pytest.approx(2 * (1 / 64) + 6 / 64)
    alike = textrnn_in(here, "models", "compare", "one", "one", "test.csv").stdout
    assert alike.splitlines()[0].split() == ["one", "one"]
