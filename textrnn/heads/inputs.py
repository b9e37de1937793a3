"""What Python and records hand to a head: texts, words; each seen to be one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from textrnn.errors import ConfigurationError, InputError


def text_of_record(record: Mapping[str, Any]) -> str:
    """The text in a record, under one of the names that readers know.

    Raises:
        InputError: there is none, or it may be one of several.
    """
    from textrnn.corpora.formats.record import text_name  # whose readers one text does not need

    try:
        name = text_name(record, None, "a record")
    except InputError as error:
        raise InputError(str(error).partition("; name ")[0]) from None
    if not isinstance(record[name], str):
        raise InputError(f"a record: no text under {name}")
    return str(record[name])


def checked_text(text: str) -> str:
    """A single text, seen to be one.

    Raises:
        ConfigurationError: it is none.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"expected a text; received {_shown(text)}")
    return str(text)


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Texts as they come, each seen to be one.

    Args:
        texts: a list, a generator, a NumPy array of strings, a pandas Series …

    Raises:
        ConfigurationError: it is a single string, bytes, a dictionary or a table, at once; or holds
            something else than strings, when that is reached.
    """
    if isinstance(texts, str):
        raise ConfigurationError("expected several texts; put a single one in a list")
    return _checked(iterated(texts, "texts"), "text {}")


def checked_texts_or_words(
    inputs: Iterable[str | Sequence[str]],
) -> Iterator[str | Sequence[str]]:
    """Texts, and sentences as lists of words, as they come, each seen to be one.

    Raises:
        ConfigurationError: as :func:`checked_texts` and :func:`checked_sentences`.
    """
    if isinstance(inputs, str):
        raise ConfigurationError("expected several texts; put a single one in a list")
    return (
        list(_checked(iter(given), f"sentence {number}, word {{}}"))
        if isinstance(given, list | tuple)
        else _checked_text(given, f"text {number}")
        for number, given in enumerate(iterated(inputs, "texts"))
    )


def checked_sentences(sentences: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    """Sentences as lists of words, each seen to be one.

    Raises:
        ConfigurationError: as :func:`checked_texts`; a sentence is a string, or a word none.
    """
    for number, words in enumerate(iterated(sentences, "sentences")):
        place = f"sentence {number}"
        if isinstance(words, str):
            raise ConfigurationError(
                f"{place} (counted from 0) is a string, {_shown(words)}; a sentence is a list of "
                "words"
            )
        yield list(_checked(iterated(words, place), f"{place}, word {{}}"))


def iterated(values: Any, name: str, *, what: str = "strings") -> Iterator[Any]:
    """What values hold, where they can be some.

    Args:
        values: several of them.
        name: what messages call them.
        what: they are expected to be.

    Raises:
        ConfigurationError: they cannot; or they are a table, of which Python gives the names of the
            columns.
    """
    if (columns := getattr(values, "columns", None)) is not None:
        raise ConfigurationError(_told_of_table(values, columns, name, what))
    if isinstance(values, bytes | bytearray | Mapping):
        raise ConfigurationError(f"{name}: expected a list of {what}; received {_shown(values)}")
    try:
        return iter(values)
    except TypeError as error:
        raise ConfigurationError(
            f"{name}: expected a list of {what}; received {_shown(values)}"
        ) from error


def _told_of_table(table: object, columns: Any, name: str, what: str) -> str:
    """What to say where a table stands for what it holds, as those of pandas and Polars may."""
    kind = type(table).__name__
    if what != "strings":
        return f"{name}: expected a list of {what}; received a {kind}: put it in a list"
    names = [column for column in columns if isinstance(column, str)]
    column = "text" if "text" in names or not names else names[0]
    return f"{name}: received a {kind}; give one of its columns, as frame[{column!r}]"


def _checked(values: Iterator[Any], place: str) -> Iterator[str]:
    for number, value in enumerate(values):
        yield _checked_text(value, place.format(number))


def _checked_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{where} (counted from 0) is no string: {_shown(value)}")
    return value if type(value) is str else str(value)  # NumPy's strings


def _shown(value: object) -> str:
    """A value and its type, short, in a line."""
    shown = " ".join(repr(value).split())
    return f"{shown[:40]}{'…' if len(shown) > 40 else ''} ({type(value).__name__})"
