"""The report folder: what is in it, and that odd labels and texts come through."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.heads.classifier.report import ClassificationReport, Mistake
from textrnn.heads.classifier.scores import score_classification
from textrnn.reports.folder import write_report


def report(labels: tuple[str, ...], mistakes: tuple[Mistake, ...] = ()) -> ClassificationReport:
    """Two texts of each label, right at 0.95, and one of the first given the second at 0.75."""
    gold = [*labels, *labels, labels[0]]
    rows = [{label: 0.95} for label in (*labels, *labels)] + [{labels[1]: 0.75}]
    return score_classification(gold, rows, labels=labels, mistakes=mistakes)


def confusion(of: ClassificationReport) -> Figure:
    return of.figures()["confusion.png"]


def reliability(of: ClassificationReport) -> Figure:
    return of.figures()["reliability.png"]


def test_the_confusion_picture_says_what_the_report_says() -> None:
    axes = confusion(report(("bad", "good"))).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["bad", "good"]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["bad", "good"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "gold")
    assert axes.get_title(loc="left") == "80.0% of 5 texts right"
    cells = [text.get_text() for text in axes.texts]
    assert cells == ["2\n66.7%", "1\n33.3%", "0\n0.0%", "2\n100.0%"]
    np.testing.assert_allclose(axes.images[0].get_array(), [[2 / 3, 1 / 3], [0, 1]])


@pytest.mark.parametrize(("labels", "cells"), [(6, 36), (7, 49), (20, 400), (21, 0)])
def test_cells_of_many_labels(labels: int, cells: int) -> None:
    figure = confusion(report(tuple(f"topic {i}" for i in range(labels))))
    texts = figure.axes[0].texts
    assert len(texts) == cells
    assert all(("%" in text.get_text()) == (labels <= 6) for text in texts)
    assert max(figure.get_size_inches()) <= 12


def test_the_reliability_picture_says_what_the_report_says() -> None:
    upper, lower = reliability(report(("bad", "good"))).axes
    assert [bar.get_height() for bar in upper.patches] == [0.0, 1.0]
    assert [bar.get_height() for bar in lower.patches] == pytest.approx([0.2, 0.8])
    middles = [bar.get_x() + bar.get_width() / 2 for bar in lower.patches]
    assert middles == pytest.approx([11.5 / 15, 14.5 / 15])
    assert upper.get_title(loc="left") == "calibration error 0.190"


def test_odd_labels_are_drawn(tmp_path: Path) -> None:
    """No mathematics from dollars, and no warning of characters that the fonts lack."""
    write_report(report(("$5-$10", "x_$^{", "正面", "\U00013000")), tmp_path, title="odd")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["labels"][2] == "正面"
    axes = confusion(report(("$5-$10", "\U000e0001"))).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["$5-$10", "2"]


def test_markup_in_texts_is_shown_and_not_obeyed() -> None:
    mistakes = (Mistake("*Good*<br />| #1\n\n[x](y) `z`", "a|b", "c_d", 0.987),)
    words = report(("a|b", "c_d"), mistakes).markdown(title="A_B")
    assert words.startswith("# A\\_B\n")
    assert "| a\\|b | 1.0000 | 0.6667 | 0.8000 | 3 |" in words
    assert words.endswith(
        "- **c\\_d** (0.987), should be **a\\|b**: "
        "\\*Good\\*\\<br /\\>\\| \\#1 \\[x\\](y) \\`z\\`\n"
    )


def test_without_mistakes_there_is_no_heading_for_them() -> None:
    assert "mistakes" not in report(("a", "b")).markdown(title="t")


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    mistakes = (Mistake("bad \ud83d end", "a", "b", 0.9),)
    write_report(report(("a", "b"), mistakes), tmp_path, title="t")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["mistakes"][0]["text"] == (
        "bad ? end"
    )


def test_a_picture_of_the_users_own_is_not_replaced(tmp_path: Path) -> None:
    write_report(report(("a", "b")), tmp_path, title="t")
    write_report(report(("a", "b")), tmp_path, title="another")  # the report's own are
    numbers = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert numbers["pictures"] == ["confusion.png", "reliability.png"]
    numbers["pictures"].remove("confusion.png")  # as if a report without it stood there
    (tmp_path / "report.json").write_text(json.dumps(numbers), "utf-8")
    (tmp_path / "confusion.png").write_bytes(b"my own")
    with pytest.raises(ConfigurationError, match=r"its confusion\.png is of no report"):
        write_report(report(("a", "b")), tmp_path, title="t")
    assert (tmp_path / "confusion.png").read_bytes() == b"my own"


def test_pictures_leave_the_settings_of_matplotlib_alone() -> None:
    before = dict(matplotlib.rcParams)
    confusion(report(("a", "b")))
    reliability(report(("a", "b")))
    assert dict(matplotlib.rcParams) == before


def test_without_matplotlib_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"\[train\]"):
        write_report(report(("a", "b")), tmp_path / "new", title="t")
    assert not (tmp_path / "new").exists()
