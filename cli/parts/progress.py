"""A progress bar on standard error, where somebody is there to see it.

No bar goes where results are written at the same time: lines and bar would run into each other.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_LONG_BYTES = 200_000  # a shorter input is done before a bar could be read
_PATIENCE_S = 1.0
_NO_OUTPUT = Path()


@contextmanager
def byte_progress(
    total: int | None, *, quiet: bool, output: Path | None = _NO_OUTPUT
) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of the input, with rate and time left.

    Args:
        total: bytes in all; None where it is not known: then there is no time left to show, and
            the bar waits until the input has turned out to be long.
        quiet: show nothing.
        output: the file to which results go meanwhile, None for standard output; by default none
            are written.

    Yields:
        A function to call with the bytes of each text.
    """
    is_in_the_way = output is None and sys.stdout.isatty()
    is_short = total is not None and total < _LONG_BYTES
    if quiet or is_in_the_way or is_short or not sys.stderr.isatty():
        yield lambda count: None
        return
    progress = _bar()
    task = progress.add_task("", total=total)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if not progress.live.is_started and (total or done) >= _LONG_BYTES:
            progress.start()
        progress.update(task, completed=done)

    try:
        yield advance
    finally:
        progress.stop()


@contextmanager
def text_progress(*, quiet: bool) -> Iterator[Callable[..., None]]:
    """A count of texts, or of tokens, with its rate.

    Yields:
        A function to call after each text, or with how many tokens were read.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda count=1: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from textrnn.cli.parts.display import Display

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed:,} read, {task.fields[rate]:,.0f} a second"),
        TimeElapsedColumn(),
    )
    progress = Progress(
        *columns,
        console=Display(stderr=True),
        redirect_stdout=False,
        transient=True,
    )
    with progress:
        task = progress.add_task("", total=None, rate=0.0)

        def advance(count: int = 1) -> None:
            progress.update(task, advance=count, rate=progress.tasks[0].speed or 0.0)

        yield advance


@contextmanager
def patience(
    *, quiet: bool, work: str = "reading", items: str = "tokens"
) -> Iterator[Callable[[int, int], None]]:
    """A bar that comes up once a piece of work has taken a while, and goes before its result.

    Args:
        quiet: show nothing.
        work: what is done.
        items: what is counted.

    Yields:
        A function to call with what was done since the last call, and how much there is in all.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda count, total: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from textrnn.cli.parts.display import Display

    progress = Progress(
        TextColumn(work),
        BarColumn(),
        TextColumn("{task.completed:,}/{task.total:,} " + items),
        TimeRemainingColumn(),
        console=Display(stderr=True),
        redirect_stdout=False,
        transient=True,
    )
    task, started = progress.add_task("", total=0), time.monotonic()

    def advance(count: int, total: int) -> None:
        if progress.finished and progress.tasks[0].completed:
            progress.reset(task, total=total)
        progress.update(task, advance=count, total=total)
        if not progress.live.is_started and time.monotonic() - started > _PATIENCE_S:
            progress.start()

    try:
        yield advance
    finally:
        progress.stop()


@contextmanager
def download_progress(
    *, quiet: bool
) -> Iterator[tuple[Callable[[str], None], Callable[[int, int | None], None]]]:
    """A bar over the bytes of one download after another.

    Yields:
        A function to call with a file's name, and one to call with the bytes that are there and
        those of the whole, None where that is not known.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda name: None, lambda done, total: None
        return
    with _bar() as progress:
        task = progress.add_task("", total=None)
        yield (
            lambda name: progress.reset(task, description=name),
            lambda done, total: progress.update(task, completed=done, total=total),
        )


def _bar() -> Progress:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    from textrnn.cli.parts.display import Display

    return Progress(
        TextColumn("reading"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Display(stderr=True),
        redirect_stdout=False,
        transient=True,
    )
