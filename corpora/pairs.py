"""Pairs of texts that say the same in two languages: tables, records, or two files side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from textrnn.corpora.files.opening import source_name
from textrnn.corpora.files.reading import Line, read_lines
from textrnn.corpora.formats.record import (
    Record,
    field_name,
    folded_name,
    shown_names,
    text_of,
)
from textrnn.corpora.formats.records import RECORD_FORMATS, read_records, record_format
from textrnn.corpora.in_memory import given_records
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError

Column = str | int | None

SOURCE_NAMES = ("source", "src", "from", "classical", "original", "原文", "古文", "文言文")
TARGET_NAMES = (
    "target", "tgt", "trg", "to", "translation", "modern", "译文", "今文", "现代文", "白话文",
)  # fmt: skip
# Of columns that are called by their languages the first is the source.
_LANGUAGES = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru", "sk",
    "sl", "sr", "sv", "ta", "th", "tr", "uk", "ur", "vi", "zh",
    "cmn", "deu", "eng", "fra", "ita", "jpn", "por", "rus", "spa",
)  # fmt: skip
# Words that a header is made of, but a sentence may be, too: both sides must have nothing else.
_HEADER_WORDS = (
    "arabic", "chinese", "czech", "dutch", "english", "french", "german", "greek", "hebrew",
    "hindi", "italian", "japanese", "korean", "latin", "polish", "portuguese", "russian",
    "spanish", "turkish", "vietnamese", "ancient", "classical", "modern", "literary", "simplified",
    "traditional", "source", "target", "src", "tgt", "sentence", "text", "input", "output",
    "中文", "汉语", "英文", "英语", "日文", "日语", "法语", "德语", "俄语", "文言", "白话",
)  # fmt: skip
_REGION = re.compile(r"([a-z]{2,3})[-_]([a-z]{2}|hans|hant)", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """A text and its translation.

    Attributes:
        source: the text.
        target: its translation.
        place: where it was read, as ``pairs.tsv: line 7``; empty where it was not.
    """

    source: str
    target: str
    place: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True)
class PairSource:
    """A file of pairs, as a recipe or the command line names it.

    Attributes:
        file: its path; ``-`` is standard input.
        target_file: a file whose lines are the translations of those of ``file``; empty where that
            holds both.
        source: name of the source's column or key, or the column's number from 0. By default a
            usual one, as ``source`` or ``src``, or of two that are called by their languages the
            first that is not the target; of a table without a header the first. A first row of two
            cells that are nothing but names of languages or sides is a header, too.
        target: the same for the translation.
        format: ``csv``, ``tsv``, ``jsonl``, ``json`` or ``parquet``; by default what the name's
            ending says, and without such an ending ``tsv``.
        encoding: of the files.
    """

    file: str
    target_file: str = ""
    source: Column = None
    target: Column = None
    format: str | None = None
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in RECORD_FORMATS:
            *formats, last = RECORD_FORMATS
            raise ConfigurationError(
                f"pairs are {', '.join(formats)} or {last}; received format={self.format!r}"
            )


def read_pairs(
    source: PairSource, *, on_note: Callable[[str], None] | None = None
) -> Iterator[Pair]:
    """Read pairs; those of which a side is empty are left out.

    Args:
        source: the file, or files.
        on_note: told of a first row that names languages alone, and at the end how many pairs
            were left out.

    Yields:
        One pair after another; memory does not grow with the file.

    Raises:
        InputError: a file cannot be read or is malformed, has no fields for both sides, or two
            files have unlike numbers of lines; the message names the line.
    """
    yield from _whole(every_pair(source, on_note=on_note), on_note)


def every_pair(
    source: PairSource, *, on_note: Callable[[str], None] | None = None
) -> Iterator[Pair]:
    """The same with those of which a side is empty.

    Raises:
        InputError: as :func:`read_pairs`.
    """
    return _aligned(source) if source.target_file else _recorded(source, on_note)


def given_pairs(
    data: Any,
    *,
    source: Column = None,
    target: Column = None,
    name: str = "data",
    on_note: Callable[[str], None] | None = None,
) -> Iterator[Pair]:
    """Pairs that Python holds: ``(source, target)``, dictionaries, a table, or pairs.

    Args:
        data: these.
        source: as :class:`PairSource` has it.
        target: likewise.
        name: what messages call the data.
        on_note: as :func:`read_pairs` has it.

    Raises:
        InputError: an entry is nothing of these.

    Example:
        >>> list(given_pairs([("A joy.", "Eine Freude.")]))
        [Pair(source='A joy.', target='Eine Freude.')]
    """

    def pairs() -> Iterator[Pair]:
        for record, entry in given_records(data, name):
            if isinstance(entry, Pair):
                yield entry
            elif isinstance(entry, Mapping):
                yield _pair(record, *_columns(record.fields, source, target, record.place))
            elif isinstance(entry, list | tuple) and len(entry) == 2:
                yield _pair(record, "0", "1")
            else:
                what = "(source, target), a dictionary or a Pair"
                raise InputError(f"{record.place}: expected {what}; received {entry!r:.80}")

    yield from _whole(pairs(), on_note)


def _whole(pairs: Iterable[Pair], on_note: Callable[[str], None] | None) -> Iterator[Pair]:
    """The pairs of which no side is empty."""
    empty, first = 0, ""
    for pair in pairs:
        if pair.source.strip() and pair.target.strip():
            yield pair
        else:
            empty, first = empty + 1, first or pair.place
    if empty and on_note is not None:
        pairs_with = counted(empty, "pair with", "pairs with")
        on_note(f"left out: {pairs_with} an empty side (the first: {first})")


def _aligned(source: PairSource) -> Iterator[Pair]:
    """The lines of two files, side by side."""
    names = source.file, source.target_file
    lines: list[Iterator[Line]] = [read_lines(name, encoding=source.encoding) for name in names]
    for number, (one, other) in enumerate(zip_longest(*lines), start=1):
        if one is None or other is None:
            short, long = map(source_name, names if one is None else reversed(names))
            raise InputError(
                f"{long}: line {number}: there is no such line in {short}: the two files must have "
                "the same number of lines, each the translation of the other's"
            )
        yield Pair(one.text, other.text, one.place)


def _recorded(source: PairSource, on_note: Callable[[str], None] | None) -> Iterator[Pair]:
    """The rows of a table, or records."""
    numbered = all(str(column).isdecimal() for column in (source.source, source.target))
    told = [str(column) for column in (source.source, source.target) if column is not None]
    found: tuple[str, str] | None = None

    def settle(names: Sequence[str], place: str) -> None:
        nonlocal found
        found = _columns(dict.fromkeys(names), source.source, source.target, place)

    records = read_records(
        source.file,
        form=source.format or record_format(source.file) or "tsv",
        encoding=source.encoding,
        header=False if numbered else None,
        names=[*SOURCE_NAMES, *TARGET_NAMES, *_LANGUAGES, *told],
        on_header=settle,
    )
    for place, record in enumerate(records):
        fields = record.fields
        if not (place or told) and _names_alone(fields):
            if on_note is not None:
                on_note(f"{record.place}: taken for a header: {shown_names(fields.values())}")
            continue
        if isinstance(both := fields.get("translation"), Mapping):  # as Hugging Face has pairs
            record = Record(both, record.number, record.source, record.unit)
        columns = found or _columns(record.fields, source.source, source.target, record.place)
        yield _pair(record, *columns)


def _names_alone(fields: Mapping[str, Any]) -> bool:
    """Whether a row without a header has two cells that are nothing but names of languages or
    sides.
    """
    return list(fields) == ["0", "1"] and all(_is_name(str(cell)) for cell in fields.values())


def _is_name(cell: str) -> bool:
    """Whether a cell has only words of headers, or a language and a region.

    Example:
        >>> [_is_name(cell) for cell in ("English", "classical_chinese", "zh-CN", "英文", "no no")]
        [True, True, True, True, False]
    """
    if region := _REGION.fullmatch(cell.strip()):
        return region[1].lower() in _LANGUAGES
    words = folded_name(cell).replace("_", " ").split()
    known = {*_HEADER_WORDS, *SOURCE_NAMES, *TARGET_NAMES} - {"from", "to"}
    return bool(words) and all(
        word in known or (number == 0 and len(words) > 1 and word in _LANGUAGES)
        for number, word in enumerate(words)
    )


def _columns(
    fields: Mapping[str, Any], source: Column, target: Column, place: str
) -> tuple[str, str]:
    """The names of the fields of both sides.

    Raises:
        InputError: there are none.
    """
    numbered = list(fields) == list(map(str, range(len(fields))))
    languages = [name for name in fields if folded_name(name).split("-")[0] in _LANGUAGES]
    told = [field_name(fields, wanted) for wanted in (source, target) if wanted is not None]
    left = [name for name in languages if name not in told]
    if len(fields) == 1:
        raise InputError(
            f"{place}: there is one column alone, {shown_names(fields)}: the translations, target, "
            "stand in another beside the texts, source"
        )
    found = list[str]()
    for side, wanted, usual in (("source", source, SOURCE_NAMES), ("target", target, TARGET_NAMES)):
        name = field_name(fields, wanted, usual)
        number = len(found)
        if name is None and wanted is None and numbered and len(fields) > 1:
            name = str(number)
        if name is None and wanted is None and len(languages) == 2:
            name = left[0] if len(left) == 1 else languages[number]
        if name is None:
            what = f"no field {str(wanted)!r}" if wanted is not None else f"no {side}"
            raise InputError(
                f"{place}: {what}; there are: {shown_names(fields)}; name it with {side}=…, or its "
                "number from 0 where there is no header"
            )
        found.append(name)
    one, other = found
    if one == other:
        raise InputError(f"{place}: source and target are both {one}")
    return one, other


def _pair(record: Record, source: str, target: str) -> Pair:
    return Pair(text_of(record, source), text_of(record, target), record.place)
