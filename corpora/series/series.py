"""A series: numbers at times that lie one step apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.series.steps import Step, Times


@dataclass(frozen=True, eq=False)
class Series:
    """Numbers in the order of their times.

    Letters: T steps, C columns, K targets.

    Attributes:
        columns: the names of its columns: the targets, then the features.
        targets: how many of them are targets, K.
        values: (T, C), without gaps.
        times: (T,), each one step after the other; None where only their order is known.
        step: the distance of one time from the next; None where there are no times.
        name: of its group; empty where there are no groups.
        time: the name of the column of the times; empty where there are none.
        group: the same of the groups.
        source: what messages call it.
    """

    columns: tuple[str, ...]
    targets: int
    values: NDArray[np.float64]
    times: Times | None = None
    step: Step | None = None
    name: str = ""
    time: str = ""
    group: str = ""
    source: str = "series"

    def __len__(self) -> int:
        return len(self.values)

    @property
    def shown_name(self) -> str:
        """The name, or else the source."""
        return self.name or self.source

    def cut(self, start: int | None, end: int | None = None) -> Series:
        """The steps from ``start`` to before ``end``, as slices count them."""
        times = None if self.times is None else self.times[start:end]
        return replace(self, values=self.values[start:end], times=times)

    def future(self, steps: int) -> Times | None:
        """The times of the steps that follow its last one."""
        if self.times is None or self.step is None:
            return None
        return self.step.after(self.times[-1], steps)
