"""Several networks on the same examples, with the same random states: which one is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.catalog import head_class
from textrnn.configuration import require_whole, to_dict
from textrnn.counted import counted
from textrnn.experiments.folder import ExperimentFolder
from textrnn.experiments.material import Material
from textrnn.experiments.paired import paired_p_value
from textrnn.experiments.pictures import curves_figure, scores_figure
from textrnn.experiments.splits import held_out
from textrnn.experiments.trial import (
    Training,
    Trial,
    deviation,
    means,
    measured,
    run_trial,
    shared_measures,
    shown_score,
)
from textrnn.experiments.variants import Variant, read_variants
from textrnn.reports.folder import escape_markdown, markdown_table, write_report
from textrnn.reports.harmless import one_line
from textrnn.reports.measured import CHANCE
from textrnn.reports.report import Column, Section, Table
from textrnn.training.loop.clock import duration
from textrnn.training.model_info import ModelInfo
from textrnn.training.recipes.recipe import data_folder
from textrnn.training.tasks import files_class, reader_class, reads_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from textrnn.training.loop.events import OnEvent


@dataclass(frozen=True)
class NetworkComparison:
    """What was found of each network: a :class:`textrnn.reports.report.Report`.

    Attributes:
        task: what was trained.
        trials: of each network, by name, one for each random state.
        validates: whether the examples that measured chose the epochs, too.
    """

    task: str
    trials: dict[str, tuple[Trial, ...]]
    validates: bool

    @property
    def measure(self) -> str:
        """The name of the main score."""
        return next(iter(self.trials.values()))[0].measure

    @property
    def interval(self) -> None:
        """There are several scores; :meth:`as_dict` has the interval of each."""
        return None

    def scores(self) -> dict[str, float]:
        """The main score of each network: the mean of its random states."""
        return {name: found[self.measure] for name, found in self.means.items()}

    @cached_property
    def means(self) -> dict[str, dict[str, float]]:
        """The measures of each network that all have: the mean of its random states."""
        measures = shared_measures(chain.from_iterable(self.trials.values()))
        return {name: means(runs, measures) for name, runs in self.trials.items()}

    @property
    def best(self) -> str:
        """The network with the best main score."""
        lower = self.measure in head_class(self.task).lower_is_better
        choose = min if lower else max
        scores = self.scores()
        return choose(scores, key=lambda name: scores[name])

    @cached_property
    def p_values(self) -> dict[str, float | None]:
        """Of each network how probable its difference from the first would be by chance: see
        :func:`textrnn.experiments.paired.paired_p_value`. None for the first, and where examples
        are not answered one by one.
        """
        first, *others = self.trials
        found: dict[str, float | None] = {first: None}
        for name in others:
            sides = [_right(self.trials[each]) for each in (first, name)]
            is_told = all(len(side) for side in sides)
            found[name] = paired_p_value(*sides) if is_told else None
        return found

    def _interval(self, name: str) -> tuple[float, float] | None:
        """Of a network's main score, by the number of examples; the mean of its random states."""
        bounds = [run.interval for run in self.trials[name]]
        if None in bounds:
            return None
        low, high = np.mean(np.array(bounds), axis=0).tolist()
        return low, high

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "task": self.task,
            "measure": self.measure,
            "networks": [
                {
                    "name": name,
                    "parameters": runs[0].parameters,
                    "scores": self.means[name],
                    "deviation": deviation([run.score for run in runs]),
                    "interval": self._interval(name),
                    "p_value": self.p_values[name],
                    "runs": [
                        {"scores": dict(run.scores), "elapsed_s": run.elapsed_s,
                         "tokens_per_s": run.tokens_per_s}
                        for run in runs
                    ],
                }
                for name, runs in self.trials.items()
            ],
        }  # fmt: skip

    def figures(self) -> dict[str, Figure]:
        """``curves.png`` and ``scores.png``."""
        return {
            "curves.png": curves_figure(self.trials),
            "scores.png": scores_figure(self.trials),
        }

    def sections(self) -> list[Section]:
        """The networks beside each other, and all their measures."""
        runs = next(iter(self.trials.values()))
        about = (
            f": {self.measure} {shown_score(self.scores()[self.best])}, the best of "
            f"{counted(len(self.trials), 'network')} with {counted(len(runs), 'random state')} "
            f"each, by {counted(runs[0].examples, 'example')}"
            + " that chose the epochs, too" * self.validates
            + "\n"
        )
        found = [Section(one_line(self.best), about, self._table())]
        if len(self.means[self.best]) > 1:
            found.append(Section("all measures", ", means\n", self._measures()))
        return found

    def _table(self) -> Table:
        names = ("parameters", "training", "tokens/s", self.measure, "deviation", "95%", "p")
        return Table(
            [Column("network"), *(Column(name, is_number=True) for name in names)],
            [[one_line(name), *self._cells(name)] for name in self.trials],
        )

    def _cells(self, name: str) -> list[str]:
        runs, interval, p_value = self.trials[name], self._interval(name), self.p_values[name]
        seconds = sum(run.elapsed_s for run in runs) / len(runs)
        speed = sum(run.tokens_per_s for run in runs) / len(runs)
        return [
            f"{runs[0].parameters:,}",
            duration(seconds),
            f"{speed:,.0f}",
            shown_score(self.scores()[name]),
            shown_score(deviation([run.score for run in runs])) if len(runs) > 1 else "",
            "" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}",
            "" if p_value is None else f"{p_value:.4f}" + " *" * (p_value < CHANCE),
        ]

    def _measures(self) -> Table:
        measures = list(self.means[self.best])
        return Table(
            [Column("network"), *(Column(name, is_number=True) for name in measures)],
            [
                [one_line(name), *(shown_score(self.means[name][each]) for each in measures)]
                for name in self.trials
            ],
        )

    def markdown(self, *, title: str) -> str:
        """The same as text, and the pictures."""
        parts = [f"# {escape_markdown(title)}"]
        for section in self.sections():
            parts.append(f"**{escape_markdown(section.headline)}**{section.about.rstrip()}.")
            parts += [markdown_table(section.table)] if section.table else []
        parts.append("p: how probable so large a difference from the first would be by chance.")
        parts.append("![Curves](curves.png)\n\n![Scores](scores.png)")
        return "\n\n".join(parts) + "\n"


def compare(
    recipes: str | Path | Sequence[str | Path],
    *,
    out: str | Path,
    data: str | Path | None = None,
    seeds: int = 3,
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
) -> NetworkComparison:
    """Train several networks on the same examples with the same random states, and compare them.

    What measures is the recipes' validation files, which choose the epochs, too; without any a
    fifth of the training examples, of series the end, which no network learns. Test files are left
    alone: choose first.

    Args:
        recipes: their files; or one with ``[[compare]]`` tables: each has a ``name``, and the
            tables of the recipe that are other in it. ``[answer]`` has options of the measuring,
            as ``temperature``: networks that are other in nothing else are trained once.
        out: a folder for the models, what was found, and ``report.html`` with its pictures.
        data: the folder of the recipes' files; by default ``TEXTRNN_DATA``.
        seeds: how many random states, from the recipe's own on.
        resume: go on with a comparison that was stopped: what is done of it is kept.
        force: whether what an earlier experiment found at ``out`` may be replaced.
        on_event: called after each step and epoch of each training.
        on_message: called with a line on what happens.

    Raises:
        ConfigurationError: a recipe is wrong, or something is at ``out`` already.
        InputError: a file is missing or malformed.
        TrainingError: one of the trainings failed.

    Example:
        >>> found = textrnn.compare("recipes/compare-imdb.toml", data="data", out="imdb")
        ... # doctest: +SKIP
        >>> found.best, found.p_values  # doctest: +SKIP
    """
    say = on_message or (lambda line: None)
    require_whole("seeds", seeds, least=1)
    paths = [recipes] if isinstance(recipes, str | Path) else list(recipes)
    variants, place = read_variants(paths), data_folder(data)
    first = variants[0].recipe
    reader, files = reader_class(first.task)(), files_class(first.task)()
    given = reader.arguments(first, place, say)
    for variant in variants:
        files.require_fitting(variant.recipe.plan, given)
    material = Material.of(first.task, given)
    networks = [
        {"name": one.name, "plan": to_dict(one.recipe.plan), "answer": dict(one.answer)}
        for one in variants
    ]
    about = {"experiment": "comparison", "task": first.task, "data": material.digest(),
             "networks": networks, "seeds": seeds}  # fmt: skip
    folder = ExperimentFolder(Path(out))
    folder.begin(about, inputs=[place, *map(Path, paths)], resume=resume, force=force)
    runs = _Runs(material, place, folder, resume, on_event, say)
    trials = {variant.name: runs.of(variant, seeds) for variant in variants}
    found = NetworkComparison(first.task, trials, runs.validates)
    write_report(found, folder.path, title=f"{counted(len(variants), 'network')}: {first.task}")
    return found


class _Runs:
    """The trainings of a comparison, each on the same examples."""

    def __init__(
        self,
        material: Material,
        place: Path,
        folder: ExperimentFolder,
        resume: bool,
        on_event: OnEvent | None,
        say: Callable[[str], None],
    ) -> None:
        self.material, self.place, self.folder = material, place, folder
        self.resume, self.on_event, self.say = resume, on_event, say
        self.validates = material.validation is not None
        self.fold = held_out(material, random_state=0)
        self.trained: dict[str, str] = {}  # by what tells a training from others its model's folder

    def of(self, variant: Variant, seeds: int) -> tuple[Trial, ...]:
        """What is found of a network with each random state."""
        first: int = variant.recipe.plan.training.random_state
        return tuple(self._trial(variant, state) for state in range(first, first + seeds))

    def _trial(self, variant: Variant, state: int) -> Trial:
        name, shown = f"{variant.folder}-{state}", f"{variant.name}, random state {state}"
        model = self.trained.setdefault(f"{variant.training_key()} {state}", name)
        trial = self.folder.trial(name)
        if trial is not None:
            self.say(f"{shown} is done: {trial}")
            return trial
        self.say(shown)
        if model == name:
            trial = self._train(variant, state, name)
        else:  # it is trained already, and was measured otherwise
            trial = self._measure(variant, model)
        self.folder.keep(name, trial)
        self.say(f"{shown}: {trial}")
        return trial

    def _train(self, variant: Variant, state: int, name: str) -> Trial:
        recipe = variant.recipe
        more: dict[str, Any] = {"info": ModelInfo(name=name, description=variant.name)}
        if reads_words(recipe.task):
            vectors = [source.vectors_below(self.place) for source in recipe.data.embeddings]
            more["info"] = ModelInfo(name, recipe.language, variant.name)
            more |= {"precision": recipe.precision, "embeddings": vectors, "init_from": ()}
        trial, _ = run_trial(
            Training(recipe.plan, {}, more).with_state(state), self.material, self.fold,
            out=self.folder.model(name), validate_by_test=self.validates, answer=variant.answer,
            resume=self.resume, on_event=self.on_event, say=self.say,
        )  # fmt: skip
        return trial

    def _measure(self, variant: Variant, model: str) -> Trial:
        earlier = self.folder.trial(model)
        assert earlier is not None
        head = head_class(self.material.task).load(self.folder.model(model))
        return measured(head, self.fold, earlier.elapsed_s, earlier.tokens_per_s, variant.answer)


def _right(runs: Sequence[Trial]) -> NDArray[np.float64]:
    """With how many of its random states a network answered each example rightly, (N,)."""
    found: NDArray[np.float64] = np.array([run.right for run in runs], np.float64).mean(axis=0)
    return found
