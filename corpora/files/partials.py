"""The hidden files and folders in which something is written until it is whole.

One that will be NAME is called ``.NAME-01234567.partial``. Its writer holds a lock on it, which the
system lets go of when the writer ends or dies: what nobody has locked the dead have left.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
from collections import deque
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from textrnn.corpora.files.locks import take_lock

_PARTIAL = re.compile(r"\..*-[0-9a-f]{8}\.partial", re.DOTALL)
_ASIDE = ".replaced"  # the ending of a folder that stands aside for the one that replaces it
_NAME_BYTES = 255
_made: deque[tuple[int, Path]] = deque(maxlen=64)  # the latest, each with its process
_ADDED_BYTES = len(".-01234567" + _ASIDE)


def is_partial(name: str) -> bool:
    """Whether a file of that name is one that is being written, or was when its writer died."""
    return _PARTIAL.fullmatch(name) is not None


def short_name(name: str, added: str) -> str:
    """A name with something added, no longer than names may be.

    Example:
        >>> short_name("news", ".lock"), len(short_name("n" * 255, ".lock"))
        ('news.lock', 255)
    """
    return _cut(name, _NAME_BYTES - len(added)) + added


def create_partial(target: Path, rights: int | None) -> tuple[Path, int]:
    """A new hidden file, or a folder where ``rights`` is None, and a descriptor that locks it.

    Raises:
        OSError: it cannot be made.
    """
    while True:
        partial = target.with_name(f"{_beginning(target)}{os.urandom(4).hex()}.partial")
        _made.append((os.getpid(), partial))  # before it is there: a signal comes at any time
        try:
            if rights is None:
                partial.mkdir()
                descriptor = os.open(partial, os.O_RDONLY)
            else:
                descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, rights)
        except FileExistsError:
            _made.remove((os.getpid(), partial))
            continue
        if take_lock(descriptor, partial) is not False:
            return partial, descriptor
        os.close(descriptor)  # another process took it for a dead one's


@atexit.register
def _drop_own() -> None:
    """Remove what a signal has kept this process from removing: one that came as a file was made,
    before there was anything that removes it.
    """
    for process, partial in list(_made):
        if process == os.getpid():  # and not a parent's
            if partial.is_dir():
                shutil.rmtree(partial, ignore_errors=True)
            else:
                with suppress(OSError):
                    partial.unlink()


def drop_leftovers(target: Path) -> None:
    """Remove what dead writers of a file or folder have left.

    A folder that stood aside as its writer died comes back where none has replaced it.
    """
    beginning = _beginning(target)
    with suppress(OSError):
        for name in os.listdir(target.parent):
            if not name.startswith(beginning):
                continue
            rest, found = name[len(beginning) :], target.with_name(name)
            if re.fullmatch(r"[0-9a-f]{8}\.partial", rest):
                _drop_if_dead(found)
            elif re.fullmatch(rf"[0-9a-f]{{8}}{_ASIDE}", rest):
                if target.exists():
                    shutil.rmtree(found, ignore_errors=True)
                else:
                    found.rename(target)


def drop_partials(folder: Path) -> None:
    """Remove what dead writers have left anywhere in a folder."""
    for place, folders, names in os.walk(folder):
        for name in filter(is_partial, [*folders, *names]):
            _drop_if_dead(Path(place, name))


def replace_folder(new: Path, target: Path) -> None:
    """Put a folder in another's place; the other, if there is one, ends under the new one's name.

    Where two folders cannot be exchanged at once, the other stands aside for a moment.
    """
    if not target.exists():
        new.rename(target)
    elif not _exchange(new, target):
        aside = target.with_name(f"{_beginning(target)}{os.urandom(4).hex()}{_ASIDE}")
        target.rename(aside)
        new.rename(target)
        aside.rename(new)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; whether the system can do that."""
    import ctypes

    try:
        call = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    done: int = call(here, os.fsencode(one), here, os.fsencode(other), exchange)
    return done == 0


def _beginning(target: Path) -> str:
    return f".{_cut(target.name, _NAME_BYTES - _ADDED_BYTES)}-"


def _cut(name: str, most_bytes: int) -> str:
    """A name that is too long, cut; a hash of all of it tells it from its like."""
    if len(os.fsencode(name)) <= most_bytes:
        return name
    digest = sha256(os.fsencode(name)).hexdigest()[:8]
    while len(os.fsencode(name)) > most_bytes - len(digest) - 1:
        name = name[:-1]
    return f"{name}-{digest}"


def _drop_if_dead(partial: Path) -> None:
    """Remove a hidden file or folder that no living process has locked."""
    with suppress(OSError):
        descriptor = os.open(partial, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if take_lock(descriptor, partial):
                if partial.is_dir():
                    shutil.rmtree(partial, ignore_errors=True)
                else:
                    partial.unlink()
        finally:
            os.close(descriptor)
