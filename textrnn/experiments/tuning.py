"""Tuning: settings are searched, and the best of them are tried again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import head_class
from textrnn.configuration import require, require_whole
from textrnn.corpora.files.writing import write_file
from textrnn.counted import counted
from textrnn.errors import TrainingError
from textrnn.experiments.beginning import Beginning, begin
from textrnn.experiments.folder import ExperimentFolder
from textrnn.experiments.recipe_text import recipe_text
from textrnn.experiments.space import default_space, read_space, space_of
from textrnn.experiments.splits import held_out
from textrnn.experiments.study import Search, importances, load_optuna, told_trials
from textrnn.experiments.trial import Trial
from textrnn.experiments.trial_process import Pruned, TrialProcesses
from textrnn.experiments.tuned import TunedTrial, Tuning, shown_value
from textrnn.reports.folder import write_report
from textrnn.training.files import Data, Files
from textrnn.training.loop.history import validation_score
from textrnn.training.named import named_values
from textrnn.training.tasks import plan_class

if TYPE_CHECKING:
    import optuna

    from textrnn.training.loop.events import OnEvent, TrainingEvent
    from textrnn.training.settings import Plan

_AGAIN = 3  # the best trials that are trained again
_WHY = "why"  # where the journal keeps what made a trial fail
RECIPE = "best.toml"


def tune(
    task: str,
    train: Data | str | Files,
    *,
    out: str | Path,
    space: Mapping[str, Any] | str | Path | None = None,
    trials: int = 20,
    minutes: float | None = None,
    sampler: str = "tpe",
    again: int = 2,
    plan: Plan | None = None,
    embeddings: str | Path | Sequence[str | Path] | None = None,
    init_from: str | Path | Sequence[str | Path] = "none",
    language: str = "",
    precision: str = "int8",
    resume: bool = False,
    force: bool = False,
    on_event: OnEvent | None = None,
    on_message: Callable[[str], None] | None = None,
    **settings: Any,
) -> Tuning:
    """Search the settings of a task with which it learns best, then train the best three again with
    new random states.

    Each trial is a process of its own: one that crashes is told, and the others go on. Trials that
    promise less than the median of the others are ended early. The examples that measure are the
    validation examples, or else a fifth of the examples, and choose the epoch, too; of series the
    end, which is not learned. So the best score is a little too good: measure on others.

    Args:
        task: ``classifier``, ``tagger``, ``generator``, ``forecaster`` or ``translator``.
        train: the examples, as ``textrnn.train_classifier`` and its like take them.
        out: a folder for the models, ``report.html`` with its pictures and, where the examples are
            in a file, ``best.toml``, a recipe of the best settings.
        space: the settings that are searched, by the names that the function that trains has for
            them: a list of values, or ``{"low": …, "high": …, "log": True}``; or a file with such a
            table ``[tune]``; by default cells, units, layers, dropout and learning rate.
        trials: how many.
        minutes: no trial begins later than that.
        sampler: ``tpe`` learns from earlier trials (Bergstra et al. 2011), ``random`` does not,
            ``grid`` tries all combinations.
        again: with how many new random states the best three are trained again.
        plan: all other settings; by default those that fit the examples.
        embeddings: as the function that trains takes it, like ``language``, ``precision``,
            ``on_event`` and ``on_message``.
        init_from: the same; by default networks begin with no model.
        resume: go on with a search that was stopped, or help one that is at work: several processes
            may share one folder.
        force: whether what an earlier experiment found at ``out`` may be replaced.
        settings: other settings, and how files are read.

    Raises:
        ConfigurationError: a setting is wrong, or something is at ``out`` already.
        InputError: the examples cannot be read, or are too few.
        TrainingError: no trial was finished.
        MissingExtraError: Optuna is not installed.

    Example:
        >>> found = textrnn.tune(
        ...     "classifier", "reviews.csv", out="tuned", space={"units": [32, 64]}
        ... )  # doctest: +SKIP
        >>> found.best.values  # doctest: +SKIP
        {'units': 64}
    """
    say = on_message or (lambda line: None)
    load_optuna()
    require_whole("trials", trials, least=1)
    require_whole("again", again, least=0)
    require(minutes is None or minutes > 0, f"minutes must be above 0: {minutes}")
    begun = begin(
        task, train, settings, plan=plan, embeddings=embeddings, init_from=init_from,
        language=language, precision=precision, say=say,
    )  # fmt: skip
    if space is None:
        searched = default_space(task, without=settings)
    elif isinstance(space, str | Path):
        searched = read_space(task, Path(space))
    else:
        searched = space_of(task, space)
    for name in searched:
        require(name not in settings, f"{name} is searched: give no value of it")
    fold = held_out(begun.material, random_state=begun.random_state)
    folder = ExperimentFolder(Path(out))
    about = {"experiment": "tuning", **begun.about, "sampler": sampler,
             "space": {name: repr(values) for name, values in searched.items()}}  # fmt: skip
    head = head_class(task)
    minimize = head.main_score in head.lower_is_better
    search = Search(folder.path, searched, sampler, trials, minimize, begun.random_state)
    folder.begin(about, inputs=begun.inputs, resume=resume, force=force)
    with TemporaryDirectory() as place:
        validates = not begun.files.over_time or begun.material.validation is not None
        processes = TrialProcesses(Path(place), begun.material, fold, validate_by_test=validates)
        runs = _Runs(begun, search, folder, processes, on_event, say)
        runs.run_all(None if minutes is None else time.monotonic() + 60 * minutes)
        found = runs.found(again)
    title = f"{task}, tuned by {counted(len(found.trials), 'trial')}"
    write_report(found, folder.path, title=title)
    if isinstance(begun.files.train, Path):
        manifest = Bundle.open(found.model).manifest
        write_file(folder.path / RECIPE, recipe_text(begun.files, manifest, name=folder.path.name))
    return found


class _Runs:
    """The trainings of a search, as far as this process makes them."""

    def __init__(
        self,
        begun: Beginning,
        search: Search,
        folder: ExperimentFolder,
        processes: TrialProcesses,
        on_event: OnEvent | None,
        say: Callable[[str], None],
    ) -> None:
        self.begun, self.search, self.folder = begun, search, folder
        self.processes, self.on_event, self.say = processes, on_event, say
        self.study = search.study()

    def run_all(self, until_s: float | None) -> None:
        """Run trials until there are enough, or the time is over."""
        while until_s is None or time.monotonic() < until_s:
            with self.search.next_trial(self.study) as trial:
                if trial is None:
                    return
                self._run(trial)

    def _run(self, trial: optuna.Trial) -> None:
        """Run a trial, and tell the journal what became of it."""
        state = load_optuna().trial.TrialState
        name, values = f"trial-{trial.number}", trial.params
        shown = ", ".join(f"{setting} {shown_value(value)}" for setting, value in values.items())
        self.say(f"trial {trial.number}: {shown}")
        try:
            done = self._train(name, values, self.begun.random_state, self._reporter(trial))
        except Pruned:
            self.study.tell(trial, state=state.PRUNED)
            self.say(f"trial {trial.number}: ended early, it is below the median")
        except TrainingError as error:
            trial.set_user_attr(_WHY, str(error))
            self.study.tell(trial, state=state.FAIL)
            self.say(f"note: trial {trial.number} failed: {error}")
        else:
            self.study.tell(trial, done.score)
            self.say(f"trial {trial.number}: {done}")

    def _train(
        self,
        name: str,
        values: Mapping[str, Any],
        random_state: int,
        on_event: Callable[[TrainingEvent], bool],
    ) -> Trial:
        """Train with some values, unless that is done."""
        kept = self.folder.trial(name)
        if kept is not None:
            return kept
        plan = self.begun.training.plan or plan_class(self.begun.material.task)()
        training = self.begun.training.with_state(random_state)
        training = training.with_changes(named_values(plan, values))
        done = self.processes.run(training, self.folder.model(name), on_event=on_event)
        self.folder.keep(name, done)
        return done

    def _reporter(self, trial: optuna.Trial) -> Callable[[TrainingEvent], bool]:
        """What tells the journal of each epoch, and says whether the trial is to go on."""

        def report(event: TrainingEvent) -> bool:
            self._show(event)
            if event.record is None:
                return True
            trial.report(validation_score(event.record)[1], event.epoch)
            return not trial.should_prune()

        return report

    def _show(self, event: TrainingEvent) -> bool:
        """Tell of a step or an epoch of a trial that goes on."""
        if self.on_event is not None:
            self.on_event(event)
        return True

    def found(self, again: int) -> Tuning:
        """What was found, once the best were trained again.

        Args:
            again: with how many new random states.

        Raises:
            TrainingError: no trial is complete.
        """
        told = {trial.number: self._told(trial) for trial in told_trials(self.study)}
        head = head_class(self.begun.material.task)
        found = Tuning(
            head.task, head.main_score, self.search.minimize, tuple(told.values()),
            importances(self.study, self.search.space), self.folder.path,
        )  # fmt: skip
        if not found.ranked:
            failed = [trial.why for trial in told.values() if trial.why]
            raise TrainingError(f"no trial was finished{''.join(f'; {why}' for why in failed[:1])}")
        if again and self.search.others_at_work(self.study):
            self.say("other processes are at work: the last of them trains the best again")
            again = 0
        for trial in found.ranked[:_AGAIN]:
            scores = [self._again(trial, step) for step in range(1, again + 1)]
            told[trial.number] = replace(
                trial, again=tuple(score for score in scores if score is not None)
            )
        found = replace(found, trials=tuple(told.values()))
        return replace(found, model=self.folder.model(f"trial-{found.best.number}"))

    def _again(self, trial: TunedTrial, step: int) -> float | None:
        """The score of a trial with another random state; None where that fails."""
        state = self.begun.random_state + step
        name = f"trial-{trial.number}-again-{state}"
        try:
            done = self._train(name, trial.values, state, self._show)
        except TrainingError as error:
            self.say(f"note: trial {trial.number} failed with random state {state}: {error}")
            return None
        self.say(f"trial {trial.number} with random state {state}: {done}")
        return done.score

    def _told(self, trial: Any) -> TunedTrial:
        """A trial as the journal tells it."""
        state = trial.state.name.lower()
        score = trial.value if state == "complete" else None
        return TunedTrial(
            trial.number, trial.params, state, score, (), trial.user_attrs.get(_WHY, "")
        )
