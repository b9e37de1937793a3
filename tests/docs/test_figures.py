"""Figures of speed in documents are those that were measured last, as results.json keeps them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import quotes
import report

ROOT = Path(__file__).parents[2]
ENTRIES = report.kept()
PAGES = list(quotes.documents())
_FIGURE = r"\d[\d,.]*"
_SPEED = re.compile(
    rf"{_FIGURE} ?(?:×|times) (?:as fast|faster)"
    rf"|{_FIGURE} ?(?:words|lines|texts|characters)(?:/s| a second)"
    rf"|(?:in|takes|after) {_FIGURE} (?:milli)?seconds|{_FIGURE} ?(?:秒|倍)"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_figures_are_those_measured_last(page: Path) -> None:
    text = page.read_text("utf-8")
    assert quotes.quote(text, ENTRIES) == text, "python benchmarks/report.py --quote writes them"


def test_the_report_shows_what_is_kept() -> None:
    shown = (ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8")
    assert report.report(ENTRIES) == shown, "python benchmarks/report.py --quote writes it"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_speed_in_the_readme_is_measured(page: str) -> None:
    assert not _SPEED.findall((ROOT / page).read_text("utf-8"))


@pytest.mark.parametrize(
    "claim",
    ["It is 3.3 × as fast", "12 times as fast", "50,061 words/s", "in 0.3 seconds", "0.3 秒"],
)
def test_a_speed_without_its_source_is_found(claim: str) -> None:
    marked = re.sub(r"(\d[\d.,]*)", r"\1<!-- results: Tag/textrnn/words/s -->", claim)
    assert _SPEED.search(claim)
    assert not _SPEED.search(marked)


def test_a_figure_keeps_its_digits() -> None:
    rows = [
        {"name": "ours", "median": 50061.4, "least": 1.0, "most": 2.0, "ahead": None,
         "memory_mb": 269.2, "more": {"accuracy": 0.94}},
        {"name": "theirs", "median": 15280.0, "least": 1.0, "most": 2.0, "ahead": 3.276,
         "memory_mb": 1459.0, "more": {"accuracy": 0.9}},
    ]  # fmt: skip
    entries = [
        {"title": "Read: much", "unit": "words/s", "rows": rows},
        {"title": "Stream: long", "facts": {"MB": 146.6}},
    ]
    text = "1{ours/words/s} 1.0{theirs/times} 1{ours/MB} 0.00{theirs/accuracy}"
    marked = text.replace("{", "<!-- results: Read/").replace("}", " -->")
    quoted = quotes.quote(f"{marked} 2<!-- results: Stream/MB -->", entries)
    quoted = re.sub(r"<!-- .+? -->", "", quoted)
    assert quoted == "50,061 3.3 269 0.90 147"


@pytest.mark.parametrize("name", ["Read/ours/words/s", "Tag/textrnn/times", "Tag/nobody/words/s"])
def test_a_figure_of_nothing_is_an_error(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        quotes.quote(f"1<!-- results: {name} -->", ENTRIES)


def test_a_table_measured_on_another_day_keeps_the_ratios_of_before() -> None:
    ours = {"name": "ours", "ahead": None}
    rows = [ours, {"name": "theirs", "ahead": 2.04}]
    old = {"date": "2026-11-29", "machine": "two cores", "rows": rows}
    kept = report.ratios_before(old, "2026-11-30")
    assert kept["before"] == {
        "date": "2026-11-29", "machine": "two cores", "ratios": {"theirs": 2.04},
    }  # fmt: skip
    again = report.ratios_before({"date": "2026-11-30", "rows": rows, **kept}, "2026-11-30")
    assert again == kept, "the same day: what was before it stays"
    assert report.ratios_before({}, "2026-11-30") == {}, "a new table"
    assert report.ratios_before({"date": "2026-11-29", "rows": [ours]}, "2026-11-30") == {}
    entry = ENTRIES[0] | kept
    shown = report.report([entry])
    assert f"{entry['machine']}.\n\n2026-11-29, two cores: theirs 2.0 × as fast." in shown
