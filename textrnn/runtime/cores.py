"""How many cores this process may use, which can be fewer than the machine has."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from textrnn.configuration import require

_CGROUPS = Path("/sys/fs/cgroup")
_MOST_THREADS = 64
_MEMBERSHIP = Path("/proc/self/cgroup")


def available_cores(*, cgroups: Path = _CGROUPS, membership: Path = _MEMBERSHIP) -> int:
    """The cores of the process' CPU set, or fewer where a control group grants less time.

    Args:
        cgroups: where control groups are mounted.
        membership: the file that names the process' own.

    Returns:
        At least 1; a part of a core counts as one.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    quota = min(_quotas(cgroups, membership), default=math.inf)
    return max(1, min(cores, math.ceil(quota) if math.isfinite(quota) else cores))


def chosen_threads(threads: int | None, *, beside: int = 0) -> int:
    """The number that was asked for, by default that of the available cores. More than 64, or than
    there are cores, would cost memory and no less time: they are not begun.

    Args:
        threads: None for the default.
        beside: cores that are busy with something else; the default leaves them out, but for one.

    Raises:
        ConfigurationError: ``threads`` is below 1.
    """
    if threads is None:
        return max(1, available_cores() - beside)
    require(threads >= 1, f"threads must be at least 1; received {threads}")
    return min(threads, max(_MOST_THREADS, available_cores()))


def _quotas(cgroups: Path, membership: Path) -> Iterator[float]:
    """The cores' worth of time that the process' control groups grant, each and all above it."""
    for line in _read(membership).splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":  # version 2
            for folder in _upwards(cgroups, path):
                yield from _share(_read(folder / "cpu.max").split())
        elif "cpu" in controllers.split(","):
            for folder in _upwards(cgroups / "cpu", path):
                quota, period = (
                    _read(folder / f"cpu.cfs_{name}_us").split() for name in ("quota", "period")
                )
                yield from _share([*quota, *period])


def _share(words: list[str]) -> Iterator[float]:
    """Quota over period, where there is a quota: version 2 writes ``max`` for none, 1 writes -1."""
    if len(words) == 2 and all(word.isdigit() for word in words) and int(words[1]):
        yield int(words[0]) / int(words[1])


def _upwards(root: Path, path: str) -> Iterator[Path]:
    """The folder of a control group and of all that it lies in.

    In a container the path can be one of the host's, of which nothing is mounted but the root.
    """
    parts = [part for part in path.split("/") if part]
    return (root.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
