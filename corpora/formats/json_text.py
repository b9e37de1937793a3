"""JSON as it may come from anywhere: read within bounds, and written so that all can read it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from textrnn.errors import InputError

MAX_DEPTH = 100  # lists and objects within each other
_MAX_DIGITS = 300  # of a whole number; a float ends near there
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str, place: str, *, halves: str = "refuse", odd: bool = False) -> Any:
    """Read one JSON value.

    Args:
        text: the value, and nothing else but white space.
        place: where it stands, for messages, as ``a.jsonl: line 3``.
        halves: what becomes of half a pair of surrogates, which texts that were cut within an emoji
            have: ``refuse`` it, ``mend`` it by U+FFFD, or ``keep`` it.
        odd: whether NaN and Infinity, which Python writes, are null rather than no JSON.

    Raises:
        InputError: it is no JSON; or it holds NaN, an infinite or endless number, a key twice, half
            a pair of surrogates, or more than 100 lists and objects within each other.

    Example:
        >>> parse_json('{"text": "fine", "stars": 5}', "a.jsonl: line 1")
        {'text': 'fine', 'stars': 5}
    """
    try:
        value = decoder(odd=odd).decode(text)
    except RecursionError:
        raise too_deep(place) from None
    except ValueError as error:
        raise InputError(f"{place}: not JSON: {error}") from error
    return check_value(value, text, place, halves=halves)


def check_value(value: Any, text: str, place: str, *, halves: str) -> Any:
    """The value that ``text`` says, its depth and its surrogates looked at.

    Raises:
        InputError: as :func:`parse_json` does.
    """
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_deep(value):
        raise too_deep(place)
    if halves == "keep" or not _HALF_PAIR.search(text):
        return value
    whole = mended(value)
    if whole != value and halves != "mend":
        raise InputError(f"{place}: half a pair of surrogates (\\ud800 to \\udfff) is no text")
    return whole


def too_deep(place: str) -> InputError:
    """The error of a value with too many lists and objects within each other."""
    return InputError(f"{place}: JSON with more than {MAX_DEPTH} levels of lists and objects")


def json_line(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON on one line, or indented on several; anything JSON has no word for as what
    comes nearest.

    NaN and infinite numbers become null, dates and times strings as ISO 8601 has them, bytes
    hexadecimal digits.

    Example:
        >>> json_line({"label": "good", "share": float("nan")})
        '{"label": "good", "share": null}'
    """
    try:
        return _dumped(value, indent)
    except ValueError:
        return _dumped(_finite(value), indent)


def _dumped(value: Any, indent: int | None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain, indent=indent)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):  # NumPy's
        return value.tolist()
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def _is_deep(value: Any) -> bool:
    level, depth = [value], 0
    while level := [entry for entry in level if isinstance(entry, dict | list)]:
        depth += 1
        if depth > MAX_DEPTH:
            return True
        level = [e for x in level for e in (x.values() if isinstance(x, dict) else x)]
    return False


def mended(value: Any) -> Any:
    """A value with U+FFFD for each half of a pair of surrogates, which no file can hold."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {mended(key): mended(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [mended(entry) for entry in value]
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:80]!r} stands there twice")
    return found


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:40]} is larger than any that is counted with")
    return number


def _int(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits ({digits[:20]}…)")
    return int(digits)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON; null says that there is no number")


@cache
def decoder(*, odd: bool) -> json.JSONDecoder:
    """What reads JSON within our bounds; ``odd`` as in :func:`parse_json`."""
    return json.JSONDecoder(
        object_pairs_hook=_object,
        parse_float=_float,
        parse_int=_int,
        parse_constant=(lambda name: None) if odd else _constant,
    )
