"""Files and folders that are written whole or not at all: the one way in which textrnn writes.

What is being written lies under a hidden name beside its own, and takes its own when all of it is
on the disk. An error, a signal or a full disk leaves what was there before and nothing else; what
a writer leaves that is killed outright, the next one to write the same file removes.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from textrnn.corpora.files.partials import create_partial, drop_leftovers, replace_folder
from textrnn.errors import InputError, TextRNNError

_OWN_STREAM = re.compile(r"/dev/(?:(stdout)|(stderr)|fd/(\d+))|/proc/self/fd/(\d+)")


class PartialFile:
    """A file that is being written: ``with PartialFile(path) as partial: …; partial.publish()``.

    An earlier file stays as it is until then, and for good if that is never reached. Its rights
    and its group are kept; a link is followed.

    Args:
        path: the file to be.
        tidy: whether to look for what dead writers of the same file have left.

    Attributes:
        path: where it lies until it is published.
        file: what to write to; or write to ``path``, without putting another file there.

    Raises:
        InputError: it cannot be written there.
    """

    def __init__(self, path: Path, *, tidy: bool = True) -> None:
        self._given = path
        self._target, self._before = find_target(path)
        if self._before is not None and not stat.S_ISREG(self._before.st_mode):
            raise InputError(f"{path}: a device or a pipe; name a file")
        if tidy:
            drop_leftovers(self._target)
        # What others may not read of the old file they may not read of the new one either.
        rights = 0o666 if self._before is None else 0o600
        self.path: Path
        try:
            self.path, descriptor = create_partial(self._target, rights)
        except OSError as error:
            raise unwritable(path, error) from error
        self.file: BinaryIO = os.fdopen(descriptor, "w+b")
        self._is_waiting = True

    def __enter__(self) -> PartialFile:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.close()
        if isinstance(error, OSError):
            error.filename = error.filename or str(self._given)

    def publish(self) -> None:
        """Give the file its own name."""
        self.file.flush()
        if self._before is not None:
            _take_rights(self.file.fileno(), self._before)
        publish(self.path, self._target)
        self._is_waiting = False

    def close(self) -> None:
        """Leave nothing of a file that was not published."""
        if self._is_waiting:
            self._is_waiting = False
            self.path.unlink(missing_ok=True)
        with suppress(OSError):  # a full disk has no room for what the buffer holds
            self.file.close()


def publish(partial: Path, target: Path) -> None:
    """Give a file that is whole its own name, once it is on the disk."""
    _sync(partial)
    os.replace(partial, target)
    _sync_folder(target.parent)


@contextmanager
def open_binary_output(path: Path) -> Iterator[BinaryIO]:
    """A file to write bytes to, which appears whole at the end, and not at all after an error.

    Devices and named pipes are written to and stay what they are; so are ``/dev/stdout`` and its
    like.

    Raises:
        InputError: it cannot be written there.
        TextRNNError: it is a pipe, and its reader has gone.
        OSError: writing failed, as on a full disk.
    """
    try:
        if is_stream(path):
            with _open_stream(path) as stream:
                yield stream
        else:
            with PartialFile(path) as partial:
                yield partial.file
                partial.publish()
    except BrokenPipeError as error:
        raise TextRNNError(f"{path}: nobody reads it any more") from error
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


@contextmanager
def open_text_output(path: Path, *, errors: str = "strict") -> Iterator[TextIO]:
    """As :func:`open_binary_output`, for text in UTF-8.

    Args:
        path: the file to be.
        errors: what becomes of half a pair of surrogates, as in :func:`open`.
    """
    with open_binary_output(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", errors=errors)
        yield text
        text.detach()


def write_file(path: Path, content: str | bytes, *, errors: str = "strict") -> None:
    """Write a file whole or not at all; text in UTF-8."""
    with open_binary_output(path) as file:
        file.write(content.encode("utf-8", errors) if isinstance(content, str) else content)


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write some files of a folder, which is made where there is none: all of them, or none."""
    target = resolve(folder)
    is_new = not target.exists()
    try:
        target.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            partials = [stack.enter_context(PartialFile(folder / name)) for name in contents]
            for partial, content in zip(partials, contents.values(), strict=True):
                partial.file.write(content)
                partial.file.flush()
            for partial in partials:
                partial.publish()
    except BaseException:
        if is_new:
            with suppress(OSError):
                target.rmdir()
        raise


@contextmanager
def open_folder_output(path: Path) -> Iterator[Path]:
    """A folder to fill; at the end it takes the place of the one at ``path``, without a gap.

    Raises:
        InputError: it cannot be made there.
    """
    drop_leftovers(resolve(path))
    target, before = find_target(path, folder=True)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial, descriptor = create_partial(target, None)
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield partial
        if before is not None:
            _take_rights(descriptor, before)
        for folder, _, names in os.walk(partial):
            for name in names:
                _sync(os.path.join(folder, name))
            _sync_folder(folder)
        replace_folder(partial, target)
        _sync_folder(target.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        os.close(descriptor)


@contextmanager
def open_scratch(place: Path) -> Iterator[Path]:
    """A hidden folder beside ``place`` that goes at the end, with what dead processes left there.

    Raises:
        OSError: it cannot be made.
    """
    drop_leftovers(place)
    folder, descriptor = create_partial(place, None)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def find_target(path: Path, *, folder: bool = False) -> tuple[Path, os.stat_result | None]:
    """Where a path leads through its links, and what is there.

    Raises:
        InputError: it is of another kind, or read-only, or leads through what is not there.
    """
    target = resolve(path)
    try:
        before = target.stat()
    except FileNotFoundError:
        return target, None
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    is_folder = stat.S_ISDIR(before.st_mode)
    if is_folder != folder:
        raise InputError(
            f"{path}: a {'folder; name a file' if is_folder else 'file; name a folder'}"
        )
    # Root may write to what is read-only; that it is so has a reason all the same.
    if not (before.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise InputError(f"{path}: is read-only; remove it, or name another")
    return target, before


def resolve(path: Path) -> Path:
    """Where a path leads through its links, as the system follows them.

    Raises:
        InputError: it goes up (``..``) from a folder that is not there. Left to its letters,
            ``nowhere/../a.txt`` would be ``a.txt``, which nobody took for the same file.
    """
    target = Path(os.path.realpath(path))
    try:
        for place in (path, *path.parents):
            if place.name == "..":
                place.stat()
        if target.exists():
            path.stat()
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error
    return target


def unwritable(path: Path, reason: Exception | str) -> InputError:
    """The error that a file cannot be written."""
    return InputError(f"{path}: cannot be written: {getattr(reason, 'strerror', '') or reason}")


def is_stream(path: Path) -> bool:
    """Whether a path is a device, a pipe or an open stream, which cannot be replaced."""
    try:
        is_other = path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False
    return is_other or _OWN_STREAM.fullmatch(str(path)) is not None


def _open_stream(path: Path) -> BinaryIO:
    try:
        if own := _OWN_STREAM.fullmatch(str(path)):
            number = int(own[3] or own[4] or (1 if own[1] else 2))
            return os.fdopen(os.dup(number), "wb")
        return path.open("wb")
    except OSError as error:
        raise unwritable(path, error) from error


def _take_rights(descriptor: int, before: os.stat_result) -> None:
    """Give a new file the rights, and where that is allowed the group and owner, of the old one."""
    rights = stat.S_IMODE(before.st_mode)
    with suppress(OSError):
        os.fchown(descriptor, before.st_uid, -1)
    try:
        os.fchown(descriptor, -1, before.st_gid)
    except OSError:
        rights &= ~0o070  # what its group may do is not for another
    os.fchmod(descriptor, rights)


def _sync(path: str | Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: str | Path) -> None:
    """Have the disk keep the names in a folder; not every file system can."""
    with suppress(OSError):
        _sync(folder)
