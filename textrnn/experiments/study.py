"""The trials of a search: an Optuna study in a journal, which several processes may share."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textrnn.configuration import require_choice
from textrnn.corpora.files.locks import hold_lock
from textrnn.errors import MissingExtraError
from textrnn.experiments.folder import JOURNAL
from textrnn.experiments.space import Range, Space, grid_of, size_of

if TYPE_CHECKING:
    import optuna

SAMPLERS = ("tpe", "random", "grid")
_LOCK = ".lock"
_SEEDS = 100_003  # random states lie so far apart that no two searches draw the same
_UNPRUNED = 5  # trials that are finished before one is pruned
_DRAWS = 10  # of tried values in a row, before others are drawn without regard to scores


@dataclass(frozen=True)
class Search:
    """A search for settings.

    Attributes:
        folder: where its journal lies.
        space: what is searched.
        sampler: how values are chosen: ``tpe``, ``random`` or ``grid``.
        trials: how many there are to be.
        minimize: whether a score is the better the lower.
        random_state: the same draws the same.
    """

    folder: Path
    space: Space
    sampler: str
    trials: int
    minimize: bool
    random_state: int

    def __post_init__(self) -> None:
        require_choice("sampler", self.sampler, SAMPLERS)
        if self.sampler == "grid":
            grid_of(self.space)

    def study(self) -> optuna.Study:
        """The study, made where it is not there yet.

        Raises:
            MissingExtraError: Optuna is not installed.
        """
        optuna = load_optuna()
        with self._alone():
            storage = optuna.storages.JournalStorage(
                optuna.storages.journal.JournalFileBackend(
                    str(self.folder / JOURNAL), _JournalLock(self.folder / ".journal.lock")
                )
            )
            return optuna.create_study(
                storage=storage,
                study_name="tune",
                direction=self._direction(),
                sampler=optuna.samplers.RandomSampler(0),  # not asked: values are given
                pruner=optuna.pruners.MedianPruner(_UNPRUNED, n_warmup_steps=1),
                load_if_exists=True,
            )

    @contextmanager
    def next_trial(self, study: optuna.Study) -> Iterator[optuna.Trial | None]:
        """The next trial, which is this process' alone; None where there are enough, or all values
        were tried.

        That of a process that died comes first, with the values that it had. What is drawn follows
        from the random state, the number of the trial, and what was tried.
        """
        with ExitStack() as stack:
            with self._alone():
                trial = self._left_over(study, stack)
                if trial is None and len(told_trials(study)) < self.trials and self.has_more(study):
                    trial = self._begun(study)
                    stack.enter_context(hold_lock(self._lock_of(trial.number)))
            yield trial

    def has_more(self, study: optuna.Study) -> bool:
        """Whether there are values that no trial has had."""
        size = size_of(self.space)
        return size is None or len(self._tried(study)) < size

    def _begun(self, study: optuna.Study) -> optuna.Trial:
        """A new trial; with the values that wait in the journal, where a process died after it had
        chosen them.
        """
        waiting = [load_optuna().trial.TrialState.WAITING]
        if not study.get_trials(deepcopy=False, states=waiting):
            study.enqueue_trial(self._untried(study))
        return study.ask(self._distributions())

    def _untried(self, study: optuna.Study) -> dict[str, Any]:
        """Values that no trial has had, as the sampler chooses them."""
        tried = self._tried(study)
        if self.sampler == "grid":
            grid = grid_of(self.space)
            random.Random(self.random_state).shuffle(grid)
            return next(values for values in grid if self._key(values) not in tried)
        begun = len(told_trials(study))
        drawing = load_optuna().create_study(direction=self._direction())  # draws leave no trace
        drawing.add_trials(study.get_trials(deepcopy=False))
        drawing.sampler = self._sampler(self.sampler, begun)
        for draw in itertools.count(1):
            values: dict[str, Any] = drawing.ask(self._distributions()).params
            if self._key(values) not in tried:
                break
            if draw == _DRAWS:
                drawing.sampler = self._sampler("random", begun)
        return values

    def _tried(self, study: optuna.Study) -> set[tuple[Any, ...]]:
        """The values that trials have had."""
        trials = [each.params for each in told_trials(study)]
        return {self._key(values) for values in trials if values.keys() == self.space.keys()}

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.space)

    def others_at_work(self, study: optuna.Study) -> bool:
        """Whether another process runs a trial now."""
        return any(self._is_held(trial) for trial in self._running(study))

    def _left_over(self, study: optuna.Study, stack: ExitStack) -> optuna.Trial | None:
        """A trial that is running by the journal, while no process holds it."""
        for found in self._running(study):
            if not self._is_held(found):
                stack.enter_context(hold_lock(self._lock_of(found.number)))
                return load_optuna().trial.Trial(study, found._trial_id)
        return None

    def _running(self, study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
        """The trials that are running by the journal, but for those whose process died while it
        drew their values.
        """
        running = [load_optuna().trial.TrialState.RUNNING]
        found = study.get_trials(deepcopy=False, states=running)
        return [trial for trial in found if trial.params.keys() == self.space.keys()]

    def _is_held(self, trial: optuna.trial.FrozenTrial) -> bool:
        """Whether a process runs a trial."""
        try:
            with hold_lock(self._lock_of(trial.number)):
                return False
        except BlockingIOError:
            return True

    def _direction(self) -> str:
        return "minimize" if self.minimize else "maximize"

    def _lock_of(self, number: int) -> Path:
        return self.folder / f".trial-{number}.lock"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While trials are dealt out: one process at a time."""
        with hold_lock(self.folder / _LOCK, on_wait=lambda: None):
            yield

    def _sampler(self, name: str, number: int) -> Any:
        kinds = load_optuna().samplers
        seed = (self.random_state * _SEEDS + number) % 2**32
        return kinds.TPESampler(seed=seed) if name == "tpe" else kinds.RandomSampler(seed)

    def _distributions(self) -> dict[str, Any]:
        kinds = load_optuna().distributions
        found = {}
        for name, values in self.space.items():
            if not isinstance(values, Range):
                found[name] = kinds.CategoricalDistribution(values)
            elif values.is_whole:
                found[name] = kinds.IntDistribution(values.low, values.high, log=values.log)
            else:
                found[name] = kinds.FloatDistribution(values.low, values.high, log=values.log)
        return found


class _JournalLock:
    """What Optuna locks a journal by: unlike a lock of its own, that of a dead process is nobody's.

    Args:
        path: the lock's file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._held = path, ExitStack()

    def acquire(self) -> bool:
        """Wait until no other process holds it."""
        self._held.enter_context(hold_lock(self._path, on_wait=lambda: None))
        return True

    def release(self) -> None:
        """Let others have it."""
        self._held.close()


def importances(study: optuna.Study, space: Space) -> Mapping[str, float]:
    """How much of the variance of the scores each setting explains, by fANOVA (Hutter et al. 2014);
    nothing where there are too few trials to tell.
    """
    optuna = load_optuna()
    done = study.get_trials(deepcopy=False, states=[optuna.trial.TrialState.COMPLETE])
    if len({trial.value for trial in done}) < 2:
        return {}
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    found: Mapping[str, float] = optuna.importance.get_param_importances(
        study, evaluator=evaluator, params=list(space)
    )
    return found


def told_trials(study: optuna.Study) -> Sequence[Any]:
    """The trials that were begun, in order."""
    return [trial for trial in study.get_trials(deepcopy=False) if trial.params]


def load_optuna() -> Any:
    """Optuna, which says nothing of its own.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise MissingExtraError("tuning", "tune") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna
