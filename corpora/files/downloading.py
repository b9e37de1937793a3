"""Files from the network: resumed where they were cut off, and checked."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import shutil
import time
import urllib.error
from collections.abc import Callable
from email.message import Message
from io import FileIO
from pathlib import Path
from typing import Any

from textrnn.corpora.files.fetching import SCHEMES, Answer, Patience
from textrnn.corpora.files.locks import hold_lock
from textrnn.corpora.files.partials import short_name
from textrnn.corpora.files.writing import publish, write_file
from textrnn.errors import ConfigurationError, InputError, TextRNNError

_FIRST_PAUSE_S = 0.5  # before a second try; each further pause is twice as long
_STEP_BYTES = 1 << 20  # more of a file than there ever was, so that tries count from one again

OnBytes = Callable[[int, "int | None"], None]


def download(
    url: str,
    target: Path,
    *,
    sha256: str = "",
    patience: Patience | None = None,
    tries: int = 4,
    on_bytes: OnBytes = lambda done, total: None,
    on_wait: Callable[[], object] = lambda: None,
) -> Path:
    """Fetch a file; what is there of it already, from an earlier call too, is not fetched again.

    While it is not whole it lies beside ``target`` under another name. Of several processes that
    fetch it one does, and the others wait for it.

    Args:
        url: ``http`` or ``https``; redirects are followed.
        target: the file to be; one that is there already is checked and kept.
        sha256: its checksum; empty: it is not checked.
        patience: with the server.
        tries: how often a connection that broke off is made again without a megabyte between.
        on_bytes: called with how many bytes are there, and of how many if that is known.
        on_wait: called where another process is fetching the file.

    Raises:
        ConfigurationError: the address is of another kind.
        InputError: the server refuses, cannot be reached, takes too long, or gives another file
            than it should; or the file has no room.
    """
    if not url.startswith(SCHEMES):
        raise ConfigurationError(f"{url}: expected an address that begins with http or https")
    if target.exists():
        _check(target, sha256, target)
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = target.with_name(short_name(f".{target.name}", ".lock"))
    with hold_lock(lock, on_wait=on_wait):
        if target.exists():  # by another process
            _check(target, sha256, target)
            return target
        partial = target.with_name(short_name(target.name, ".partial"))
        _fetch_whole(url, partial, patience or Patience(), tries, on_bytes)
        _check(partial, sha256, target)
        publish(partial, target)
        _marks(partial).unlink(missing_ok=True)
    return target


def _fetch_whole(
    url: str, partial: Path, patience: Patience, tries: int, on_bytes: OnBytes
) -> None:
    """Try until a file is whole, or there is no progress any more."""
    failures = furthest = counted_from = 0
    while True:
        try:
            if _fetch(url, partial, patience, on_bytes):
                return
            reason = "the connection was cut off"
        except urllib.error.HTTPError as error:
            reason = f"the server says {error.code} {error.reason}"
            if error.code == 416:  # nothing lies beyond what is there
                if error.headers.get("Content-Range") == f"bytes */{_size(partial)}":
                    return
                partial.unlink(missing_ok=True)
            elif error.code < 500:
                raise InputError(f"{url}: {reason}") from error
        except (OSError, http.client.HTTPException) as error:
            reason = _in_words(error)
        have = _size(partial)
        failures += 1
        if have >= counted_from + _STEP_BYTES:
            counted_from, failures = have, 0
        if failures >= tries:
            raise InputError(f"{url}: {reason} ({tries} tries); call again to go on")
        if have <= furthest:
            time.sleep(_FIRST_PAUSE_S * 2**failures)
        furthest = max(furthest, have)


def _in_words(error: Exception) -> str:
    """Why a server does not answer; where it was never reached, what to look at."""
    cause = getattr(error, "reason", error)
    told = getattr(cause, "strerror", None) or str(cause) or type(error).__name__
    if isinstance(error, urllib.error.URLError):
        return f"cannot be reached: {told}; is there a network, or a proxy (https_proxy) to name?"
    return str(told)


def _fetch(url: str, partial: Path, patience: Patience, on_bytes: OnBytes) -> bool:
    """Fetch what is missing; whether the file is whole then."""
    have = _size(partial)
    headers = {"User-Agent": "textrnn", "Accept-Encoding": "identity"}
    mark = _read_mark(partial) if have else ""
    if mark:
        headers |= {"Range": f"bytes={have}-", "If-Range": mark}
    answer = Answer(url, headers, patience)
    total: int | None
    try:
        if answer.status == 206:
            total = _end_of_part(answer.headers, have, partial)
        else:  # the file has changed, or the server gives it only as a whole
            have, total = 0, _announced(answer, url)
        _check_room(url, partial, (total or 0) - have)
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        write_file(_marks(partial), json.dumps({"mark": mark}))
        with FileIO(partial, "a" if have else "w") as file:
            for block in answer.blocks():
                have += len(block)
                if have > (patience.max_bytes if total is None else total):
                    raise InputError(f"{url}: the server sends more than it should: {have:,} bytes")
                _append(file, block, partial)
                on_bytes(have, total)
    finally:
        answer.close()
    return total is None or have == total


def _announced(answer: Answer, url: str) -> int | None:
    """The size that the server announces, if it does.

    Raises:
        InputError: it announces no number, or gives no file.
    """
    if answer.status != 200:
        raise InputError(f"{url}: the server says {answer.status}, and gives no file")
    length = answer.headers.get("Content-Length")
    if length is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", length):
        raise InputError(f"{url}: the server announces a size of {length!r}")
    return int(length)


def _end_of_part(headers: Message, have: int, partial: Path) -> int:
    """The size of a file of which the server gives all from ``have`` on.

    Raises:
        http.client.HTTPException: it gives another part; what there was of the file is gone.
    """
    given = headers.get("Content-Range") or ""
    found = re.fullmatch(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)", given)
    if found is not None:
        begin, size = int(found[1]), int(found[2]) + 1
        length = headers.get("Content-Length") or str(size - begin)
        if begin == have < size and found[3] in ("*", str(size)) and length == str(size - begin):
            return size
    partial.unlink(missing_ok=True)
    raise http.client.HTTPException(
        f"asked for what follows byte {have:,}, the server gave {given or 'it knows not what'!r}"
    )


def _check_room(url: str, partial: Path, missing_bytes: int) -> None:
    free = shutil.disk_usage(partial.parent).free
    if missing_bytes > free:
        raise InputError(
            f"{url}: {missing_bytes:,} bytes are to come, and {free:,} are free in {partial.parent}"
        )


def _append(file: FileIO, block: bytes, partial: Path) -> None:
    view = memoryview(block)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        raise TextRNNError(f"{partial}: {error.strerror}; call again to go on") from error


def _size(partial: Path) -> int:
    return partial.stat().st_size if partial.exists() else 0


def _marks(partial: Path) -> Path:
    return partial.with_name(short_name(partial.name, ".json"))


def _read_mark(partial: Path) -> str:
    """What tells the version of a file whose beginning is there."""
    try:
        found: Any = json.loads(_marks(partial).read_text(encoding="utf-8"))["mark"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
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
