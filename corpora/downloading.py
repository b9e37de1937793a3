"""Files from the network: resumed where they were cut off, checked, and unpacked with care."""

from __future__ import annotations

import hashlib
import http.client
import json
import lzma
import os
import shutil
import stat
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from textrnn.errors import ConfigurationError, InputError

_BLOCK_BYTES = 1 << 16
_FIRST_PAUSE_S = 0.5  # before a second try; each further pause is twice as long

_DAMAGED = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError,
    NotImplementedError, RuntimeError,
)  # fmt: skip

OnBytes = Callable[[int, "int | None"], None]


def download(
    url: str,
    target: Path,
    *,
    sha256: str = "",
    timeout_s: float = 30.0,
    tries: int = 5,
    on_bytes: OnBytes = lambda done, total: None,
) -> Path:
    """Fetch a file; what is there of it already, from an earlier call too, is not fetched again.

    While it is not whole it lies beside ``target`` under another name.

    Args:
        url: ``http`` or ``https``; redirects are followed.
        target: the file to be; one that is there already is checked and kept.
        sha256: its checksum; empty: it is not checked.
        timeout_s: how long the server may say nothing.
        tries: how often a connection that broke off is made again without any progress between.
        on_bytes: called with how many bytes are there, and of how many if that is known.

    Raises:
        ConfigurationError: the address is of another kind.
        InputError: the server refuses, cannot be reached, or gives another file than it should.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"{url}: expected an address that begins with http or https")
    if target.exists():
        _check(target, sha256, target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    failures = 0
    while True:
        before = partial.stat().st_size if partial.exists() else 0
        try:
            if _fetch(url, partial, timeout_s, on_bytes):
                break
            reason = "the connection was cut off"
        except urllib.error.HTTPError as error:
            if error.code == 416 and before:  # nothing lies beyond what is there
                partial.unlink()
                continue
            if error.code < 500:
                message = f"{url}: the server says {error.code} {error.reason}"
                raise InputError(message) from error
            reason = f"the server says {error.code} {error.reason}"
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
        grown = partial.exists() and partial.stat().st_size > before
        failures = 0 if grown else failures + 1
        if failures >= tries:
            raise InputError(f"{url}: {reason} ({tries} tries); call again to go on")
        time.sleep(_FIRST_PAUSE_S * 2**failures * (not grown))
    _check(partial, sha256, target)
    os.replace(partial, target)
    _marks(partial).unlink(missing_ok=True)
    return target


def _fetch(url: str, partial: Path, timeout_s: float, on_bytes: OnBytes) -> bool:
    """Fetch what is missing; whether the file is whole then."""
    have = partial.stat().st_size if partial.exists() else 0
    headers = {"User-Agent": "textrnn", "Accept-Encoding": "identity"}
    mark = _read_mark(partial) if have else ""
    if mark:
        headers |= {"Range": f"bytes={have}-", "If-Range": mark}
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:
        if answer.status != 206:
            have = 0  # the file has changed, or the server gives it only as a whole
        length = answer.headers.get("Content-Length")
        total = None if length is None else have + int(length)
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        _marks(partial).write_text(json.dumps({"mark": mark}), encoding="utf-8")
        with partial.open("ab" if have else "wb") as file:
            while block := answer.read(_BLOCK_BYTES):
                file.write(block)
                have += len(block)
                on_bytes(have, total)
    return total is None or have == total


def _marks(partial: Path) -> Path:
    return partial.with_name(partial.name + ".json")


def _read_mark(partial: Path) -> str:
    """What tells the version of a file whose beginning is there."""
    try:
        found: Any = json.loads(_marks(partial).read_text(encoding="utf-8"))["mark"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return str(found)


def _check(file: Path, sha256: str, name: Path) -> None:
    if not sha256:
        return
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != sha256:
        if file != name:
            file.unlink()
        raise InputError(
            f"{name}: sha256 is {digest.hexdigest()}, expected {sha256}: the file was damaged, "
            "or is another one"
        )


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
        with tempfile.TemporaryDirectory(prefix=".unpack-", dir=folder) as scratch:
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as zipped:
                    names = [_inside(archive, i.filename, _is_link(i)) for i in zipped.infolist()]
                    zipped.extractall(scratch)
            else:
                with tarfile.open(archive) as tarred:
                    members = tarred.getmembers()
                    names = [
                        _inside(archive, m.name, not (m.isfile() or m.isdir())) for m in members
                    ]
                    for member in members:
                        _extract(tarred, member, Path(scratch))
            files = [name for name in names if (Path(scratch) / name).is_file()]
            for name in files:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(Path(scratch) / name, folder / name)
    except _DAMAGED as error:
        raise InputError(f"{archive}: cannot be unpacked: {error}") from error
    return [folder / name for name in files]


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
