"""The one clock of a training: all that shows or keeps a time reads it."""

from __future__ import annotations

import time


def duration(seconds: float) -> str:
    """Minutes and seconds, and hours where there are some.

    Example:
        >>> duration(65), duration(3700)
        ('1:05', '1:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Clock:
    """Runs from the first second of a call; whoever loads and reads before a run hands it on.

    Attributes:
        before_s: what the stopped runs took that this one goes on with.
    """

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.before_s = 0.0

    @property
    def elapsed_s(self) -> float:
        """Since the first second of this call."""
        return time.monotonic() - self._started

    @property
    def total_s(self) -> float:
        """The same, with what the stopped runs took."""
        return self.before_s + self.elapsed_s

    def __str__(self) -> str:
        """As ``elapsed 1:05``."""
        stopped = f" ({duration(self.total_s)} with the stopped run)" if self.before_s else ""
        return f"elapsed {duration(self.elapsed_s)}{stopped}"
