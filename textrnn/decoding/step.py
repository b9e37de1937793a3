"""The step that decoding asks for the next scores, whatever network gives them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

States = dict[str, NDArray[np.float32]]


def take(states: States, rows: Sequence[int]) -> States:
    """The states of some texts, in that order."""
    return {name: state[list(rows)] for name, state in states.items()}
