"""A generator's graph, one token at a time, for several texts at once.

Shapes: B texts, U units, V tokens of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from textrnn.network import GeneratorNetwork
from textrnn.runtime.session import Session
from textrnn.tokenization import Tokenizer

States = dict[str, NDArray[np.float32]]


class Stepper:
    """Runs the graph of :func:`textrnn.runtime.compile_generator.compile_generator`.

    Args:
        session: the graph.
        network: its description.
        precision: of the graph. In float32 a row by itself would go through other sums than the
            same row among others; in int8 sums are exact.
    """

    def __init__(self, session: Session, network: GeneratorNetwork, *, precision: str) -> None:
        self._session = session
        self._units = network.state_units
        self._fewest = 1 if precision == "int8" else 2

    def start(self, texts: int) -> States:
        """The states before any token, (B, U) each."""
        return {name: np.zeros((texts, n), np.float32) for name, n in self._units.items()}

    def step(
        self, tokens: Sequence[int] | NDArray[np.int32], states: States
    ) -> tuple[NDArray[np.float32], States]:
        """Read one token of each text.

        Args:
            tokens: (B,).
            states: where each text stands; they are not changed.

        Returns:
            The logits of the next tokens (B, V) and the new states.
        """
        ids = np.asarray(tokens, np.int32)
        count = len(ids)
        if count < self._fewest:
            ids = np.resize(ids, self._fewest)
            states = {
                name: np.repeat(state, self._fewest, axis=0) for name, state in states.items()
            }
        found = self._session.run({"tokens": ids, **states})
        new = {name: found[f"new/{name}"][:count] for name in self._units}
        return found["logits"][:count], new

    def read(self, tokens: Sequence[int]) -> tuple[NDArray[np.float32], States]:
        """Read the tokens of one text after ``<s>``: logits (1, V) and states (1, U)."""
        logits, states = self.step([Tokenizer.START], self.start(1))
        for token in tokens:
            logits, states = self.step([token], states)
        return logits, states


def take(states: States, rows: Sequence[int]) -> States:
    """The states of some texts, in that order."""
    return {name: state[list(rows)] for name, state in states.items()}
