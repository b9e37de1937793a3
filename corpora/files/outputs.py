"""What a command is to write, looked at before its work begins: it can be, and it is not read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from textrnn.corpora.files.writing import find_target, is_stream, resolve, unwritable
from textrnn.errors import InputError

_NEVER_READ = (".png", ".svg", ".pdf", ".html", ".htm")  # in a folder of texts


def check_output(output: Path | None, inputs: Iterable[str | Path | None] = ()) -> None:
    """See that a file can be written, before the work for it begins, and that it is not read.

    Args:
        output: the file to be; None for standard output.
        inputs: what is read: files, folders, ``-``, members of a zip (``a.zip:b.txt``); what is
            not there, as the name of a shipped model, is no matter.

    Raises:
        InputError: it cannot be, or it is one of the inputs, be it by a link.
    """
    refuse_inputs(output, inputs)
    if output is None or is_stream(output):
        return
    target, _ = find_target(output)
    if not target.parent.exists():
        raise unwritable(output, "No such file or directory")
    _check_folder(target.parent, output)


def refuse_existing(output: Path) -> None:
    """See that nothing is where something is to be written that took its time to make.

    Raises:
        InputError: a file is there.
    """
    if output.exists():
        raise InputError(
            f"{output}: is there already; replace it (force=True), or name another file"
        )


def check_folder_output(
    folder: Path, names: Iterable[str], inputs: Iterable[str | Path | None]
) -> None:
    """See that files can be written into a folder, which may not be there yet.

    Args:
        folder: the folder.
        names: of the files.
        inputs: what is read.

    Raises:
        InputError: as :func:`check_output`.
    """
    place, given = resolve(folder), list(inputs)
    if os.path.isdir(place):
        for name in names:
            check_output(folder / name, given)
        return
    try:
        place.lstat()
        raise unwritable(folder, "Not a directory")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise unwritable(folder, error) from error
    _check_folder(place, folder)


def _check_folder(place: Path, output: Path) -> None:
    """See that something can be written into a folder, or into the one that it would be made in."""
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise unwritable(output, "Not a directory")
    if not os.access(place, os.W_OK | os.X_OK):
        raise unwritable(output, "Permission denied")


def refuse_inputs(output: Path | None, inputs: Iterable[str | Path | None]) -> None:
    """See that what is to be written is not read as well, through whatever links.

    Args:
        output: a file or folder to be; None for standard output.
        inputs: as :func:`check_output` takes them.

    Raises:
        InputError: it is one of the inputs, or in one, or holds one.
    """
    own = identity(1 if output is None else output)
    if own is None:  # nothing is there yet, or it is a device
        return
    name = "standard output" if output is None else str(output)
    is_folder = output is not None and output.is_dir()
    for given in inputs:
        if given and own in _identities(given, name, is_within=is_folder):
            kind = "folder" if is_folder else "file"
            raise InputError(
                f"{name}: what is read ({given}) would be lost there; name another {kind}"
            )


def _identities(given: str | Path, output: str, *, is_within: bool) -> Iterator[tuple[int, int]]:
    """Device and inode of an input, and of the folders that it is in, or else the files in it."""
    path = Path(given)
    if not os.path.lexists(path) and ":" in str(given):  # a zip's member
        path = Path(str(given).rpartition(":")[0])
    places: list[str | Path | int] = [0 if str(given) == "-" else path]
    if is_within and os.path.lexists(path):
        places += Path(os.path.realpath(path)).parents
    elif path.is_dir() and not output.lower().endswith(_NEVER_READ):
        places += [os.path.join(at, name) for at, _, names in os.walk(path) for name in names]
    yield from filter(None, map(identity, places))


def identity(place: str | Path | int) -> tuple[int, int] | None:
    """Device and inode of a file or folder; None of what is not there, or is a pipe or a device."""
    try:
        found = os.stat(place)
    except (OSError, ValueError):
        return None
    is_kept = stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)
    return (found.st_dev, found.st_ino) if is_kept else None
