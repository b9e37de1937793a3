"""The trainings of a search: each trial, and the best of them again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textrnn.catalog import head_class
from textrnn.counted import counted
from textrnn.errors import TrainingError
from textrnn.experiments.beginning import Beginning
from textrnn.experiments.folder import ExperimentFolder
from textrnn.experiments.study import Search, importances, load_optuna, told_trials
from textrnn.experiments.trial import Trial
from textrnn.experiments.trial_process import Pruned, TrialProcesses
from textrnn.experiments.tuned import TunedTrial, Tuning, shown_value
from textrnn.training.loop.history import validation_score
from textrnn.training.named import named_values
from textrnn.training.tasks import plan_class

if TYPE_CHECKING:
    import optuna

    from textrnn.training.loop.events import OnEvent, TrainingEvent

_AGAIN = 3  # the best trials that are trained again
_WHY = "why"  # where the journal keeps what made a trial fail


class TuningRuns:
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
        """Run trials until there are enough, all values were tried, or the time is over."""
        while until_s is None or time.monotonic() < until_s:
            with self.search.next_trial(self.study) as trial:
                if trial is None:
                    break
                self._run(trial)
        begun = len(told_trials(self.study))
        if begun < self.search.trials and not self.search.has_more(self.study):
            self.say(
                "every combination of the values has had its trial: the search ends with "
                f"{counted(begun, 'trial')}, not {self.search.trials}"
            )

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
