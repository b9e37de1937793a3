"""Archives unpacked with care: into their folder, as a whole, and nowhere else."""

from __future__ import annotations

import lzma
import os
import shutil
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from textrnn.corpora.files.writing import open_scratch
from textrnn.errors import InputError

_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError,
    NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def unpack(archive: Path, folder: Path) -> list[Path]:
    """Unpack a zip or a tar, packed or not, into a folder, and nowhere else.

    Returns:
        The files, in the archive's order.

    Raises:
        InputError: it is no such archive, damaged, or holds a link or a path that leads outside;
            nothing is unpacked then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with open_scratch(folder / archive.name) as scratch:
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as zipped:
                    names = [_inside(archive, i.filename, _is_link(i)) for i in zipped.infolist()]
                    _check_room(archive, folder, sum(i.file_size for i in zipped.infolist()))
                    zipped.extractall(scratch)
            else:
                with tarfile.open(archive) as tarred:
                    members = tarred.getmembers()
                    names = [
                        _inside(archive, m.name, not (m.isfile() or m.isdir())) for m in members
                    ]
                    _check_room(archive, folder, sum(m.size for m in members))
                    for member in members:
                        _extract(tarred, member, scratch)
            files = [name for name in names if (scratch / name).is_file()]
            for name in files:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(scratch / name, folder / name)
    except _DAMAGED as error:
        raise InputError(f"{archive}: cannot be unpacked: {error}") from error
    return [folder / name for name in files]


def _check_room(archive: Path, folder: Path, size_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if size_bytes > free:
        raise InputError(
            f"{archive}: unpacked it has {size_bytes:,} bytes, and {free:,} are free in {folder}"
        )


def _extract(tarred: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target = folder / member.name
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tarred.extractfile(member)
    assert source is not None
    with source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _inside(archive: Path, name: str, strange: bool) -> str:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[:1] or strange:
        raise InputError(f"{archive}: {name!r} leads outside its folder or is a link: refused")
    return name
