"""Word vectors from files of every usual kind, told apart by their content, in one pass.

=================  ==============================================================================
format             how it is recognised
=================  ==============================================================================
``text``           lines of a word and its numbers (GloVe), after a header of two numbers (word2vec,
                   fastText's ``.vec``) or without
``word2vec``       a header of two numbers, then words with float32 numbers in binary
``fasttext``       fastText's ``.bin``: its magic number; words and subwords
``gensim``         a pickle of gensim's ``KeyedVectors``, read without running any code of it
``store``          what :mod:`textrnn.embeddings.store` writes
``numpy``          an ``.npz`` with ``words`` and ``vectors``
=================  ==============================================================================

Plain or packed with gzip, bzip2 or xz; of a zip the one member, or the one that is named after a
colon (``glove.6B.zip:glove.6B.100d.txt``).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from textrnn.corpora.reading import open_binary
from textrnn.embeddings.float_parsing import parse_floats
from textrnn.embeddings.store import MAGIC, Store, unpack_rows
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import InputError

FORMATS = ("text", "word2vec", "fasttext", "gensim", "numpy", "store")
_BLOCK_BYTES = 1 << 22
_SNIFF_BYTES = 4096
_STORE_ROWS = 16_384
_SENTENCE_END = "</s>"  # fastText gives it no n-grams
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_FASTTEXT_MAGIC = struct.pack("<i", 793712314)
_LONGEST_WORD = 1 << 16  # bytes; a "word" beyond that means that the file is something else

Floats = NDArray[np.float32]
Bytes = Callable[[int], None]


@dataclass
class Reading:
    """What came up while reading.

    Attributes:
        format: one of FORMATS.
        rows: in the file.
        duplicates: rows of words that came before; the first of them counts.
        undecodable: words with bytes that are not UTF-8, which became U+FFFD.
        subwords: of fastText's ``.bin`` what makes vectors of unknown words.
    """

    format: str = ""
    rows: int = 0
    duplicates: int = 0
    undecodable: int = 0
    subwords: Subwords | None = None


@dataclass(frozen=True)
class Block:
    """Some words and their vectors, (words, units)."""

    words: list[str]
    vectors: Floats


def read_blocks(
    path: str | Path,
    reading: Reading,
    *,
    keep: Container[str] | None = None,
    limit: int | None = None,
    on_bytes: Bytes = lambda count: None,
) -> Iterator[Block]:
    """The words and vectors of a file, block by block, in its order.

    Args:
        path: the file, or a zip, with or without ``:member``.
        reading: filled in on the way.
        keep: only these words; the numbers of others are not even parsed.
        limit: so many rows are read at the most.
        on_bytes: called with how many bytes were read.

    Raises:
        InputError: the file is missing, of none of these formats, or damaged; the message names
            the line or the byte.
    """
    name = str(path)
    for block in _blocks(path, reading, keep, limit, on_bytes):
        wrong = np.flatnonzero(~np.isfinite(block.vectors).all(axis=1))
        if len(wrong):
            raise InputError(f"{name}: a number of {block.words[wrong[0]]!r} is not finite")
        yield block


def _blocks(
    path: str | Path,
    reading: Reading,
    keep: Container[str] | None,
    limit: int | None,
    on_bytes: Bytes,
) -> Iterator[Block]:
    name = str(path)
    with _opened(path) as file:
        start = file.peek(_SNIFF_BYTES)[:_SNIFF_BYTES]
        reading.format = _recognise(start, name)
        if reading.format == "store":
            yield from _store(Path(name), reading, keep, limit)
        elif reading.format == "fasttext":
            yield from _fasttext(file, reading, keep, limit, name)
        elif reading.format == "gensim":
            from textrnn.embeddings.gensim_files import read_keyed_vectors

            yield from _chosen(*read_keyed_vectors(file, Path(name)), reading, keep, limit)
        elif reading.format == "numpy":
            yield from _chosen(*_numpy(file, name), reading, keep, limit)
        elif reading.format == "word2vec":
            yield from _word2vec(file, reading, keep, limit, name, on_bytes)
        else:
            yield from _text(file, reading, keep, limit, name, on_bytes)


@contextmanager
def _opened(path: str | Path) -> Iterator[io.BufferedReader]:
    """A file's bytes, unpacked; also of a zip's member."""
    whole = str(path)
    archive, _, member = (whole, "", "") if Path(whole).exists() else whole.rpartition(":")
    archive = archive or whole
    with ExitStack() as stack:
        if Path(archive).is_file() and zipfile.is_zipfile(archive) and not _is_npz(archive):
            try:
                zipped = stack.enter_context(zipfile.ZipFile(archive))
                opened = stack.enter_context(zipped.open(_member(zipped, member, archive)))
                yield io.BufferedReader(cast(io.RawIOBase, opened), _BLOCK_BYTES)
            except _ZIP_ERRORS as error:
                raise InputError(f"{archive}: the zip cannot be read ({error})") from error
            return
        yield stack.enter_context(open_binary(whole))


def _is_npz(path: str) -> bool:
    with zipfile.ZipFile(path) as zipped:
        return any(name.endswith(".npy") for name in zipped.namelist())


def _member(zipped: zipfile.ZipFile, wanted: str, name: str) -> str:
    members = [info.filename for info in zipped.infolist() if not info.is_dir()]
    if wanted in members:
        return wanted
    if len(members) == 1 and not wanted:
        return members[0]
    shown = ", ".join(members[:8])
    raise InputError(f"{name}: name one of its files, as {name}:{(members or [''])[0]} ({shown})")


def _recognise(start: bytes, name: str) -> str:
    if not start:
        raise InputError(f"{name}: the file is empty")
    if start.startswith(MAGIC):
        return "store"
    if start.startswith(_FASTTEXT_MAGIC):
        return "fasttext"
    if start.startswith(b"PK\x03\x04"):
        return "numpy"
    if start[0] == 0x80 and start[1:2] <= b"\x05":
        return "gensim"
    header, _, rest = start.partition(b"\n")
    if _is_header(header):
        if rest.strip() and not _is_text_row(rest, int(header.split()[1])):
            return "word2vec"
    elif b"\0" in start:
        raise InputError(f"{name}: byte {start.index(0)} is zero: no known format of word vectors")
    return "text"


def _is_header(line: bytes) -> bool:
    parts = line.split()
    return len(parts) == 2 and all(part.isdigit() and len(part) <= 12 for part in parts)


def _is_text_row(rest: bytes, units: int) -> bool:
    """Whether a file goes on after its header with a word and numbers, and not with binary."""
    line, end, _ = rest.partition(b"\n")
    parts = line.split()
    if not end and len(rest) > _SNIFF_BYTES // 2:  # what follows was not looked at
        return len(parts) > 2 and all(map(_is_number, parts[len(parts) // 2 : -1]))
    return len(parts) > 1 and all(map(_is_number, parts[max(1, len(parts) - units) :]))


def _store(
    path: Path, reading: Reading, keep: Container[str] | None, limit: int | None
) -> Iterator[Block]:
    """The rows of a store of ours."""
    store = Store(path)
    reading.subwords = store.subwords
    count = store.info.words if limit is None else min(limit, store.info.words)
    for begin in range(0, count, _STORE_ROWS):
        block = range(begin, min(begin + _STORE_ROWS, count))
        words = [store.word(row) for row in block]
        reading.rows += len(words)
        rows = [row for row, word in zip(block, words, strict=True) if keep is None or word in keep]
        scales = None if store.scales is None else store.scales[rows]
        yield Block([words[row - begin] for row in rows], unpack_rows(store.matrix[rows], scales))


def _chosen(
    words: list[str],
    vectors: Floats,
    reading: Reading,
    keep: Container[str] | None,
    limit: int | None,
) -> Iterator[Block]:
    """The rows of a matrix that is there already."""
    words, vectors = words[:limit], vectors[:limit]
    reading.rows += len(words)
    if keep is None:
        yield Block(words, vectors)
        return
    rows = [row for row, word in enumerate(words) if word in keep]
    yield Block([words[row] for row in rows], vectors[rows])


def _text(
    file: io.BufferedReader,
    reading: Reading,
    keep: Container[str] | None,
    limit: int | None,
    name: str,
    on_bytes: Bytes,
) -> Iterator[Block]:
    """Lines of a word and its numbers, split from the right: words may hold spaces."""
    units, line, promised = 0, 1, None
    rest = b""
    if file.peek(3)[:3] == b"\xef\xbb\xbf":
        file.read(3)
    while True:
        content = file.read(_BLOCK_BYTES)
        on_bytes(len(content))
        cut = content.rfind(b"\n") + 1 if content else 0
        block, rest = (rest + content[:cut], content[cut:]) if content else (rest, b"")
        if not cut and content:
            rest = block + rest
            if len(rest) > 4 * _BLOCK_BYTES:
                raise InputError(f"{name}: line {line} has no end: not word vectors")
            continue
        lines = block.split(b"\n")
        if lines and not lines[-1]:
            lines.pop()
        first = line
        if lines and line == 1 and _is_header(lines[0]):
            promised, units = (int(part) for part in lines[0].split())
            lines, first = lines[1:], 2
        line = first + len(lines)
        if lines:
            found = _count_numbers(lines[0], name, first) if first <= 2 else units
            if units and found > units:
                raise InputError(
                    f"{name}: line {first}: {found} numbers; the header promises {units}"
                )
            units = units or found
            if limit is not None:
                lines = lines[: max(0, limit - reading.rows)]
            yield _text_block(lines, units, reading, keep, name, first)
        if not content or (limit is not None and reading.rows >= limit):
            break
    if promised is not None and limit is None and promised != reading.rows:
        raise InputError(
            f"{name}: the header promises {promised:,} words, and there are {reading.rows:,}"
        )
    if not reading.rows:
        raise InputError(f"{name}: there are no vectors in it")


def _count_numbers(line: bytes, name: str, number: int) -> int:
    """How many numbers stand at the end of the first line."""
    parts = line.split()
    count = 0
    while count < len(parts) - 1 and _is_number(parts[-1 - count]):
        count += 1
    if count < 2:
        raise InputError(
            f"{name}: line {number}: {count} numbers; expected a word and several numbers"
        )
    return count


def _is_number(part: bytes) -> bool:
    try:
        float(part)
    except ValueError:
        return False
    return True


def _text_block(
    lines: list[bytes],
    units: int,
    reading: Reading,
    keep: Container[str] | None,
    name: str,
    first: int,
) -> Block:
    words: list[str] = []
    numbers: list[bytes] = []
    places: list[int] = []
    for offset, line in enumerate(lines):
        word, _, values = line.partition(b" ")
        if values.count(b" ") != units - 1 or not word:
            word, values = _cut_right(line, units, name, first + offset)
        reading.rows += 1
        text = _decoded(word, reading)
        if keep is None or text in keep:
            words.append(text)
            numbers.append(values)
            places.append(first + offset)
    return Block(words, parse_floats(numbers, units, lambda row: f"{name}: line {places[row]}"))


def _cut_right(line: bytes, units: int, name: str, number: int) -> tuple[bytes, bytes]:
    """The slow way, for lines with spaces in words, tabs, or at their ends."""
    parts = line.rstrip().rsplit(None, units)
    # A word may hold spaces; but where it ends in a number there is a number too many.
    inner = parts[0].split() if parts else []
    if len(parts) != units + 1 or not inner or (len(inner) > 1 and _is_number(inner[-1])):
        raise InputError(
            f"{name}: line {number}: {max(0, len(line.split()) - 1)} numbers; "
            f"expected a word and {units} numbers"
        )
    return parts[0].rstrip(), b" ".join(parts[1:])


def _decoded(word: bytes, reading: Reading) -> str:
    try:
        return word.decode("utf-8")
    except UnicodeDecodeError:
        reading.undecodable += 1
        return word.decode("utf-8", "replace")


def _word2vec(
    file: io.BufferedReader,
    reading: Reading,
    keep: Container[str] | None,
    limit: int | None,
    name: str,
    on_bytes: Bytes,
) -> Iterator[Block]:
    """word2vec's binary: a word, a space, and its numbers as float32, row by row."""
    count, units = (int(part) for part in file.readline().split())
    count = count if limit is None else min(count, limit)
    width, buffer, place, offset = 4 * units, b"", 0, file.tell()
    words: list[str] = []
    rows: list[bytes] = []
    for row in range(count):
        while True:
            space = buffer.find(b" ", place)
            if space >= 0 and len(buffer) >= space + 1 + width:
                break
            if space < 0 and len(buffer) - place > _LONGEST_WORD:
                raise InputError(f"{name}: byte {offset + place}: a word without an end")
            content = file.read(_BLOCK_BYTES)
            if not content:
                raise InputError(
                    f"{name}: the file ends in row {row + 1:,} of {count:,}, at byte "
                    f"{offset + len(buffer):,}: it is cut off"
                )
            on_bytes(len(content))
            offset += place
            buffer, place = buffer[place:] + content, 0
        word = _decoded(buffer[place:space].lstrip(b"\n"), reading)
        reading.rows += 1
        if keep is None or word in keep:
            words.append(word)
            rows.append(buffer[space + 1 : space + 1 + width])
        place = space + 1 + width
        if len(rows) * width >= _BLOCK_BYTES:
            yield Block(words, np.frombuffer(b"".join(rows), "<f4").reshape(-1, units))
            words, rows = [], []
    if limit is None and (buffer[place:] + file.read(_BLOCK_BYTES)).strip(b"\n"):
        raise InputError(
            f"{name}: byte {offset + place:,}: the header promises {count:,} words, and more follow"
        )
    yield Block(words, np.frombuffer(b"".join(rows), "<f4").reshape(-1, units))


def _fasttext(
    file: io.BufferedReader,
    reading: Reading,
    keep: Container[str] | None,
    limit: int | None,
    name: str,
) -> Iterator[Block]:
    """fastText's ``.bin``, versions 11 and 12: settings, dictionary, input matrix."""
    reader = _Struct(file, name)
    _, version = reader.take("<ii")
    if version not in (11, 12):
        raise InputError(f"{name}: version {version} of fastText's format is not known")
    units, *_, buckets, shortest, longest, _ = reader.take("<12i")
    reader.take("<d")
    size, word_count, _, _, pruned = reader.take("<iiiqq")
    words = []
    for _ in range(size):
        word = reader.until_zero()
        reader.take("<qb")
        words.append(_decoded(word, reading))
    reader.skip(8 * max(0, pruned))
    (quantised,) = reader.take("<?")
    if quantised or pruned >= 0:
        raise InputError(f"{name}: a compressed fastText model (.ftz); its vectors are not exact")
    rows, columns = reader.take("<qq")
    if columns != units or rows != word_count + buckets:
        raise InputError(
            f"{name}: byte {reader.offset:,}: a matrix of {rows:,} x {columns}; expected "
            f"{word_count + buckets:,} x {units}"
        )
    matrix = reader.floats(rows * columns).reshape(rows, columns)
    subwords = Subwords(matrix[word_count:], shortest, longest)
    reading.subwords = subwords if buckets and longest else None
    words = words[:word_count]
    if reading.subwords is None:
        vectors = matrix[:word_count]
    else:
        # A word's vector is the mean of its own row and those of its n-grams.
        vectors = np.empty((word_count, units), np.float32)
        for row, text in enumerate(words):
            grams = subwords.vectors[subwords.rows(text) if text != _SENTENCE_END else []]
            vectors[row] = (matrix[row] + grams.sum(axis=0)) / (1 + len(grams))
    yield from _chosen(words, vectors, reading, keep, limit)


class _Struct:
    """Binary values one after another, with the place for messages."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self.offset = 0

    def take(self, form: str) -> tuple[int, ...]:
        return struct.unpack(form, self._exactly(struct.calcsize(form)))

    def skip(self, count: int) -> None:
        self._exactly(count)

    def until_zero(self) -> bytes:
        found = bytearray()
        while (byte := self._exactly(1)) != b"\0":
            found += byte
            if len(found) > _LONGEST_WORD:
                raise InputError(f"{self._name}: byte {self.offset:,}: a word without an end")
        return bytes(found)

    def floats(self, count: int) -> Floats:
        return np.frombuffer(self._exactly(4 * count), "<f4")

    def _exactly(self, count: int) -> bytes:
        if count < 0:
            raise InputError(f"{self._name}: byte {self.offset:,}: {count} bytes cannot follow")
        pieces, left = [], count
        while left > 0:  # bit by bit, for a number that is wrong can ask for any amount
            pieces.append(self._file.read(min(left, 16 * _BLOCK_BYTES)))
            self.offset += len(pieces[-1])
            left -= len(pieces[-1])
            if not pieces[-1]:
                raise InputError(f"{self._name}: byte {self.offset:,}: the file is cut off")
        return b"".join(pieces)


def _numpy(file: BinaryIO, name: str) -> tuple[list[str], Floats]:
    try:
        with np.load(io.BytesIO(file.read()), allow_pickle=False) as arrays:
            words, vectors = arrays["words"].ravel(), np.asarray(arrays["vectors"], np.float32)
            texts = [w.decode() if isinstance(w, bytes) else str(w) for w in words.tolist()]
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{name}: no .npz with 'words' and 'vectors' ({error})") from error
    if vectors.ndim != 2 or len(texts) != len(vectors):
        raise InputError(f"{name}: {len(texts)} words and vectors of shape {vectors.shape}")
    return texts, vectors
