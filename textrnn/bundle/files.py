"""The files of a bundle, in its folder or its zip, read within bounds.

A bundle may come from anybody. So its members are regular files alone (no link, no device, no
pipe), none is read beyond the bytes it may have, and no zip member may unpack to more than a
hundred times its size. No file stays open between two reads.
"""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from textrnn.errors import BundleError

_CHUNK = 1 << 20
_MOST_MEMBERS = 1000  # of a zip: textrnn writes about ten files
_UNPACKED_TIMES, _UNPACKED_MORE = 100, 1 << 20  # a zip bomb unpacks to a thousand times its size
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_END_RECORD, _END_BYTES = b"PK\x05\x06", 22  # how a zip ends, but for a comment
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # on Windows
# What reading a damaged zip can end with: it may ask for what Python cannot do.
_UNREADABLE = (
    OSError,
    EOFError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


def is_plain_name(name: str) -> bool:
    """Whether a name can be that of a bundle's file, on every system.

    Example:
        >>> is_plain_name("model.onnx"), is_plain_name(".."), is_plain_name("nul.json")
        (True, False, False)
    """
    return bool(_NAME.fullmatch(name)) and name[-1] != "." and not _RESERVED.fullmatch(name)


class BundleFiles:
    """The members of a bundle's folder or zip.

    Args:
        path: the folder or the zip; it may be a link itself.
        links: whether members may be links to files, as some installers make a package's.

    Raises:
        BundleError: the zip is damaged, or made to do harm.
    """

    def __init__(self, path: Path, *, links: bool = False) -> None:
        self.path = path
        self._links = links
        try:
            self.is_zip: bool = path.is_file() and zipfile.is_zipfile(path)
        except (OSError, ValueError) as error:  # a name that no file can have, a closed folder
            raise BundleError(f"{str(path)!r:.200}: cannot be read: {error!s:.100}") from error
        if self.is_zip:
            with self._archive() as archive:
                check_members(archive, str(path))

    def read(self, name: str, *, most: int) -> bytes | None:
        """A member's content; None where there is no such member.

        Args:
            name: the member's.
            most: the bytes it may have.

        Raises:
            BundleError: it is larger, no regular file, or cannot be read.
        """
        chunks = self.chunks(name, most=most)
        try:
            return None if chunks is None else b"".join(chunks)
        except MemoryError as error:
            raise BundleError(f"{self.path}: {name} is too large for the memory") from error

    def chunks(self, name: str, *, most: int) -> Iterator[bytes] | None:
        """As :meth:`read`, a piece at a time."""
        if not self.is_zip:
            try:
                descriptor = self._open_regular(name)
            except (FileNotFoundError, NotADirectoryError):
                return None
            except OSError as error:
                reason = error.strerror or error
                raise BundleError(f"{self.path}: {name} cannot be read: {reason}") from error
            return self._bounded(open(descriptor, "rb"), name, most)
        with self._archive() as archive:
            if name not in archive.NameToInfo:
                return None
        return self._unpacked(name, most)

    def _open_regular(self, name: str) -> int:
        """A descriptor of a member of a folder."""
        member = self.path / name
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        flags |= getattr(os, "O_NONBLOCK", 0)  # a pipe that nobody writes to must not be waited for
        if not self._links and member.is_symlink():
            raise BundleError(f"{self.path}: {name} is a link; a bundle's files must be files")
        if not self._links:  # nor may it have become one meanwhile
            flags |= getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(member, flags)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise BundleError(f"{self.path}: {name} is no regular file")
        return descriptor

    def _unpacked(self, name: str, most: int) -> Iterator[bytes]:
        with self._archive() as archive:
            info = archive.getinfo(name)
            if info.flag_bits & _ENCRYPTED:
                raise BundleError(f"{self.path}: {name} is encrypted; zip it without a password")
            if info.compress_type not in _METHODS:
                raise BundleError(f"{self.path}: {name} is packed by a method other than deflate")
            if info.file_size > _UNPACKED_TIMES * info.compress_size + _UNPACKED_MORE:
                raise BundleError(
                    f"{self.path}: {name} has {info.compress_size:,} bytes and would unpack to "
                    f"{info.file_size:,}"
                )
            yield from self._bounded(archive.open(info), name, most)

    def _bounded(self, file: IO[bytes], name: str, most: int) -> Iterator[bytes]:
        """The content of an open file, which is closed at its end."""
        left = most
        with file:
            try:
                while chunk := file.read(min(_CHUNK, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        raise BundleError(f"{self.path}: {name} has more than {most:,} bytes")
                    yield chunk
            except _UNREADABLE as error:
                raise BundleError(f"{self.path}: {name} cannot be read: {error}") from error

    @contextmanager
    def _archive(self) -> Iterator[zipfile.ZipFile]:
        try:
            with open(self.path, "rb") as file:
                _check_count(file, self.path)
                with zipfile.ZipFile(file) as archive:
                    yield archive
        except _UNREADABLE as error:
            raise BundleError(f"{self.path}: a damaged zip: {error}") from error


def _check_count(file: IO[bytes], path: Path) -> None:
    """Refuse a zip of very many members before its list of them is read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - (1 << 16)))
    end = file.read()
    place = end.rfind(_END_RECORD)
    if 0 <= place <= len(end) - _END_BYTES:
        (count,) = struct.unpack_from("<H", end, place + 10)
        if count > _MOST_MEMBERS:
            raise BundleError(f"{path}: a zip of {count:,} members or more is no model bundle")
    file.seek(0)


def check_members(archive: zipfile.ZipFile, name: str) -> None:
    """See that the members of a zip share neither names nor bytes, and are not very many.

    Args:
        archive: the zip.
        name: its name, for the message.

    Raises:
        BundleError: they do, or are.
    """
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(infos) > _MOST_MEMBERS:
        raise BundleError(f"{name} is damaged: a zip of {len(infos):,} members")
    if len(set(names)) < len(names):
        twice = next(each for each in names if names.count(each) > 1)
        raise BundleError(f"{name} is damaged: the zip holds {twice!r:.80} twice")
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [info.header_offset for info in ordered[1:]] + [archive.start_dir]
    for info, end in zip(ordered, ends, strict=True):
        if info.header_offset + info.compress_size > end:
            raise BundleError(f"{name} is damaged: {info.filename!r:.80} overlaps another member")
