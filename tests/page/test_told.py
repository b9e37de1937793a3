"""Problems as models and services say them, known to the page by the words of its dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import textrnn
from in_node import run_script
from textrnn.corpora.series.steps import Step, shown_times
from textrnn.errors import TextRNNError
from textrnn.serving import http
from textrnn.serving.page import page_files

VERSES = "床前明月光，疑是地上霜。举头望明月，低头思故乡。好"
SERVICE = (
    "token",
    "much",
    "bytes",
    "late",
    "fault",
    "place",
    "connections",
    "streams",
    "held",
    "ends",
)


def dictionary() -> dict[str, str]:
    """The words for problems in English, by what stands behind `told.`."""
    content = page_files()["words/en.js"].decode()
    return dict(re.findall(r'^  "told\.(\w+)":\s+"(.*)",$', content, re.MULTILINE))


def series(*, without: str = "", hours: int = 1, count: int = 200, **other: Any) -> dict[str, Any]:
    """What town-load is asked, and what is wrong with it."""
    first = np.datetime64("2025-01-01", "us")
    times = shown_times(Step(hours * 3_600_000_000).after(first, count))
    record = {
        "time": times,
        "load": [3.0 + i % 5 for i in range(count)],
        "temperature": [1.0] * count,
    }
    return {name: cells for name, cells in {**record, **other}.items() if name != without}


def asked_series() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Records and options by the problem that comes of them."""
    good = series()
    load, time = good["load"], good["time"]
    return {
        "column": (series(without="load"), {}),
        "columns": (series(without="load", Load=load, LOAD=load), {}),
        "short": (series(count=20), {}),
        "step": (series(hours=2), {}),
        "number": (series(load=["x", *load[1:]]), {}),
        "gap": (series(load=["", *load[1:]]), {}),
        "comma": (series(load=["1,234"] * 200), {}),
        "time": (series(time=[*time[:-1], "soon"]), {}),
        "times": (series(without="time"), {}),
        "rows": (series(time=[*time[:100], *time[101:], "2025-01-20 00:00"]), {}),
        "same": (series(time=[time[0], *time[:-1]]), {}),
        "order": (series(time=[time[1], time[0], *time[2:]]), {}),
        "between": (series(time=[*time[:100], "2025-01-05 04:30", *time[101:]]), {}),
        "horizon": (good, {"horizon": 10**6}),
        "least": (good, {"horizon": 0}),
    }


ASKED_TEXTS: dict[str, tuple[str, dict[str, Any]]] = {
    "length": ("春", {"length": 0}),
    "state": ("春", {"random_state": -1}),
    "form": ("春", {"form": "五绝", "length": 5}),
    "acrostic": ("春", {"form": "五绝", "acrostic": "abc"}),
    "heads": ("春", {"form": "五绝", "acrostic": "春夏秋冬梅"}),
    "verses": (VERSES, {"form": "五绝"}),
    "begin": ("床", {"form": "五绝", "acrostic": "春夏秋冬"}),
    "blanks": ("床前 明月光光光", {"form": "五绝"}),
    "verse": ("床前明月光光光", {"form": "五绝"}),
    "chinese": ("hello", {"form": "五绝"}),
}


def details() -> Iterator[tuple[str, str]]:
    """What models say is wrong, each by the name of its problem."""
    town, verse = textrnn.load("town-load"), textrnn.load("poetry-zh")
    for name, (record, options) in asked_series().items():
        with pytest.raises(TextRNNError) as refused:
            list(town.answer([town.from_record(record)], **options))
        yield name, str(refused.value)
    for name, (seed, options) in ASKED_TEXTS.items():
        with pytest.raises(TextRNNError) as refused:
            verse.generate(seed, **options)
        yield name, str(refused.value)


def test_the_page_knows_what_models_say() -> None:
    said = dict(details())
    assert said.keys() == dictionary().keys() - set(SERVICE)
    others = ["something else", "series: entry 99,999: is in no table"]
    found = run_script("told.mjs", [*said.values(), *others])
    assert [found.pop() for _ in others] == [None, None]
    for (name, detail), known in zip(said.items(), found, strict=True):
        assert known["key"] == f"told.{name}", detail
        lined = re.sub(r"\bentry (\d+)", lambda found: f"line {int(found[1]) + 3}", detail)
        assert dictionary()[name].format(**known["put"]) == lined


def test_the_page_knows_what_the_service_says() -> None:
    folder = Path(http.__file__).parent
    sources = " ".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    said = re.sub(r'"\s*\n\s*f?"', "", sources)  # strings of several lines in one
    for name in SERVICE:
        for piece in re.split(r"\{\w+\}", dictionary()[name]):
            assert piece in said.replace("{are}", "2 answers are"), (name, piece)
