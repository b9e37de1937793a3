"""A pickle read as data. Nothing that it names is looked up, and nothing that it calls is called.

A pickle is a program for a little machine with a stack. This machine knows the instructions that
build numbers, strings, lists and dictionaries; a name becomes a :class:`Name`, a call of it a
:class:`Call` with its arguments, and there it ends. So the worst that a file can do is to be large,
and that is bounded by its own size: what an instruction promises is never allocated before it came.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textrnn.embeddings.formats.binary import BinaryReader
from textrnn.errors import InputError

_MOST_STEPS = 1 << 25  # three million words take some twelve million
_MOST_CONTAINERS = 1 << 22  # lists, dictionaries, tuples, calls: of honest vectors some dozens
_DEEPEST_STACK = 1 << 16  # Python writes lists and dictionaries in batches of 1,000
_KEYS = (str, bytes, int, type(None))


@dataclass(frozen=True)
class Name:
    """Something that the pickle names: a class or a function."""

    module: str
    name: str


@dataclass
class Call:
    """A name that the pickle calls, or makes an object of.

    Attributes:
        function: what would be called.
        arguments: with these.
        state: what the object would be given afterwards.
    """

    function: Name
    arguments: tuple[Any, ...]
    state: Any = None


def read_pickle(reader: BinaryReader, allowed: Callable[[Name], bool]) -> Any:
    """What a pickle of protocol 2 to 5 holds.

    Args:
        reader: its bytes.
        allowed: whether it may hold a name.

    Returns:
        Numbers, strings, bytes, lists, dictionaries and tuples, and of all else :class:`Call`.

    Raises:
        InputError: it is damaged, too large, or holds a name that is not allowed.
    """
    return _Machine(reader, allowed).run()


class _Machine:
    def __init__(self, reader: BinaryReader, allowed: Callable[[Name], bool]) -> None:
        self._reader, self._allowed = reader, allowed
        self._stack: list[Any] = []
        self._outer: list[list[Any]] = []  # the stacks below each mark
        self._memo: list[Any] = []
        self._containers = 0

    def run(self) -> Any:
        """Follow the instructions to the last, which is a full stop."""
        read = self._reader.exactly
        steps, deepest = _STEPS, _DEEPEST_STACK
        for _ in range(_MOST_STEPS):
            code = read(1)[0]
            if code == _STOP:
                return self._pop()
            step = steps.get(code)
            if step is None:
                raise self._error(f"an instruction that word vectors do not need (0x{code:02x})")
            step(self)
            if len(self._stack) > deepest:
                raise self._error("too deep")
        raise self._error("too long")

    def _error(self, reason: str) -> InputError:
        reader = self._reader
        return InputError(f"{reader.name}: byte {reader.offset:,}: not a pickle of word vectors: "
                          f"{reason}")  # fmt: skip

    def _pop(self) -> Any:
        if not self._stack:
            raise self._error("nothing is there to be used")
        return self._stack.pop()

    def _top(self, kind: type | tuple[type, ...]) -> Any:
        if not self._stack or not isinstance(self._stack[-1], kind):
            raise self._error("something of another kind was expected")
        return self._stack[-1]

    def _push_container(self, made: Any) -> None:
        self._containers += 1
        if self._containers > _MOST_CONTAINERS:
            raise self._error("too many parts")
        self._stack.append(made)

    def _text(self, size: int) -> None:
        content = self._reader.exactly(self._reader.whole_number(size))
        try:
            self._stack.append(content.decode("utf-8", "surrogatepass"))
        except UnicodeDecodeError as error:
            raise self._error("text that is not UTF-8") from error

    # What follows are the instructions, by the names that pickletools has for them.

    def mark(self) -> None:
        if len(self._outer) >= _DEEPEST_STACK:
            raise self._error("too deep")
        self._outer.append(self._stack)
        self._stack = []

    def _since_mark(self) -> list[Any]:
        if not self._outer:
            raise self._error("no mark is there")
        items, self._stack = self._stack, self._outer.pop()
        return items

    def proto(self) -> None:
        if not 2 <= self._reader.whole_number(1) <= 5:
            raise self._error("unknown protocol")

    def memoize(self) -> None:
        if not self._stack:
            raise self._error("nothing is there to be kept")
        self._memo.append(self._stack[-1])

    def _put(self, index: int) -> None:
        if index > len(self._memo):
            raise self._error(f"place {index:,} of the memo before {len(self._memo):,}")
        self._memo[index : index + 1] = [self._top(object)]

    def _get(self, index: int) -> None:
        if index >= len(self._memo):
            raise self._error(f"place {index:,} of the memo is empty")
        self._stack.append(self._memo[index])

    def long1(self) -> None:
        content = self._reader.exactly(self._reader.whole_number(1))
        self._stack.append(int.from_bytes(content, "little", signed=True))

    def binfloat(self) -> None:
        self._stack.append(struct.unpack(">d", self._reader.exactly(8))[0])

    def append(self) -> None:
        item = self._pop()
        self._top(list).append(item)

    def appends(self) -> None:
        items = self._since_mark()
        self._top(list).extend(items)

    def setitem(self) -> None:
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def setitems(self) -> None:
        self._set(self._since_mark())

    def _set(self, items: list[Any]) -> None:
        made = self._top(dict)
        if len(items) % 2:
            raise self._error("a key without a value")
        for key in items[::2]:  # to hash others can take for ever
            if not isinstance(key, _KEYS):
                raise self._error("a key that is neither text nor a number")
        made.update(zip(items[::2], items[1::2], strict=True))

    def tuple_(self) -> None:
        self._push_container(tuple(self._since_mark()))

    def _tuple_of(self, size: int) -> None:
        items = [self._pop() for _ in range(size)]
        self._push_container(tuple(reversed(items)))

    def global_(self) -> None:
        module, name = self._line(), self._line()
        self._name(module, name)

    def _line(self) -> str:
        found = bytearray()
        while (byte := self._reader.exactly(1)) != b"\n":
            found += byte
            if len(found) > 1000:
                raise self._error("a name without an end")
        return found.decode("utf-8", "replace")

    def stack_global(self) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise self._error("a name that is no text")
        self._name(module, name)

    def _name(self, module: str, name: str) -> None:
        named = Name(module, name)
        if not self._allowed(named):
            shown = f"{module}.{name}"[:200]
            shown = shown if shown.isprintable() else repr(shown)
            raise self._error(f"it names {shown}, which they do not need")
        self._push_container(named)

    def reduce(self) -> None:
        arguments = self._pop()
        function = self._pop()
        if not isinstance(function, Name) or not isinstance(arguments, tuple):
            raise self._error("a call of what is no name")
        self._push_container(Call(function, arguments))

    def newobj_ex(self) -> None:
        if self._pop() != {}:
            raise self._error("an object with named arguments")
        self.reduce()

    def build(self) -> None:
        state = self._pop()
        self._top(Call).state = state


def _pushes(make: Callable[[_Machine], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine._stack.append(make(machine))


def _fills(make: Callable[[], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine._push_container(make())


def _bytes(size: int, *, signed: bool = False) -> Callable[[_Machine], None]:
    def step(machine: _Machine) -> None:
        length = machine._reader.whole_number(size, signed=signed)
        machine._stack.append(machine._reader.exactly(length))

    return step


_STOP = ord(".")
_STEPS: dict[int, Callable[[_Machine], object]] = {
    0x80: _Machine.proto,
    0x95: lambda machine: machine._reader.exactly(8),  # a frame: for who reads ahead
    ord("("): _Machine.mark,
    ord("0"): _Machine._pop,
    ord("1"): _Machine._since_mark,
    ord("2"): _pushes(lambda machine: machine._top(object)),
    ord("N"): _pushes(lambda machine: None),
    0x88: _pushes(lambda machine: True),
    0x89: _pushes(lambda machine: False),
    ord("J"): _pushes(lambda machine: machine._reader.whole_number(4, signed=True)),
    ord("K"): _pushes(lambda machine: machine._reader.whole_number(1)),
    ord("M"): _pushes(lambda machine: machine._reader.whole_number(2)),
    0x8A: _Machine.long1,
    ord("G"): _Machine.binfloat,
    ord("T"): _bytes(4, signed=True),
    ord("U"): _bytes(1),
    ord("B"): _bytes(4),
    ord("C"): _bytes(1),
    0x8E: _bytes(8),
    0x96: _bytes(8),
    ord("X"): lambda machine: machine._text(4),
    0x8C: lambda machine: machine._text(1),
    0x8D: lambda machine: machine._text(8),
    ord("]"): _fills(list),
    ord("}"): _fills(dict),
    ord(")"): _fills(tuple),
    0x8F: _fills(list),  # a set; nothing is hashed
    0x90: _Machine.appends,
    0x91: _Machine.tuple_,
    ord("a"): _Machine.append,
    ord("e"): _Machine.appends,
    ord("s"): _Machine.setitem,
    ord("u"): _Machine.setitems,
    ord("t"): _Machine.tuple_,
    0x85: lambda machine: machine._tuple_of(1),
    0x86: lambda machine: machine._tuple_of(2),
    0x87: lambda machine: machine._tuple_of(3),
    ord("h"): lambda machine: machine._get(machine._reader.whole_number(1)),
    ord("j"): lambda machine: machine._get(machine._reader.whole_number(4)),
    ord("q"): lambda machine: machine._put(machine._reader.whole_number(1)),
    ord("r"): lambda machine: machine._put(machine._reader.whole_number(4)),
    0x94: _Machine.memoize,
    ord("c"): _Machine.global_,
    0x93: _Machine.stack_global,
    ord("R"): _Machine.reduce,
    0x81: _Machine.reduce,
    0x92: _Machine.newobj_ex,
    ord("b"): _Machine.build,
}
