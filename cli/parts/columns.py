"""The columns of tables of answers: what is answered, and the records' own fields beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TypeVar

from textrnn.cli.parts.inputs import Inputs
from textrnn.corpora import Line, TextLine, given_names, is_pipe, json_line
from textrnn.errors import InputError
from textrnn.heads.result import INTEGER, NUMBER, TEXT

_TEXT = "text"  # what the column of the texts is called where records do not say otherwise
TRUTH = "truth"  # a kind that records have and answers do not
L = TypeVar("L", bound=Line)

_WITH_COLUMNS = ("csv", "tsv", "table", "parquet")
_MOST = 1 << 63  # of integers


@dataclass(frozen=True)
class Columns:
    """The fields that records bring along.

    Attributes:
        names: what each is called beside the answers.
        kinds: TEXT, INTEGER, NUMBER or TRUTH, or PyArrow's type; whatever is of several is TEXT.
        text: what the column of the texts is called.
        of_records: whether anything is read from records, of which some may have no text.
    """

    names: Mapping[str, str]
    kinds: Mapping[str, Any]
    text: str = _TEXT
    of_records: bool = False

    def values(self, line: Line) -> list[Any]:
        """A record's, None for what it lacks.

        Raises:
            InputError: it has a field that none before it had.
        """
        others = line.others if isinstance(line, TextLine) else {}
        for name in others:
            if name not in self.names:
                raise InputError(
                    f"{line.source}: {line.number}: the field {name!r} comes after the columns "
                    "were written; --format jsonl needs none"
                )
        return [others.get(name) for name in self.names]


def cell(value: Any) -> str:
    """A value as a table shows it: words as they are, all else as JSON has it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    text = json_line(value)
    if text == "null":  # a number that is none
        return ""
    return text[1:-1] if text.startswith('"') else text


def find_columns(
    inputs: Inputs, lines: Iterator[L], form: str, taken: Collection[str]
) -> tuple[Columns, Iterator[L]]:
    """The fields of all records: of tables those of the header, of JSON what there is in the whole
    file, of what can be read only once those of its first record.

    Args:
        inputs: where the lines come from.
        lines: what is read of them.
        form: what is to be written; what needs no columns has none. In CSV and TSV the texts' own
            column keeps its name, where all files have the same.
        taken: names that answers have.

    Returns:
        The columns, and the lines as they were.
    """
    kinds: dict[str, Any] = {}
    texts: set[str] = set()
    of_records = False
    for file in inputs.files if form in _WITH_COLUMNS else ():
        read_as = "txt" if inputs.whole else inputs.form_of(file)
        if read_as == "txt":
            texts.add(_TEXT)
            continue
        of_records = True
        read: Iterator[Line] = inputs.read(file)
        if is_pipe(file):
            first = list(islice(lines, 1))
            lines, read = chain(first, lines), iter(first)
        for line in read:
            if isinstance(line, TextLine):
                _add_kinds(kinds, line, is_all=not is_pipe(file))
                texts.add(line.text_field or _TEXT)
            if read_as in ("csv", "tsv", "parquet"):  # whose first row has all columns
                break
    taken = set(taken) - {_TEXT}
    text = texts.pop() if form in ("csv", "tsv") and len(texts) == 1 else _TEXT
    text = _TEXT if text in taken else text
    return Columns(given_names(kinds, {*taken, text}), kinds, text, of_records), lines


def _add_kinds(kinds: dict[str, Any], line: TextLine, *, is_all: bool) -> None:
    """Note the kinds of a record's values; of JSON that is not seen to its end all are TEXT."""
    batch = getattr(line.record, "batch", None)  # of Parquet, whose columns have types
    for name, value in line.others.items():
        kind = (
            (_kind(value) if is_all else TEXT) if batch is None else batch.schema.field(name).type
        )
        before = kinds.get(name)
        if kind is None or before is None or before == kind:
            kinds[name] = before if kind is None else kind
        elif {before, kind} == {INTEGER, NUMBER}:
            kinds[name] = NUMBER
        else:
            kinds[name] = TEXT


def _kind(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int) and -_MOST <= value < _MOST:
        return INTEGER
    return NUMBER if isinstance(value, float) else TEXT
