"""Word vectors as lines of a word and its numbers: GloVe's, word2vec's and fastText's text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from textrnn.embeddings.arguments import is_number
from textrnn.embeddings.formats.blocks import (
    BLOCK_BYTES,
    LONGEST_WORD,
    Block,
    Reading,
    Wanted,
    check_finite,
    check_units,
)
from textrnn.embeddings.formats.floats import parse_floats
from textrnn.errors import InputError

SNIFF_BYTES = 4096  # by which a file is told from those of other formats
_UTF8_MARK = b"\xef\xbb\xbf"


def is_header(line: bytes) -> bool:
    """Whether a line is two whole numbers: words and units."""
    parts = line.split()
    return len(parts) == 2 and all(part.isdigit() and len(part) <= 12 for part in parts)


def is_row(rest: bytes, units: int) -> bool:
    """Whether a file goes on after its header with a word and numbers, and not with binary."""
    line, end, _ = rest.partition(b"\n")
    parts = line.split()
    if not end and len(rest) > SNIFF_BYTES // 2:  # what follows was not looked at
        return len(parts) > 2 and all(map(is_number, parts[len(parts) // 2 : -1]))
    return len(parts) > 1 and all(map(is_number, parts[max(1, len(parts) - units) :]))


class TextVectors:
    """Reads lines of a word and its numbers, split from the right: words may hold spaces.

    Args:
        file: unpacked.
        path: for messages.
        reading: filled in on the way.
        wanted: what is to be read.
    """

    def __init__(
        self, file: io.BufferedReader, path: Path, reading: Reading, wanted: Wanted
    ) -> None:
        self._file, self._name = file, str(path)
        self._reading, self._wanted = reading, wanted
        self._line = 1  # the next one's number
        self._units = 0
        self._promised: int | None = None

    def __iter__(self) -> Iterator[Block]:
        """The rows, some megabytes at a time.

        Raises:
            InputError: a line is wrong, or the header promises another number of them.
        """
        reading, limit = self._reading, self._wanted.limit
        for lines in self._lines():
            if self._line == 1 and is_header(lines[0]):
                self._read_header(lines.pop(0))
            if lines and not reading.rows:
                self._check_first(lines[0])
            if limit is not None:
                lines = lines[: limit - reading.rows]
            if lines:
                yield self._block(lines)
                self._line += len(lines)
            if limit is not None and reading.rows >= limit:
                return
        if self._promised not in (None, reading.rows):
            raise InputError(
                f"{self._name}: the header promises {self._promised:,} words, and there are "
                f"{reading.rows:,}"
            )
        if not reading.rows:
            raise InputError(f"{self._name}: there are no vectors in it")

    def _lines(self) -> Iterator[list[bytes]]:
        """Whole lines, without their ends."""
        if self._file.peek(3)[:3] == _UTF8_MARK:
            self._file.read(3)
        rest = b""
        while content := self._file.read(BLOCK_BYTES):
            self._wanted.on_bytes(len(content))
            cut = content.rfind(b"\n") + 1
            if cut:
                block, rest = rest + content[:cut], content[cut:]
                yield self._split(block)
            else:
                rest += content
                if len(rest) > 4 * BLOCK_BYTES:
                    raise InputError(
                        f"{self._name}: line {self._line} has no end: not word vectors"
                    )
        if rest:
            yield self._split(rest)

    def _split(self, block: bytes) -> list[bytes]:
        if (zero := block.find(b"\0")) >= 0:
            line = self._line + block.count(b"\n", 0, zero)
            raise InputError(f"{self._name}: line {line}: a byte is zero: not word vectors")
        lines = block.replace(b"\r\n", b"\n").split(b"\n")
        if not lines[-1]:
            lines.pop()
        return lines

    def _read_header(self, line: bytes) -> None:
        self._promised, self._units = (int(part) for part in line.split())
        check_units(self._units, f"{self._name}: line 1")
        self._line = 2

    def _check_first(self, line: bytes) -> None:
        """See how many numbers stand at the end of the first row."""
        parts = line.split()
        found = 0
        while found < len(parts) - 1 and is_number(parts[-1 - found]):
            found += 1
        place = f"{self._name}: line {self._line}"
        if found < 2 and not (self._units == found == 1):
            raise InputError(f"{place}: {found} numbers; expected a word and several numbers")
        if self._units and found > self._units:
            raise InputError(f"{place}: {found} numbers; the header promises {self._units}")
        check_units(found, place)
        self._units = self._units or found

    def _block(self, lines: list[bytes]) -> Block:
        reading, wanted, units = self._reading, self._wanted, self._units
        words: list[str] = []
        numbers: list[bytes] = []
        places: list[int] = []
        for place, line in enumerate(lines, self._line):
            word, _, values = line.partition(b" ")
            if values.count(b" ") != units - 1 or not word:
                word, values = self._cut_right(line, place)
            if len(word) > LONGEST_WORD:
                raise InputError(f"{self._name}: line {place}: a word of {len(word):,} bytes")
            reading.rows += 1
            text = reading.decoded(word)
            if wanted.has(text):
                words.append(text)
                numbers.append(values)
                places.append(place)

        def named(row: int) -> str:
            return f"{self._name}: line {places[row]}"

        return check_finite(Block(words, parse_floats(numbers, units, named)), named)

    def _cut_right(self, line: bytes, number: int) -> tuple[bytes, bytes]:
        """The slow way, for lines with spaces in words, tabs, or at their ends."""
        parts = line.rstrip().rsplit(None, self._units)
        # A word may hold spaces; but where it ends in a number there is a number too many.
        inner = parts[0].split() if parts else []
        extra = len(inner) > 1 and is_number(inner[-1])
        if len(parts) != self._units + 1 or not inner or extra:
            raise InputError(
                f"{self._name}: line {number}: {max(0, len(line.split()) - 1)} numbers; "
                f"expected a word and {self._units} numbers"
            )
        return parts[0].rstrip(), b" ".join(parts[1:])
