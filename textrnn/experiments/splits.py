"""Which examples are learned from and which measure: by fold, or series by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textrnn.configuration import require_whole
from textrnn.counted import counted
from textrnn.errors import InputError
from textrnn.experiments.material import Material
from textrnn.heads.head import Head
from textrnn.training.loop.deal import Kin, deal
from textrnn.training.tasks import files_class

_PARTS = 5  # where no examples are there to validate, one of so many is held out


@dataclass(frozen=True)
class Fold:
    """Examples to learn from, and others that measure what was learned.

    Attributes:
        train: those to learn from.
        test: those that measure; of series all that was before them, too.
        rows: of each of ``test`` its number among all examples, from 0.
        starts: of each series of ``test`` the first step that measures; empty of other examples.
    """

    train: Sequence[Any]
    test: Sequence[Any]
    rows: Sequence[int]
    starts: Sequence[int] = ()

    def measuring(self, head: Head) -> Sequence[Any]:
        """What measures a model: ``test``, of series with as much before it as the model reads."""
        if not self.starts:
            return self.test
        return [
            series.cut(max(0, start - head.lookback))
            for series, start in zip(self.test, self.starts, strict=True)
        ]


def split(
    task: str,
    examples: Sequence[Any],
    folds: int,
    *,
    groups: Sequence[Any] | None = None,
    random_state: int,
) -> list[Fold]:
    """Each fold with what is learned without it.

    Examples are dealt: labels are spread, copies and what belongs together stay together. Series
    are cut by time: each fold comes after all that is learned (rolling origin).

    Args:
        task: what says which examples belong together.
        examples: all of them.
        folds: how many, at least 2.
        groups: of each example what it belongs to, as its author; by default what the task says.
        random_state: the same deals the same.

    Raises:
        ConfigurationError: there are fewer than 2 folds.
        InputError: there are fewer examples than folds, or one label has a single one.
    """
    require_whole("folds", folds, least=2)
    files = files_class(task)
    if files.over_time:
        return rolling_origin(examples, folds)
    kin = files.kin(examples)
    if groups is not None:
        kin = [(str(group), label) for group, (_, label) in zip(groups, kin, strict=True)]
    _require_enough(kin, folds, files.to_add)
    numbers = deal(kin, folds, random_state=random_state).tolist()
    return [_fold(examples, [number == fold for number in numbers]) for fold in range(folds)]


def held_out(material: Material, *, random_state: int) -> Fold:
    """The validation examples, which measure what is learned from the others; where there are none
    a fifth of the examples, of series the end.

    Raises:
        InputError: there are too few examples to hold some out.
    """
    if material.validation is not None:
        return Fold(material.train, material.validation, range(len(material.validation)))
    try:
        return split(material.task, material.train, _PARTS, random_state=random_state)[-1]
    except InputError as error:
        raise InputError(f"no validation examples are given, and {error}") from error


def rolling_origin(series: Sequence[Any], folds: int) -> list[Fold]:
    """Each series is cut into one part more than there are folds: the first fold is the second
    part, learned from the first; the next is the third, learned from both; and so on.

    Raises:
        InputError: a series has fewer steps than parts.
    """
    found = []
    for fold in range(folds):
        train, test, starts = [], [], []
        for one in series:
            if (size := len(one) // (folds + 1)) < 1:
                raise InputError(
                    f"{one.shown_name} has {counted(len(one), 'step')}, too few for {folds} folds"
                )
            start = len(one) - (folds - fold) * size
            train.append(one.cut(None, start))
            test.append(one.cut(None, start + size))
            starts.append(start)
        found.append(Fold(train, test, range(len(series)), starts))
    return found


def _require_enough(kin: Sequence[Kin], folds: int, to_add: str) -> None:
    labels = dict(reversed(kin))  # of a group the first counts
    if len(labels) < folds:
        raise InputError(
            f"{counted(len(labels), 'different example')} cannot be split into {folds} folds: "
            f"{to_add}"
        )
    for label, count in Counter(labels.values()).items():
        if label and count < 2:
            raise InputError(
                f"the label {label!r} has a single example, which cannot both be learned from and "
                "measure: add some, or leave it out"
            )


def _fold(examples: Sequence[Any], is_test: Sequence[bool]) -> Fold:
    pairs = list(zip(examples, is_test, strict=True))
    return Fold(
        [example for example, tests in pairs if not tests],
        [example for example, tests in pairs if tests],
        [row for row, tests in enumerate(is_test) if tests],
    )
