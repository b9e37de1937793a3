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


def checked_texts(texts: Iterable[str]) -> Iterator[str]:
    """Texts as they come, each seen to be one.

    Args:
        texts: a list, a generator, a NumPy array of strings, a pandas Series …

    Raises:
        ConfigurationError: it is a single string, bytes or a dictionary, at once; or holds
            something else than strings, when that is reached.
    """
    if isinstance(texts, str):
        raise ConfigurationError("expected several texts; put a single one in a list")
    return _checked(_iterator(texts, "texts"), "text {}")


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
        for number, given in enumerate(_iterator(inputs, "texts"))
    )


def checked_sentences(sentences: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    """Sentences as lists of words, each seen to be one.

    Raises:
        ConfigurationError: as :func:`checked_texts`; a sentence is a string, or a word none.
    """
    for number, words in enumerate(_iterator(sentences, "sentences")):
        place = f"sentence {number}"
        if isinstance(words, str):
            raise ConfigurationError(
                f"{place} (counted from 0) is a string, {_shown(words)}; a sentence is a list of "
                "words"
            )
        yield list(_checked(_iterator(words, place), f"{place}, word {{}}"))


def _iterator(values: Any, name: str) -> Iterator[Any]:
    """What values hold, where they can be some.

    Raises:
        ConfigurationError: they cannot.
    """
    if isinstance(values, bytes | bytearray | Mapping):
        raise ConfigurationError(f"{name}: expected a list of strings; received {_shown(values)}")
    try:
        return iter(values)
    except TypeError as error:
        raise ConfigurationError(
            f"{name}: expected a list of strings; received {_shown(values)}"
        ) from error


def _checked(values: Iterator[Any], place: str) -> Iterator[str]:
    for number, value in enumerate(values):
        yield _checked_text(value, place.format(number))


def _checked_text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{where} (counted from 0) is no string: {_shown(value)}")
    return value if type(value) is str else str(value)  # NumPy's strings


def _shown(value: object) -> str:
    """A value and its type, short."""
    shown = repr(value)
    return f"{shown[:40]}{'…' if len(shown) > 40 else ''} ({type(value).__name__})"
