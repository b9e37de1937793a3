"""What a request asks for: its body, read and checked before anything is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from textrnn.configuration import converted, unknown_key_message
from textrnn.corpora.formats.json_text import parse_json
from textrnn.counted import counted
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.head import Head
from textrnn.serving.http.limits import Limits
from textrnn.serving.http.problems import Problem

MODEL, RECORD, RECORDS, STREAM, FULL = "model", "record", "records", "stream", "full"


def text_names(kind: type[Head]) -> tuple[str, ...]:
    """What a text and a list of them are called in requests to a head: as its command calls them,
    ``text`` and ``texts`` or ``seed`` and ``seeds``; nothing where it reads none.
    """
    if not kind.reads_texts:
        return ()
    name = kind.command_line[1].removeprefix("--")
    return name, f"{name}s"


@dataclass(frozen=True)
class Asked:
    """A request.

    Attributes:
        records: what is to be answered, a row each.
        options: of the head's ``answer``.
        model: the name of the model; empty where none is named.
        is_list: whether a list of answers is expected.
        streams: whether the one answer is to come as it is written.
        is_full: whether answers are to have all that the library's have, unrounded.
    """

    records: Sequence[Mapping[str, Any]]
    options: dict[str, Any]
    model: str = ""
    is_list: bool = False
    streams: bool = False
    is_full: bool = False


def input_names(kind: type[Head]) -> tuple[str, ...]:
    """The fields of a request that hold what is to be answered; a request has one of them."""
    return (*text_names(kind), RECORD, RECORDS)


def read_asked(body: bytes, kind: type[Head], limits: Limits) -> Asked:
    """Read a request's body.

    Raises:
        Problem: it is no JSON, or asks for something else than the head answers, or for too much.
    """
    fields = _read_object(body)
    records, is_list = _read_records(fields, kind)
    if len(records) > limits.texts:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"{counted(len(records), 'text')} in a request; at most {limits.texts:,} are answered",
        )
    model = fields.pop(MODEL, "")
    if not isinstance(model, str):
        raise _wrong(f"model: expected a name; received {model!r:.80}")
    streams = _flag(fields, STREAM) if kind.writes else False
    if streams and is_list:
        raise _wrong("stream: one text at a time is streamed")
    is_full = _flag(fields, FULL)
    return Asked(records, _read_options(fields, kind), model, is_list, streams, is_full)


def _flag(fields: dict[str, Any], name: str) -> bool:
    found = fields.pop(name, False)
    if not isinstance(found, bool):
        raise _wrong(f"{name}: expected true or false; received {found!r:.80}")
    return found


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        fields = parse_json(body.decode("utf-8"), "the request", halves="refuse")
    except UnicodeDecodeError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "the request: not UTF-8") from error
    except InputError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from error
    if not isinstance(fields, dict):
        raise _wrong('the request: expected an object, as {"text": "…"}')
    return fields


def _read_records(fields: dict[str, Any], kind: type[Head]) -> tuple[list[Mapping[str, Any]], bool]:
    """What is to be answered, taken out of the fields; and whether it came in a list."""
    known = input_names(kind)
    given = [name for name in known if name in fields]
    if len(given) != 1:
        received = " and ".join(given) or "none of them"
        raise _wrong(f"expected one of {', '.join(known)}; received {received}")
    (name,) = given
    value, is_text, is_list = fields.pop(name), name not in (RECORD, RECORDS), name in known[1::2]
    if is_list and not isinstance(value, list):
        raise _wrong(f"{name}: expected a list; received {value!r:.80}")
    values = value if is_list else [value]
    wanted, what = (str, "a string") if is_text else (dict, "an object")
    for one in values:
        if not isinstance(one, wanted):
            raise _wrong(f"{name}: expected {what}; received {one!r:.80}")
    return [{known[0]: one} if is_text else one for one in values], is_list


def _read_options(fields: Mapping[str, Any], kind: type[Head]) -> dict[str, Any]:
    options = kind.answer_options()
    for name in fields:
        if name not in options:
            known = (*input_names(kind), MODEL, FULL, *[STREAM] * kind.writes, *options)
            raise _wrong(unknown_key_message(name, known, what="field"))
    try:
        return {name: converted(options[name].kind, value, name) for name, value in fields.items()}
    except ConfigurationError as error:
        raise Problem.of(error) from error


def _wrong(detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
