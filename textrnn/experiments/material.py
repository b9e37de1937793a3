"""What the networks of an experiment learn from, all of it read once."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Material:
    """What a task learns from, as its files or those of a recipe gave it.

    Attributes:
        task: the task.
        train: the examples.
        validation: others to choose the epoch by; None where a share of ``train`` is to be cut off.
        more: what else the function that trains takes, as ``unlabelled``.
        is_lazy: whether that function takes functions that give examples, and no examples.
    """

    task: str
    train: Sequence[Any]
    validation: Sequence[Any] | None
    more: Mapping[str, Any]
    is_lazy: bool

    @classmethod
    def of(cls, task: str, given: Mapping[str, Any]) -> Material:
        """Read it, of what the function that trains would take."""
        more = {name: _read(value) for name, value in given.items()}
        train, validation = more.pop("train"), more.pop("validation", None)
        return cls(task, train, validation, more, callable(given["train"]))

    def arguments(
        self, train: Sequence[Any], validation: Sequence[Any] | None = None
    ) -> dict[str, Any]:
        """What the function that trains takes to learn from some of the examples.

        Args:
            train: these.
            validation: others to choose the epoch by; by default :attr:`validation`.
        """
        held = self.validation if validation is None else validation
        given = {"train": train, **({} if held is None else {"validation": held})}
        if self.is_lazy:
            given = {name: _giving(examples) for name, examples in given.items()}
        return {**self.more, **given}

    def digest(self) -> str:
        """The sha256 of the examples, by which an experiment that goes on knows its own."""
        digest = hashlib.sha256()
        with np.printoptions(threshold=sys.maxsize):  # or else long series are shown cut
            for example in (*self.train, "", *(self.validation or ())):
                digest.update(f"{example!r}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _read(given: Any) -> Any:
    """What is given once, or by a function, as a list; a table of lists and nothing stay."""
    if given is None or isinstance(given, Mapping):
        return given
    return list(given() if callable(given) else given)


def _giving(examples: Sequence[Any]) -> Any:
    return lambda: examples
