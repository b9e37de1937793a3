"""What a search for settings found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.counted import counted
from textrnn.experiments.pictures import history_figure, importance_figure
from textrnn.experiments.trial import deviation, shown_score
from textrnn.reports.folder import report_markdown
from textrnn.reports.report import Column, Section, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class TunedTrial:
    """A trial of a search.

    Attributes:
        number: its number, from 0.
        values: of the settings that were searched.
        state: ``complete``, ``pruned``, where it promised too little, ``fail`` or ``running``.
        score: None where it is not complete.
        again: the scores with new random states.
        why: what made it fail.
    """

    number: int
    values: Mapping[str, Any]
    state: str
    score: float | None
    again: tuple[float, ...] = ()
    why: str = ""

    @property
    def mean(self) -> float:
        """Of the score and those with new random states."""
        scores = [*([] if self.score is None else [self.score]), *self.again]
        return sum(scores) / len(scores)


@dataclass(frozen=True)
class Tuning:
    """What a search found: a :class:`textrnn.reports.report.Report`.

    Attributes:
        task: what was trained.
        measure: the name of the score.
        minimize: whether it is the better the lower.
        trials: all of them.
        importance: the share of the scores' variance that each setting explains.
        model: the folder of the best trial's model.
    """

    task: str
    measure: str
    minimize: bool
    trials: tuple[TunedTrial, ...]
    importance: Mapping[str, float]
    model: Path

    @property
    def ranked(self) -> list[TunedTrial]:
        """The complete trials, the best first; before the others those that were tried again."""
        done = [trial for trial in self.trials if trial.score is not None]
        sign = 1 if self.minimize else -1
        return sorted(done, key=lambda trial: (not trial.again, sign * trial.mean, trial.number))

    @property
    def best(self) -> TunedTrial:
        """The best by the mean of its random states."""
        return self.ranked[0]

    @property
    def interval(self) -> None:
        """Not known: the best of many is better by luck, too."""
        return None

    def scores(self) -> dict[str, float]:
        """The mean score of the best trial."""
        return {self.measure: self.best.mean}

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "task": self.task,
            "measure": self.measure,
            "best": {"number": self.best.number, "values": dict(self.best.values)},
            "importance": dict(self.importance),
            "trials": [
                {"number": trial.number, "values": dict(trial.values), "state": trial.state,
                 "score": trial.score, "again": list(trial.again), "why": trial.why}
                for trial in self.trials
            ],
        }  # fmt: skip

    def figures(self) -> dict[str, Figure]:
        """``history.png``, and ``importance.png`` where it is known."""
        scores = [(trial.number, trial.score) for trial in self.trials if trial.score is not None]
        found = {"history.png": history_figure(scores, self.measure, minimize=self.minimize)}
        if self.importance:
            found["importance.png"] = importance_figure(self.importance)
        return found

    def sections(self) -> list[Section]:
        """The best settings, how sure the choice is, and all trials."""
        best, runs = self.best, 1 + len(self.best.again)
        settings = ", ".join(f"{name} {shown_value(value)}" for name, value in best.values.items())
        spread = f" ± {shown_score(deviation([best.score or 0.0, *best.again]))}" * (runs > 1)
        about = f"{spread} over {counted(runs, 'random state')}: {settings};\n{self._sureness()}\n"
        found = [Section(f"{self.measure} {shown_score(best.mean)}", about, self._table())]
        if self.importance:
            rows = [(name, f"{share:.2f}") for name, share in self.importance.items()]
            columns = [Column("setting"), Column("importance", is_number=True)]
            found.append(Section("importance", ", of the scores' variance\n", Table(columns, rows)))
        return found

    def _sureness(self) -> str:
        """What the trainings with new random states say of the choice."""
        tried = [trial for trial in self.ranked if trial.again]
        if len(tried) < 2:
            return "the best was not compared with another by new random states"
        first, second = tried[:2]
        gap = abs(first.mean - second.mean)
        noise = max(deviation([trial.score or 0.0, *trial.again]) for trial in (first, second))
        if not gap:
            return f"trials {first.number} and {second.number} are equally good"
        verdict = "more than" if gap > noise else "no more than"
        return (
            f"trial {first.number} is better than trial {second.number} by {shown_score(gap)}, "
            f"{verdict} random states make ({shown_score(noise)})"
        )

    def _table(self) -> Table:
        names = list(self.best.values)
        numbers = [Column(name, is_number=True) for name in (*names, self.measure, "again")]
        ranked = self.ranked
        others = [trial for trial in self.trials if trial.score is None]
        rows = [
            [
                str(trial.number),
                *(shown_value(trial.values[name]) for name in names),
                trial.state if trial.score is None else shown_score(trial.score),
                " ".join(map(shown_score, trial.again)),
            ]
            for trial in (*ranked, *others)
        ]
        return Table([Column("trial", is_number=True), *numbers], rows).filled()

    def markdown(self, *, title: str) -> str:
        """The same as text, and the pictures."""
        pictures = ["history.png", *(["importance.png"] if self.importance else [])]
        return report_markdown(self.sections(), pictures, title=title)


def shown_value(value: Any) -> str:
    """A value of a setting; a number with four digits that count."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
