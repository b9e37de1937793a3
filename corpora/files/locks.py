"""Locks on files, which the system lets go of when their holder ends or dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Through no link, whose own file would never be found at its end, and waiting for no pipe's writer.
_OPENING = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK


@contextmanager
def hold_lock(path: Path, *, on_wait: Callable[[], object] | None = None) -> Iterator[None]:
    """Be the one process that does something; a dead one's lock is nobody's.

    Args:
        path: the lock's file, which goes at the end.
        on_wait: called once where another process holds the lock, before its end is waited for;
            None: it is not waited for.

    Raises:
        BlockingIOError: another process holds it, and is not waited for.
        OSError: the file cannot be made.
    """
    has_waited = False
    while True:
        descriptor = os.open(path, _OPENING, 0o666)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if on_wait is None:
                    raise
                if not has_waited:
                    on_wait()
                has_waited = True
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:  # a file system without locks
                yield
                return
            if _is_there(descriptor, path):  # or else the last one to hold it has removed it
                try:
                    yield
                finally:
                    path.unlink(missing_ok=True)
                return
        finally:
            os.close(descriptor)


def take_lock(descriptor: int, path: Path) -> bool | None:
    """Whether an open file or folder is now ours alone, and still there; None: there are no locks.

    Args:
        descriptor: of the open file; the lock ends when it is closed.
        path: where the file was opened.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return _is_there(descriptor, path)


def _is_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
