"""A generator that a service has, as ``generate`` uses one that is here."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any, NoReturn, cast

from textrnn.bundle.bundle import Bundle
from textrnn.configuration import require
from textrnn.heads.generator.controls import Seed
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.result import Generation
from textrnn.heads.written import Written
from textrnn.serving.remote_head import RemoteHead


class RemoteGenerator(Generator):
    """Writes by a model that a service has.

    Args:
        remote: the model.
    """

    def __init__(self, remote: RemoteHead) -> None:
        self._remote = remote
        self.bundle = cast(Bundle, remote.bundle)
        self.unknown_characters = lambda seed: ()  # the service tells them with the text

    def generate_stream(
        self, seed: str = "", *, num: int = 1, **controls: Any
    ) -> Iterator[Written[Generation]]:
        """See :meth:`Generator.generate_stream`; of several texts each comes whole."""
        if num == 1:
            return self._remote.written(Seed(seed), **controls)
        require(controls.get("beam", 1) == 1, "a service writes one text of a beam search")
        first = controls.pop("random_state", None)
        first = secrets.randbits(32) if first is None else first
        seeds = (Seed(seed, {"random_state": first + number}) for number in range(num))
        results = cast(Iterator[Generation], self._remote.answer(seeds, **controls))
        return (
            Written(number, result.continuation, result) for number, result in enumerate(results)
        )

    def choices(self, text: str, num: int = 8, *, temperature: float = 1.0) -> NoReturn:
        """A service tells none."""
        _refuse("--interactive")

    def novelty(self, results: object) -> NoReturn:
        """A service measures none."""
        _refuse("--novelty")


def _refuse(option: str) -> NoReturn:
    from textrnn.errors import ConfigurationError

    raise ConfigurationError(f"{option} needs the model here: leave out --server")
