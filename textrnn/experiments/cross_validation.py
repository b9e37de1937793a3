"""Cross-validation: every example is answered by a network that has not learned it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.configuration import path_of, require
from textrnn.corpora.files.outputs import check_output
from textrnn.corpora.files.writing import write_file
from textrnn.counted import counted
from textrnn.errors import ConfigurationError
from textrnn.experiments.beginning import Beginning, begin, record_column
from textrnn.experiments.folder import ExperimentFolder
from textrnn.experiments.splits import Fold, split
from textrnn.experiments.trial import (
    Trial,
    deviation,
    means,
    run_trial,
    shared_measures,
    shown_score,
)
from textrnn.heads.head import Head
from textrnn.reports.folder import report_markdown, write_report
from textrnn.reports.report import Column, Section, Table
from textrnn.training.files import Data, Files
from textrnn.training.tasks import files_class, trained_tasks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from textrnn.training.loop.events import OnEvent
    from textrnn.training.settings import Plan

_OUTPUTS = (".jsonl", ".csv")


@dataclass(frozen=True)
class CrossValidation:
    """What was found of each fold: a :class:`textrnn.reports.report.Report`.

    Attributes:
        task: what was trained.
        folds: the trials, in order.
        predictions: what was answered of each example by the network that had not learned it, in
            the order of the examples: ``row``, from 0, where it was read, ``fold``, from 1, whether
            it was ``right``, and the answer; empty where examples ask nothing.
    """

    task: str
    folds: tuple[Trial, ...]
    predictions: tuple[Mapping[str, Any], ...] = ()

    @property
    def interval(self) -> None:
        """Not known: folds share most of what they learn from."""
        return None

    @property
    def measures(self) -> list[str]:
        """The names of what was measured of every fold, the main one first."""
        return shared_measures(self.folds)

    def scores(self) -> dict[str, float]:
        """The mean of each measure over the folds."""
        return means(self.folds, self.measures)

    def deviations(self) -> dict[str, float]:
        """The standard deviation of each measure over the folds."""
        return {
            name: deviation([fold.scores[name] for fold in self.folds]) for name in self.measures
        }

    def as_dict(self) -> dict[str, Any]:
        """Mean, deviation and the folds, as JSON values."""
        return {
            "task": self.task,
            "mean": self.scores(),
            "deviation": self.deviations(),
            "folds": [
                {
                    "examples": fold.examples,
                    "scores": dict(fold.scores),
                    "elapsed_s": fold.elapsed_s,
                }
                for fold in self.folds
            ],
        }

    def figures(self) -> dict[str, Figure]:
        """None."""
        return {}

    def sections(self) -> list[Section]:
        """The mean of the main score, and a table of all folds."""
        name, mean = next(iter(self.scores().items()))
        spread = self.deviations()[name]
        about = (
            f" ± {shown_score(spread)} over {counted(len(self.folds), 'fold')} "
            f"({counted(sum(fold.examples for fold in self.folds), 'example')})\n"
        )
        return [Section(f"{name} {shown_score(mean)}", about, self._table())]

    def _table(self) -> Table:
        names = self.measures
        numbers = [Column(name, is_number=True) for name in ("examples", *names)]
        rows = [
            [str(number), f"{fold.examples:,}", *(shown_score(fold.scores[name]) for name in names)]
            for number, fold in enumerate(self.folds, 1)
        ]
        for what, found in (("mean", self.scores()), ("deviation", self.deviations())):
            rows.append([what, "", *(shown_score(found[name]) for name in names)])
        return Table([Column("fold"), *numbers], rows)

    def markdown(self, *, title: str) -> str:
        """The same as text."""
        return report_markdown(self.sections(), (), title=title)


def cross_validate(
    task: str,
    train: Data | str | Files,
    *,
    out: str | Path,
    folds: int = 5,
    group: str | Sequence[Any] | None = None,
    output: str | Path | None = None,
    plan: Plan | None = None,
    embeddings: str | Path | Sequence[str | Path] | None = None,
    init_from: str | Path | Sequence[str | Path] = "auto",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    **settings: Any,
) -> CrossValidation:
    """Train once for each fold of the examples, without it, and measure by it.

    All that follows from what is learned from is found without the fold: the vocabulary, the
    settings that fit, the initial model, the temperature. Labels are spread over the folds; copies
    of a text, and the sentences of a document, stay together; series are cut by time, and no fold
    comes before what is learned (rolling origin).

    Args:
        task: ``classifier``, ``tagger``, ``generator``, ``forecaster`` or ``translator``.
        train: the examples, as ``textrnn.train_classifier`` and its like take them.
        out: a folder for the models, what was found of each fold, and ``report.html``.
        folds: how many.
        group: a column of the file: rows that have the same there stay in one fold, as those of an
            author; or the group of each example. Of series the column that tells several apart.
        output: a file for the predictions: .jsonl or .csv.
        plan: all settings; by default those that fit the examples.
        embeddings: as the function that trains takes it, like ``init_from``, ``language``,
            ``precision``, ``on_event`` and ``on_message``.
        resume: go on with an experiment that was stopped: what is done of it is kept.
        force: whether what an earlier experiment found at ``out`` may be replaced.
        settings: other settings, and how files are read, by the names that the function that trains
            has for them: ``epochs=5``, ``text="body"`` …

    Raises:
        ConfigurationError: a setting is wrong, or something is at ``out`` already.
        InputError: the examples cannot be read, or are too few for so many folds.
        TrainingError: one of the trainings failed.

    Example:
        >>> found = textrnn.cross_validate(
        ...     "classifier", "reviews.csv", out="cv", folds=5
        ... )  # doctest: +SKIP
        >>> found.scores()["accuracy"], found.deviations()["accuracy"]  # doctest: +SKIP
        (0.8833, 0.0204)
    """
    say = on_message or (lambda line: None)
    path = None if output is None else Path(output)
    if task in trained_tasks() and files_class(task).over_time and group is not None:
        settings, group = {**settings, "group": group}, None
    begun = begin(
        task, train, settings, plan=plan, embeddings=embeddings, init_from=init_from,
        language=language, precision=precision, say=say,
    )  # fmt: skip
    _check_predictions(path, begun)
    groups = record_column(begun, group) if isinstance(group, str) else group
    state = begun.random_state
    parts = split(task, begun.material.train, folds, groups=groups, random_state=state)
    folder = ExperimentFolder(path_of("out", out))
    about = {"experiment": "cross-validation", **begun.about, "folds": folds}
    about["groups"] = None if groups is None else [str(each) for each in groups]
    folder.begin(about, inputs=begun.inputs, resume=resume, force=force)
    trials, predictions = [], list[dict[str, Any]]()
    for number, fold in enumerate(parts, 1):
        trial, answers = _run_fold(
            begun, fold, number, folds, folder, resume=resume, on_event=on_event, say=say
        )
        trials.append(trial)
        predictions += answers
    predictions.sort(key=lambda answer: answer["row"])
    found = CrossValidation(task, tuple(trials), tuple(predictions))
    if path is not None:
        write_file(path, _shown(predictions, path), errors="replace")
    write_report(found, folder.path, title=f"{task}, {counted(folds, 'fold')}")
    return found


def _run_fold(
    begun: Beginning,
    fold: Fold,
    number: int,
    folds: int,
    folder: ExperimentFolder,
    *,
    resume: bool,
    on_event: OnEvent | None,
    say: Callable[[str], None],
) -> tuple[Trial, list[dict[str, Any]]]:
    """What was found of a fold, or is now, and the answers to its examples."""
    name = f"fold-{number}"
    trial, answers = folder.trial(name), folder.path / f"{name}.answers.json"
    if trial is not None:
        say(f"fold {number} of {folds} is done: {trial}")
        return trial, json.loads(answers.read_bytes())
    say(f"fold {number} of {folds}: held out {counted(len(fold.test), 'example')}")
    trial, head = run_trial(
        begun.training, begun.material, fold, out=folder.model(name), resume=resume,
        on_event=on_event, say=say,
    )  # fmt: skip
    found = list(_answers(head, fold, number, trial)) if begun.asks else []
    write_file(answers, json.dumps(found))
    folder.keep(name, trial)  # last: who finds it finds the answers, too
    say(f"fold {number} of {folds}: {trial}")
    return trial, found


def _answers(head: Head, fold: Fold, number: int, trial: Trial) -> Iterator[dict[str, Any]]:
    """What a model answers to the examples of a fold, each with its row."""
    asked = [
        (at, question)
        for at, example in enumerate(fold.measuring(head))
        for question in head.questions(example)
    ]
    results = head.answer(question for _, question in asked)
    for (at, _), result in zip(asked, results, strict=True):
        place = getattr(fold.test[at], "place", "")
        yield {
            "row": fold.rows[at],
            **({"place": place} if place else {}),
            "fold": number,
            **({"right": trial.right[at]} if trial.right else {}),
            **result.as_dict(),
        }


def _check_predictions(path: Path | None, begun: Beginning) -> None:
    """See that predictions can be had, and written, before the first training."""
    if path is None:
        return
    require(
        path.suffix in _OUTPUTS,
        f"{path}: predictions are written as {' or '.join(_OUTPUTS)}; name such a file",
    )
    if not begun.asks:
        raise ConfigurationError(f"{path}: the examples of a {begun.material.task} ask nothing")
    check_output(path, begun.inputs)


def _shown(predictions: Sequence[Mapping[str, Any]], path: Path) -> str:
    """Predictions as JSON lines, or as CSV in which lists and tables are JSON."""
    if path.suffix == ".jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in predictions)
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in predictions for name in row))
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in predictions:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return text.getvalue()


def _cell(value: Any) -> Any:
    is_nested = isinstance(value, list | dict)
    return json.dumps(value, ensure_ascii=False) if is_nested else value
