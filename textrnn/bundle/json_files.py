"""Reading the JSON files of a bundle."""

from __future__ import annotations

import json
from typing import Any

from textrnn.corpora.formats import json_text
from textrnn.errors import BundleError, InputError

_MOST_LISTS, _MOST_VALUES = 4_000_000, 16_000_000


def parse_json(content: bytes, where: str) -> Any:
    """The value of a JSON file.

    Args:
        content: the file's, in UTF-8.
        where: the file, for the message.

    Raises:
        BundleError: it is no JSON, is nested very deeply, or has a number that is none.
    """
    try:
        return json_text.parse_json(content.decode("utf-8"), f"{where} is damaged")
    except InputError as error:
        raise BundleError(str(error)) from error
    except UnicodeDecodeError as error:
        raise BundleError(f"{where} is damaged: {error}") from error


def parse_vocabularies(text: str, where: str) -> Any:
    """As :func:`parse_json`, in a third of the time: for megabytes whose values are looked at by
    their types anyway. What they take in memory is bounded.
    """
    lists, values = text.count("[") + text.count("{"), text.count(",")
    if lists > _MOST_LISTS or values > _MOST_VALUES:
        raise BundleError(f"{where} is damaged: {lists:,} lists of {values:,} values in all")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{where} is damaged: {error}") from error
