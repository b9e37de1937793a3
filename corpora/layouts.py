"""What archives hold, as the files that recipes read: one function a layout.

Each takes an archive as its home gives it, and the name of what is wanted of it, and returns the
content of one file. Nothing is unpacked onto the disk, and no more is read than the file may have.
"""

from __future__ import annotations

import gzip
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from textrnn.errors import InputError

_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)
_REVIEW = re.compile(r"aclImdb/(train|test)/(neg|pos|unsup)/(\d+)_(\d+)\.txt")
_MOST_REVIEW_BYTES = 1 << 20

Layout = Callable[[Path, str, int], bytes]


def plain(archive: Path, name: str, most_bytes: int) -> bytes:
    """The file itself."""
    with archive.open("rb") as file:
        return _read(file, archive, most_bytes)


def gzipped(archive: Path, name: str, most_bytes: int) -> bytes:
    """A file that is packed by itself."""
    with gzip.open(archive) as file:
        return _read(file, archive, most_bytes)


def zip_member(archive: Path, name: str, most_bytes: int) -> bytes:
    """A file of a zip, by its name; in which folder it lies there is of no account."""
    with zipfile.ZipFile(archive) as zipped:
        found = [
            info
            for info in zipped.infolist()
            if PurePosixPath(info.filename).name == name and "__MACOSX" not in info.filename
        ]
        if len(found) != 1:
            raise InputError(f"{archive}: {len(found)} files are called {name}; expected one")
        with zipped.open(found[0]) as file:
            return _read(file, archive, most_bytes)


def imdb_reviews(archive: Path, name: str, most_bytes: int) -> bytes:
    """Reviews of aclImdb_v1.tar.gz, which has a file for each: of ``train`` or ``test`` JSON lines
    with label, rating, id and text, negative ones first; of ``unsup`` a text a line.
    """
    part, folders = ("train", ("unsup",)) if name == "unsup" else (name, ("neg", "pos"))
    found: dict[tuple[str, int], tuple[int, str]] = {}
    size = 0
    for folder, number, rating, content in _reviews(archive, part):
        if folder not in folders:
            continue
        size += len(content)
        if size > most_bytes:
            raise InputError(f"{archive}: its reviews have more than {most_bytes:,} bytes")
        found[folder, number] = rating, content.decode("utf-8")
    lines = []
    for (folder, number), (rating, text) in sorted(found.items()):
        if name == "unsup":
            lines.append(text)
            continue
        row = {
            "label": int(folder == "pos"),
            "rating": rating,
            "id": f"{part}/{folder}/{number}_{rating}",
            "text": text,
        }
        lines.append(json.dumps(row, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _reviews(archive: Path, part: str) -> Iterator[tuple[str, int, int, bytes]]:
    """Folder, number, rating and content of each review."""
    with tarfile.open(archive) as tarred:
        for member in tarred:
            match = _REVIEW.fullmatch(member.name.removeprefix("./"))
            if match is None or match[1] != part or not member.isfile():
                continue
            file = tarred.extractfile(member)
            if file is None or member.size > _MOST_REVIEW_BYTES:
                raise InputError(f"{archive}: {member.name} is no review")
            yield match[2], int(match[3]), int(match[4]), file.read()


LAYOUTS: dict[str, Layout] = {
    "plain": plain,
    "gzip": gzipped,
    "zip": zip_member,
    "imdb": imdb_reviews,
}


def content_of(archive: Path, layout: str, name: str, most_bytes: int) -> bytes:
    """The content of a file that an archive holds.

    Args:
        archive: as its home gives it.
        layout: of LAYOUTS.
        name: of what is wanted of it.
        most_bytes: that the file may have.

    Raises:
        InputError: the archive is damaged, or does not hold it.
    """
    try:
        return LAYOUTS[layout](archive, name, most_bytes)
    except (*_DAMAGED, UnicodeDecodeError) as error:
        raise InputError(f"{archive}: cannot be unpacked: {error}") from error


def _read(file: IO[bytes] | gzip.GzipFile, archive: Path, most: int) -> bytes:
    content = file.read(most + 1)
    if len(content) > most:
        raise InputError(f"{archive}: unpacked it has more than {most:,} bytes")
    return content
