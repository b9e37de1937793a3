"""The objects of a JSON file, one by one: memory grows with the longest, not with the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from textrnn.corpora.files.opening import source_name
from textrnn.corpora.files.reading import MAX_CHARACTERS, read_blocks
from textrnn.corpora.formats.json_text import check_value, decoder, too_deep
from textrnn.corpora.formats.record import Record, RecordOptions, json_record
from textrnn.errors import InputError

_LISTS = ("data", "rows", "records", "items", "examples", "results")  # may hold all records
_LONGEST_WORD = 12  # of JSON, -Infinity among them: what is cut off shows as an error so near


def json_objects(
    blocks: Iterable[str],
    name: str,
    *,
    lists: bool = False,
    halves: str = "mend",
    odd: bool = False,
) -> Iterator[Any]:
    """Read an array of objects, or objects one after another.

    Args:
        blocks: the file's text, in pieces.
        name: the file's, for messages.
        lists: whether the array may hold lists, too.
        halves: what becomes of half a pair of surrogates, as in
            :func:`textrnn.corpora.formats.json_text.parse_json`.
        odd: whether what is no object comes as it is, and NaN as null, instead of an error.

    Yields:
        The objects; a single one that has a list of objects under ``data``, ``rows``, ``records``,
        ``items``, ``examples`` or ``results``, and under no other of these, stands for that list.

    Raises:
        InputError: it is no JSON within our bounds, something else than an object, or too long.
    """
    kinds = object if odd else (dict, list) if lists else dict
    text = _Text(iter(blocks), name, kinds, halves, odd=odd)
    if text.next_mark() == "[":
        yield from _array(text)
    elif text.next_mark():
        first = text.object()
        if not text.next_mark():
            yield from _unwrapped(first, odd=odd)
            return
        yield first
        while text.next_mark():
            yield text.object()


def json_records(path: str | Path, options: RecordOptions) -> Iterator[Record]:
    """The records of a file, an object each.

    Raises:
        InputError: the file cannot be read, or as :func:`json_objects`.
    """
    blocks, name = read_blocks(path, encoding=options.encoding), source_name(path)
    values = json_objects(blocks, name, halves=options.halves, odd=options.odd)
    for number, value in enumerate(values, start=1):
        yield json_record(value, number, name, "record", odd=options.odd)


def _array(text: _Text) -> Iterator[Any]:
    text.at += 1
    if text.next_mark() == "]":
        text.at += 1
    else:
        while True:
            yield text.object()
            mark = text.next_mark()
            text.at += 1
            if mark == "]":
                break
            if mark != ",":
                what = f"{mark!r}" if mark else "the end of the file"
                raise InputError(f"{text.place}: expected , or ] behind it, not {what}")
    if mark := text.next_mark():
        raise InputError(f"{text.name}: {mark!r} stands after the end of the array")


def _unwrapped(value: Any, *, odd: bool) -> Iterator[Any]:
    enough = any if odd else all
    lists = [
        value[key]
        for key in _LISTS
        if isinstance(value, dict)
        and isinstance(value.get(key), list)
        and enough(isinstance(entry, dict) for entry in value[key])
    ]
    yield from lists[0] if len(lists) == 1 and lists[0] else [value]


class _Text:
    """The part of a file that is being read, and what follows."""

    def __init__(
        self,
        blocks: Iterator[str],
        name: str,
        kinds: type | tuple[type, ...],
        halves: str,
        *,
        odd: bool,
    ) -> None:
        self._halves, self._decoder = halves, decoder(odd=odd)
        self._blocks, self.name, self._kinds = blocks, name, kinds
        self._text, self.at, self._number = "", 0, 0

    @property
    def place(self) -> str:
        """That of the object read last."""
        return f"{self.name}: record {self._number}"

    def next_mark(self) -> str:
        """The next character that is no white space, which is not taken; empty at the end."""
        while True:
            while self.at < len(self._text) and self._text[self.at] in " \t\n\r":
                self.at += 1
            if self.at < len(self._text):
                return self._text[self.at]
            if not self._read_on():
                return ""

    def object(self) -> Any:
        """The next object."""
        self._number += 1
        self.next_mark()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self.at)
                # A number may go on behind what was read.
                near = end > len(self._text) - _LONGEST_WORD
                if not (isinstance(value, int | float) and near and self._read_on()):
                    break
            except RecursionError:
                raise too_deep(self.place) from None
            except json.JSONDecodeError as error:
                if self._is_whole(error) or not self._read_on():
                    raise InputError(f"{self.place}: not JSON: {error.msg}") from error
            except ValueError as error:
                raise InputError(f"{self.place}: not JSON: {error}") from error
        value = check_value(value, self._text[self.at : end], self.place, halves=self._halves)
        if not isinstance(value, self._kinds):
            raise InputError(f'{self.place}: expected an object, as {{"text": …, "label": …}}')
        self.at = end
        return value

    def _is_whole(self, error: json.JSONDecodeError) -> bool:
        """Whether an error is none of a text that goes on behind what was read."""
        near = error.pos >= len(self._text) - _LONGEST_WORD
        return not near and not error.msg.startswith("Unterminated")

    def _read_on(self) -> bool:
        """Read as much again as there is; False where there is no more."""
        kept = self._text[self.at :]
        if len(kept) > MAX_CHARACTERS:
            raise InputError(
                f"{self.name}: record {max(self._number, 1)}: no JSON, or longer than "
                f"{MAX_CHARACTERS:,} characters; write an array of records, or a record a line "
                "(.jsonl)"
            )
        pieces, size = [kept], 0
        for block in self._blocks:
            pieces.append(block)
            size += len(block)
            if size and size >= len(kept):
                break
        self._text, self.at = "".join(pieces), 0
        return size > 0
