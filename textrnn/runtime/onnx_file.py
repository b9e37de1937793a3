"""Reading what an ONNX file says, without running any of it and without the ``onnx`` package.

An ONNX file is a protocol buffer: fields with numbers, which hold whole numbers, bytes or further
messages. Here those are read that textrnn writes; a file with any other, as subgraphs, functions,
tensors in other files or as attributes, is refused.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from textrnn.errors import BundleError

FLOAT, UINT8, INT8, INT32, INT64, BOOL, DOUBLE = 1, 2, 3, 6, 7, 9, 11
TYPES: dict[int, np.dtype[Any]] = {
    FLOAT: np.dtype("<f4"),
    UINT8: np.dtype("u1"),
    INT8: np.dtype("i1"),
    INT32: np.dtype("<i4"),
    INT64: np.dtype("<i8"),
    BOOL: np.dtype("?"),
    DOUBLE: np.dtype("<f8"),
}
# A graph of ours has at most some hundred nodes and constants.
_MOST_PARTS = 2000  # of one kind in a message
_MOST_BYTES = 10_000  # of a part that holds no constants: names, places, notes
_LARGE = {("model", 7), ("graph", 5), ("constant", 9)}
_MOST_DIMENSIONS = 6

T = TypeVar("T")
Attribute: TypeAlias = "int | str | tuple[int, ...]"
Shape: TypeAlias = "tuple[int, ...]"
_Value: TypeAlias = "int | memoryview"
_Fields: TypeAlias = "dict[int, list[_Value]]"


@dataclass(frozen=True)
class Node:
    """One operation: what it is called, what it reads and what it writes."""

    operator: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute]


@dataclass(frozen=True)
class Tensor:
    """A constant of a graph.

    Attributes:
        type: of its numbers, as ONNX counts types.
        shape: its lengths.
        content: its bytes, as many as type and shape ask for.
    """

    type: int
    shape: Shape
    content: memoryview

    def values(self) -> NDArray[Any]:
        """Its numbers."""
        return np.frombuffer(self.content, TYPES[self.type]).reshape(self.shape)


@dataclass(frozen=True)
class Port:
    """An input or output: its type, and its lengths, those that are not fixed as names."""

    type: int
    shape: tuple[int | str, ...]


@dataclass(frozen=True)
class OnnxFile:
    """What a file holds, by the names of tensors."""

    nodes: tuple[Node, ...]
    constants: dict[str, Tensor]
    inputs: dict[str, Port]
    outputs: dict[str, Port]
    opsets: dict[str, int]


def read_onnx(content: bytes) -> OnnxFile:
    """Read an ONNX file.

    Raises:
        BundleError: it is damaged, or holds what textrnn does not write.
    """
    try:
        model = _fields(memoryview(content), {1, 2, 3, 4, 5, 6, 7, 8}, "model")
        graph = _fields(_message(model, 7), {1, 2, 5, 10, 11, 12, 13}, "graph")
        opsets = [_fields(each, {1, 2}, "opset") for each in _messages(model, 8)]
        return OnnxFile(
            tuple(map(_node, _messages(graph, 1))),
            _named(map(_tensor, _messages(graph, 5)), "constants"),
            _named(map(_port, _messages(graph, 11)), "inputs"),
            _named(map(_port, _messages(graph, 12)), "outputs"),
            {_text(each, 1): _whole(each, 2) for each in opsets},
        )
    except (ValueError, IndexError, struct.error, OverflowError) as error:
        raise BundleError(f"damaged: {error}") from error


def _fields(message: memoryview, known: set[int], what: str) -> _Fields:
    """The values of a message's fields, by their numbers."""
    found: _Fields = {}
    for number, value in _read_fields(message):
        if number not in known:
            raise BundleError(f"a {what} has a part that textrnn does not write (field {number})")
        values = found.setdefault(number, [])
        if len(values) == _MOST_PARTS:
            raise BundleError(f"a {what} has more than {_MOST_PARTS:,} parts of one kind")
        is_long = isinstance(value, memoryview) and len(value) > _MOST_BYTES
        if is_long and (what, number) not in _LARGE:
            raise BundleError(f"a {what} has a name or note of more than {_MOST_BYTES:,} bytes")
        values.append(value)
    return found


def _read_fields(message: memoryview) -> Iterator[tuple[int, _Value]]:
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        kind = key & 7
        if kind == 0:
            value, place = _varint(message, place)
            yield key >> 3, value
            continue
        size = {1: 8, 5: 4}.get(kind)
        if size is None:
            if kind != 2:
                raise ValueError(f"a field of kind {kind}")
            size, place = _varint(message, place)
        if size > end - place:
            raise ValueError("a field ends beyond its message")
        yield key >> 3, message[place : place + size]
        place += size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """A whole number in groups of 7 bits, and the place behind it."""
    value = message[place]
    if value < 0x80:
        return value, place + 1
    value &= 0x7F
    for shift in range(7, 70, 7):
        place += 1
        byte = message[place]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, place + 1
    raise ValueError("a number of more than 64 bits")


def _signed(value: _Value) -> int:
    if not isinstance(value, int):
        raise ValueError("bytes where a number should be")
    return value - (1 << 64) if value >> 63 else value


def _messages(fields: _Fields, number: int) -> list[memoryview]:
    values = fields.get(number, [])
    found = [value for value in values if isinstance(value, memoryview)]
    if len(found) < len(values):
        raise ValueError("a number where bytes should be")
    return found


def _message(fields: _Fields, number: int) -> memoryview:
    """The one value of a field; readers differ in what they make of several."""
    found = _messages(fields, number)
    if len(found) > 1:
        raise ValueError("a part that is there twice")
    return found[0] if found else memoryview(b"")


def _text(fields: _Fields, number: int) -> str:
    return str(_message(fields, number), "utf-8")


def _whole(fields: _Fields, number: int) -> int:
    values = fields.get(number, [0])
    if len(values) > 1:
        raise ValueError("a number that is there twice")
    return _signed(values[0])


def _wholes(fields: _Fields, number: int) -> tuple[int, ...]:
    """Numbers one by one, or packed into bytes."""
    found: list[int] = []
    for value in fields.get(number, []):
        if isinstance(value, int):
            found.append(_signed(value))
            continue
        place = 0
        while place < len(value):
            one, place = _varint(value, place)
            found.append(_signed(one))
    return tuple(found)


def _named(items: Iterable[tuple[str, T]], what: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for name, item in items:
        if not name or name in found:
            raise ValueError(f"{what} without a name, or with one name: {name!r:.80}")
        found[name] = item
    return found


def _node(message: memoryview) -> Node:
    fields = _fields(message, {1, 2, 3, 4, 5, 6, 7}, "node")
    attributes = dict(map(_attribute, _messages(fields, 5)))
    if len(attributes) < len(fields.get(5, [])):
        raise ValueError("an attribute that is there twice")
    inputs, outputs = (
        tuple(str(name, "utf-8") for name in _messages(fields, number)) for number in (1, 2)
    )
    return Node(_text(fields, 4), _text(fields, 7), inputs, outputs, attributes)


def _attribute(message: memoryview) -> tuple[str, Attribute]:
    """A whole number, a text or several whole numbers."""
    fields = _fields(message, {1, 3, 4, 8, 20}, "node's attribute")
    kind, value = _whole(fields, 20), {3, 4, 8} & fields.keys()
    if kind == 2 and value <= {3}:
        return _text(fields, 1), _whole(fields, 3)
    if kind == 3 and value <= {4}:
        return _text(fields, 1), _text(fields, 4)
    if kind == 7 and value <= {8}:
        return _text(fields, 1), _wholes(fields, 8)
    raise BundleError("a node has an attribute of a kind that textrnn does not write")


def _tensor(message: memoryview) -> tuple[str, Tensor]:
    fields = _fields(message, {1, 2, 8, 9}, "constant")
    name, shape, kind = _text(fields, 8), _wholes(fields, 1), _whole(fields, 2)
    content = _message(fields, 9)
    if kind not in TYPES or len(shape) > _MOST_DIMENSIONS or min(shape, default=0) < 0:
        raise ValueError(f"the constant {name!r:.80} is of no type or shape that textrnn writes")
    if len(content) != math.prod(shape) * TYPES[kind].itemsize:
        raise ValueError(f"the constant {name!r:.80} has {len(content):,} bytes")
    return name, Tensor(kind, shape, content)


def _port(message: memoryview) -> tuple[str, Port]:
    fields = _fields(message, {1, 2, 3}, "port")
    tensor = _fields(_message(_fields(_message(fields, 2), {1, 6}, "type"), 1), {1, 2}, "type")
    if 2 not in tensor:
        raise ValueError("an input or output without a shape")
    shape: list[int | str] = []
    for each in _messages(_fields(_message(tensor, 2), {1}, "shape"), 1):
        length = _fields(each, {1, 2, 3}, "length")
        shape.append(_whole(length, 1) if 1 in length else _text(length, 2))
    return _text(fields, 1), Port(_whole(tensor, 1), tuple(shape))
