"""A progress bar on standard error, where somebody is there to see it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LONG_BYTES = 200_000  # a shorter input is done before a bar could be read


@contextmanager
def byte_progress(total: int | None, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of the input, with rate and time left.

    Args:
        total: bytes in all; None where it is not known: then there is no time left to show.
        quiet: show nothing.

    Yields:
        A function to call with the bytes done.
    """
    long = total is None or total >= _LONG_BYTES
    if quiet or not long or not sys.stderr.isatty() or sys.stdout.isatty():
        # Rows that scroll by on the same terminal are progress enough, and would cut the bar.
        yield lambda count: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("classifying"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.advance(task, count)
