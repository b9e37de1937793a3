"""A graph that is one step: a token of each of several texts at a time.

Shapes: B texts, U units, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.decoding.step import States
from textrnn.runtime.session import Inputs, Session


class Stepper:
    """Runs a graph that reads a token of each text: a :class:`textrnn.decoding.step.Step`.

    Args:
        session: the graph.
        units: of each recurrent state, by its name, as ``state_0/h``.
        precision: of the graph. In float32 a row by itself would go through other sums than the
            same row among others; in int8 sums are exact.

    Attributes:
        draws: whether the graph can draw tokens; those of old bundles cannot.
    """

    def __init__(self, session: Session, units: Mapping[str, int], *, precision: str) -> None:
        self._session = session
        self._units = dict(units)
        self._fewest = 1 if precision == "int8" else 2
        self.draws: bool = "drawn" in session.outputs

    def start(self, texts: int) -> States:
        """The states before any token, (B, U) each."""
        return {name: np.zeros((texts, n), np.float32) for name, n in self._units.items()}

    def step(
        self, tokens: Sequence[int] | NDArray[np.int32], states: States
    ) -> tuple[NDArray[np.float32], States]:
        """Read one token of each text; see :meth:`textrnn.decoding.step.Step.step`."""
        found, states = self._run(tokens, states, ("logits",))
        return found["logits"], states

    def draw(
        self,
        tokens: Sequence[int] | NDArray[np.int32],
        states: States,
        *,
        mask: NDArray[np.float32],
        temperature: float,
        points: NDArray[np.float64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], States]:
        """Read one token of each text and draw the next, all inside the graph; see
        :meth:`textrnn.decoding.step.Step.draw`.
        """
        sharpness = np.array(1.0 / temperature, np.float32)
        how: Inputs = {"mask": mask, "sharpness": sharpness, "points": points}
        found, states = self._run(tokens, states, ("drawn", "log_probabilities"), how)
        return found["drawn"], found["log_probabilities"], states

    def read(self, tokens: Sequence[int]) -> States:
        """The states (1, U) of one text after these tokens."""
        states = self.start(1)
        for token in tokens:
            _, states = self._run([token], states, ())
        return states

    def _run(
        self,
        tokens: Sequence[int] | NDArray[np.int32],
        states: States,
        wanted: Sequence[str],
        how: Inputs = MappingProxyType({}),
    ) -> tuple[dict[str, NDArray[Any]], States]:
        """The wanted outputs, a row a text, and the new states."""
        count = len(tokens)
        inputs: Inputs = {"tokens": np.asarray(tokens, np.int32), **states}
        if count < self._fewest:  # the one mask and point that there are serve the first row
            inputs = {name: np.repeat(rows, self._fewest, axis=0) for name, rows in inputs.items()}
        outputs = (*wanted, *(f"new/{name}" for name in self._units))
        found = self._session.run({**inputs, **how}, outputs)
        new = {name: found[f"new/{name}"][:count] for name in self._units}
        return {name: found[name][:count] for name in wanted}, new
