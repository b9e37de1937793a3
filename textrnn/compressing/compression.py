"""What compressing a model came to: a :class:`textrnn.reports.report.Report`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.catalog import load
from textrnn.reports.folder import report_markdown
from textrnn.reports.harmless import one_line
from textrnn.reports.report import Column, Section, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Side:
    """A model before or after.

    Attributes:
        parameters: numbers of its network.
        size_bytes: of the files that serve or that training begins with.
        scores: by measure, the one that counts most first; empty where nothing was measured.
    """

    parameters: int
    size_bytes: int
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Compression:
    """A smaller model beside the whole one.

    Attributes:
        name: of the whole one.
        out: the folder of the smaller one.
        before: the whole one.
        after: the smaller one.
        time_share: what the smaller one takes of the whole one's time for the same examples, read
            by each in turn; None where there were none, or too few to tell.
        steps: what was done, in lines.
    """

    name: str
    out: Path
    before: Side
    after: Side
    time_share: float | None
    steps: tuple[str, ...]

    @cached_property
    def model(self) -> Any:
        """The smaller model, loaded."""
        return load(self.out)

    @property
    def interval(self) -> None:
        """There are two models; none is given."""
        return None

    def scores(self) -> dict[str, float]:
        """Those of the smaller model."""
        return dict(self.after.scores)

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "model": self.name,
            "out": str(self.out),
            "steps": list(self.steps),
            "before": asdict(self.before),
            "after": asdict(self.after),
            "time_share": self.time_share,
        }

    def table(self) -> Table:
        """Size, speed and scores before and after."""
        one, other = self.before, self.after
        rows = [
            ("parameters", f"{one.parameters:,}", f"{other.parameters:,}",
             _share(other.parameters / one.parameters)),
            ("size (MB)", f"{one.size_bytes / 1e6:.2f}", f"{other.size_bytes / 1e6:.2f}",
             _share(other.size_bytes / one.size_bytes)),
        ]  # fmt: skip
        if self.time_share is not None:
            rows.append(("time", "", "", _share(self.time_share)))
        rows += [
            (name, f"{was:.4f}", f"{other.scores[name]:.4f}", f"{other.scores[name] - was:+.4f}")
            for name, was in one.scores.items()
            if name in other.scores
        ]
        names = ("before", "after", "change")
        return Table([Column(), *(Column(name, is_number=True) for name in names)], rows)

    def sections(self) -> list[Section]:
        """The table, and what was done."""
        about = "".join(f"\n{line}" for line in self.steps) + "\n"
        return [Section(one_line(self.name), about, self.table())]

    def figures(self) -> dict[str, Figure]:
        """None."""
        return {}

    def markdown(self, *, title: str) -> str:
        """The same as text."""
        return report_markdown(self.sections(), (), title=title)


def _share(value: float) -> str:
    return f"x {value:.2f}"
