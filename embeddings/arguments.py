"""What a caller gave, looked at before it is used, with errors that name the place."""

from __future__ import annotations

import operator
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import ConfigurationError, InputError

MOST_UNITS = 1 << 16  # numbers a word; who promises more is wrong, or wants to fill memory
_SIMPLE = (type(None), bool, int, float, str, bytes)


def received(value: object) -> str:
    """A value for a message: itself where it is simple, else its kind."""
    if not isinstance(value, _SIMPLE):
        return f"a {type(value).__name__}"
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def short(word: str) -> str:
    """A word for a message, in quotes, cut where it is very long."""
    return repr(word) if len(word) <= 80 else f"{word[:80]!r}…"


def is_number(part: str | bytes) -> bool:
    """Whether Python reads it as a number."""
    try:
        float(part)
    except ValueError:
        return False
    return True


def check_word(word: object, place: str = "a word") -> str:
    """A word.

    Raises:
        ConfigurationError: it is no text.
    """
    if not isinstance(word, str):
        raise ConfigurationError(f"{place} must be text; received {received(word)}")
    return word


def check_words(words: object, name: str) -> list[str]:
    """Some words, as a list.

    Raises:
        ConfigurationError: it is no list of texts; the message says which is none.
    """
    if isinstance(words, str | bytes) or not isinstance(words, Iterable):
        raise ConfigurationError(f"{name} must be a list of words; received {received(words)}")
    found = list(words)
    if not all(isinstance(word, str) for word in found):
        place = next(i for i, word in enumerate(found) if not isinstance(word, str))
        check_word(found[place], f"{name}[{place}]")
    return found


def check_count(count: object, name: str, *, least: int = 1, most: int | None = None) -> int:
    """A whole number.

    Raises:
        ConfigurationError: it is none, too small or too large.
    """
    try:
        found = None if isinstance(count, bool) else operator.index(count)  # type: ignore[arg-type]
    except TypeError:
        found = None
    if found is None:
        raise ConfigurationError(f"{name} must be a whole number; received {received(count)}")
    if found < least:
        raise ConfigurationError(f"{name} must be at least {least}; received {found}")
    if most is not None and found > most:
        raise ConfigurationError(f"{name} must be at most {most:,}; received {found}")
    return found


def check_path(path: object, name: str = "path") -> Path:
    """The name of a file.

    Raises:
        ConfigurationError: it is none.
    """
    given = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(given, str) or not given or "\0" in given:
        raise ConfigurationError(f"{name} must name a file; received {received(path)}")
    return Path(given)


def check_regular(path: str | Path) -> None:
    """Refuse what is there but no file: a folder, a device, a named pipe.

    Raises:
        InputError: it is such, or there is nothing.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if stat.S_ISDIR(mode):
        raise InputError(f"{path}: a folder, not a file")
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: a device or a pipe; word vectors are read from files")


def check_rows(matrix: object, name: str, *, units: int | None = None) -> NDArray[Any]:
    """A matrix of finite numbers.

    Raises:
        ConfigurationError: it is none, or its rows have other numbers of units.
    """
    try:
        found = np.asarray(matrix)
    except ValueError as error:  # rows of different lengths
        raise ConfigurationError(f"{name} must be a matrix of numbers") from error
    if found.ndim != 2 or found.dtype.kind not in "fiub":
        raise ConfigurationError(
            f"{name} must be a matrix of numbers; received {found.dtype} of shape {found.shape}"
        )
    if units is not None and found.shape[1] != units:
        raise ConfigurationError(
            f"{name} must have rows of {units} numbers; received {found.shape[1]}"
        )
    if found.dtype.kind == "f" and not np.isfinite(found).all():
        row = int(np.flatnonzero(~np.isfinite(found).all(axis=1))[0])
        raise ConfigurationError(f"{name}[{row}]: a number is not finite")
    return found
