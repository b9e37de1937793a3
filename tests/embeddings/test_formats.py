"""Files of vectors that are wrong, hostile or odd: the right rows, or one line that says where."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from textrnn.embeddings import Vectors
from textrnn.embeddings.formats import npz as npz_format
from textrnn.embeddings.formats import packed
from textrnn.embeddings.formats.blocks import Reading, Wanted
from textrnn.embeddings.reading import read_blocks
from textrnn.errors import InputError
from waiting import LONGEST_S


def loaded(path: Path | str, limit: int | None = None) -> Vectors:
    return Vectors.load(path, cache=False, limit=limit)


def refused(path: Path | str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        loaded(path)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def put(folder: Path, content: bytes | str) -> Path:
    path = folder / "a.vec"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 1 2\nb 1 2\nc nan 2\n", "line 3: a number of 'c' is not finite"),
        ("2 2\na 1 2\nb 1 inf\n", "line 3: a number of 'b' is not finite"),
        ("a 1 2\nb -1e39 2\n", "line 2: a number of 'b' is not finite"),
        ("a 1 2\nb 1 2\x00\n", "a.vec: byte 11 is zero"),
        ("a 1 2\n" * 1000 + "b 1 2\x00\n", "line 1001: a byte is zero"),
        ("a 1 2\n" + "x" * 70_000 + " 1 2\n", "line 2: a word of 70,000 bytes"),
        ("a 1 2\nb 1 " + "9" * 70_000 + "x\n", r"line 2: could not convert '9{40}' to a number"),
        ("a 1 2\nb 1,5 2\n", "line 2: could not convert '1,5' to a number"),
        ("a 1 2\nb 1 2 3\n", "line 2: 3 numbers; expected a word and 2"),
        ("a 1 2\n\nb 1 2\n", "line 2: 0 numbers"),
        ("2 3\na 1 2\nb 1 2\n", "line 2: 2 numbers; expected a word and 3"),
        ("1 2\na 1 2\nb 1 2\n", "the header promises 1 words, and there are 2"),
        ("999999999999 2\na 1 2\n", "promises 999,999,999,999 words, and there are 1"),
        ("1 999999999999\na 1 2\n", "line 1: vectors of 999,999,999,999 numbers"),
        ("1 0\na 1 2\n", "line 1: vectors of 0 numbers"),
        ("a " + "1 " * 70_000 + "\n", "line 1: vectors of 70,000 numbers"),
        ("a 1 2\n".encode("utf-16"), "begins like UTF-16"),
        (b"\x93NUMPY\x01\x00", "an array without words"),
        ("text and no numbers\nat all\n", "line 1: 0 numbers"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "byte 8 is zero"),
        (b"\x80\x04.", "nothing is there to be used"),
    ],
)
def test_wrong_lines_are_named(tmp_path: Path, content: bytes | str, message: str) -> None:
    refused(put(tmp_path, content), message)


def test_a_line_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "a.vec"
    with path.open("wb") as file:
        file.write(b"a 1 2\n")
        file.write(b"x" * (40 << 20))
    refused(path, "line 2 has no end")


def test_words_of_every_kind(tmp_path: Path) -> None:
    lines = [
        "a 1 2",
        "new york 3 4",
        ". . . 5 6",
        "-1 7 8",
        "1 9 10",
        "\u3000 11 12",
        "q\u00a0r 13 14",
    ]
    vectors = loaded(put(tmp_path, "\r\n".join(lines)))
    assert list(vectors.words) == ["a", "new york", ". . .", "-1", "1", "\u3000", "q\u00a0r"]
    assert vectors.rows(slice(None)).ravel().tolist() == list(range(1, 15))
    vectors = loaded(put(tmp_path, b"\xef\xbb\xbf3 1\na 1\nb 2\nb 3\n"))
    assert list(vectors.words) == ["a", "b"]
    assert vectors.rows(slice(None)).tolist() == [[1], [2]]
    assert vectors.reading["duplicates"] == 1


def word2vec(header: str, *rows: tuple[str | bytes, list[float]]) -> bytes:
    content = header.encode() + b"\n"
    for word, numbers in rows:
        content += (word if isinstance(word, bytes) else word.encode()) + b" "
        content += np.array(numbers, "<f4").tobytes()
    return content


ROW = ("a", [1e-3, 2e9])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (word2vec("2 2", ROW), "ends in row 2 of 2, at byte 14: it is cut off"),
        (word2vec("999999999999 2", ROW), "ends in row 2 of 999,999,999,999"),
        (word2vec("1 999999999", ROW), "line 1: vectors of 999,999,999 numbers"),
        (word2vec("1 0", ROW), "line 1: vectors of 0 numbers"),
        (word2vec("1 2", ROW, ROW), "promises 1 words, and more follow"),
        (word2vec("2 2", ROW, ("b", [np.nan, 1])), "row 2: a number of 'b' is not finite"),
        (word2vec("2 2", ROW, (b"x" * 70_000, [0, 1])), "byte 14: a word without an end"),
        (word2vec("2 2", ROW) + b"x" * 200_000, "byte 14: a word without an end"),
    ],
)
def test_wrong_binaries_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    refused(put(tmp_path, content), message)


def fasttext(
    *, units: int = 2, buckets: int = 3, shortest: int = 2, longest: int = 3, size: int = 2,
    words: int = 2, pruned: int = -1, version: int = 12, rows: int | None = None,
    columns: int | None = None, cut: int | None = None, number: float = 1.5,
) -> bytes:  # fmt: skip
    """fastText's binary with the words a and bc."""
    content = struct.pack("<ii", 793712314, version)
    content += struct.pack("<12i", units, 5, 5, 1, 5, 1, 1, 1, buckets, shortest, longest, 1)
    content += struct.pack("<d", 1e-4) + struct.pack("<iiiqq", size, words, 0, 9, pruned)
    for word in (b"a", b"bc"):
        content += word + b"\0" + struct.pack("<qb", 5, 0)
    count = words + buckets if rows is None else rows
    content += b"\0" + struct.pack("<qq", count, units if columns is None else columns)
    matrix = np.full((5, 2), number, "<f4")
    return (content + matrix.tobytes())[:cut]


def test_fasttext_s_binary_by_hand(tmp_path: Path) -> None:
    vectors = loaded(put(tmp_path, fasttext()))
    assert list(vectors.words) == ["a", "bc"]
    assert vectors.rows(slice(None)).tolist() == [[1.5, 1.5]] * 2
    assert vectors.subwords is not None
    assert list(loaded(put(tmp_path, fasttext()), limit=1).words) == ["a"]
    plain = loaded(put(tmp_path, fasttext(buckets=0, shortest=0, longest=0)))
    assert plain.subwords is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (fasttext(longest=2**31 - 1), "n-grams of 2 to 2,147,483,647 letters"),
        (fasttext(shortest=-(2**31)), "n-grams of -2,147,483,648 to 3 letters"),
        (fasttext(shortest=5), "n-grams of 5 to 3 letters"),
        (fasttext(buckets=-1), "in -1 rows"),
        (fasttext(units=0), "vectors of 0 numbers"),
        (fasttext(units=2**31 - 1), "vectors of 2,147,483,647 numbers"),
        (fasttext(size=2**31 - 1), "byte"),
        (fasttext(words=-5), "-5 words in a dictionary of 2"),
        (fasttext(words=3), "3 words in a dictionary of 2"),
        (fasttext(pruned=2**62), "cut off"),
        (fasttext(rows=2**60), "a matrix of 1,152,921,504,606,846,976 x 2"),
        (fasttext(columns=2**62), "a matrix of 5 x 4,611,686,018,427,387,904"),
        (fasttext(buckets=2**31 - 1), "cut off"),
        (fasttext(version=9), "version 9"),
        (fasttext(number=np.inf), "is not finite"),
        *((fasttext(cut=cut), "cut off") for cut in (5, 20, 60, 80, 100, 130, 160)),
    ],
)
def test_wrong_fasttext_models_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    refused(put(tmp_path, content), message)


def npz(**arrays: object) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


MATRIX = np.array([[0.5, -1], [2, 3]], np.float32)
WORDS = np.array(["a", "北京"])


@pytest.mark.parametrize(
    ("words", "vectors"),
    [
        (WORDS, MATRIX),
        (WORDS.astype(">U7"), MATRIX.astype(">f8")),
        (np.char.encode(WORDS, "utf-8"), np.asfortranarray(MATRIX)),
        (WORDS.reshape(2, 1), MATRIX.astype("f2")),
    ],
)
def test_arrays_of_numpy(tmp_path: Path, words: np.ndarray, vectors: np.ndarray) -> None:
    found = loaded(put(tmp_path, npz(words=words, vectors=vectors)))
    assert list(found.words) == ["a", "北京"]
    assert np.array_equal(found.rows(slice(None)), MATRIX)
    assert list(loaded(put(tmp_path, npz(words=words, vectors=vectors)), limit=1).words) == ["a"]
    path = put(tmp_path, npz(words=words, vectors=vectors))
    some = Vectors.load(path, vocabulary=["北京", "c"])
    assert some["北京"].tolist() == [2, 3]
    assert len(some) == 1


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(f"{name}.npy", member)
    return content.getvalue()


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def header(content: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(content)) + content.encode()


HUGE = header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 60000)}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npz(words=np.array(["a", 5], object), vectors=MATRIX), r"type '\|O'; save them as"),
        (npz(words=WORDS, vectors=MATRIX.astype(object)), r"vectors: its type is '\|O'"),
        (npz(words=WORDS, vectors=MATRIX.astype(complex)), "not plain numbers"),
        (npz(words=WORDS, vectors=MATRIX.ravel()), "expected two sides"),
        (npz(words=WORDS, vectors=MATRIX[:1]), "2 words and vectors of shape"),
        (npz(words=np.array([1, 2]), vectors=MATRIX), "save them as"),
        (npz(vectors=MATRIX), r"no \.npz with 'words' and 'vectors'"),
        (npz(words=WORDS, vectors=np.array([[1, 2], [np.nan, 1]])), "row 2: a number of '北京' is"),
        (npz(words=WORDS, vectors=np.array([[1, 2], [1e300, 1]])), "row 2: a number of '北京' is"),
        (zipped(words=npy(WORDS), vectors=npy(MATRIX)[:-1]), "cut off"),
        (zipped(words=npy(WORDS), vectors=npy(MATRIX) + b"x"), "more follows than its header"),
        (zipped(words=npy(WORDS), vectors=HUGE + bytes(100)), "cut off"),
        (zipped(words=npy(WORDS), vectors=header("{}")), "header of an array is damaged"),
        (zipped(words=header("{'descr': '<U99999999', 'fortran_order': False, 'shape': (2,)}"),
                vectors=npy(MATRIX)), "of 99999999 letters"),
        (zipped(words=header("{'descr': '<U1', 'fortran_order': False, 'shape': (2,)}")
                + b"\xff" * 8, vectors=npy(MATRIX)), "words: damaged"),
        (b"PK\x03\x04 and nothing more", "the zip cannot be read"),
    ],
)  # fmt: skip
def test_wrong_arrays_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    refused(put(tmp_path, content), message)


def test_every_cut_and_many_changes_of_a_zip(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "a 1 2\nb 3 4\n" * 20)
    for whole in (content.getvalue(), npz(words=WORDS, vectors=MATRIX)):
        for place in range(0, len(whole), 3):
            for damaged in (
                whole[:place],
                whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :],
            ):
                with suppress(InputError):
                    found = loaded(put(tmp_path, damaged))
                    assert found["a"].tolist() in ([1, 2], [0.5, -1])


def bomb(path: Path, pack: Callable[..., object]) -> Path:
    """Some megabytes of lines, packed to next to nothing."""
    with pack(path, "wb") as file:  # type: ignore[attr-defined]
        file.write(b"a 1 2\n" * 1_500_000)
    return path


@pytest.mark.parametrize("pack", [gzip.open, bz2.open, lzma.open])
def test_what_unpacks_to_a_hundred_times_its_size(
    tmp_path: Path, pack: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_LEAST_LOOKED_AT", 1 << 20)
    path = bomb(tmp_path / "a.vec", pack)
    refused(path, "unpacks to more than 100 times its size")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.txt", b"a 1 2\n" * 500_000)
    refused(tmp_path / "a.zip", "unpacks to more than 100 times its size")


def test_an_npz_that_unpacks_to_a_hundred_times_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(npz_format, "_LARGE_BYTES", 1 << 20)
    zeros = np.zeros((20_000, 50), np.float32)
    path = put(tmp_path, npz(words=np.arange(20_000).astype(str), vectors=zeros))
    refused(path, "'vectors.npy' unpacks to more than 100 times its size")


@pytest.mark.parametrize("pack", [gzip.open, lzma.open])
def test_with_a_limit_no_more_is_unpacked_than_it_needs(
    tmp_path: Path, pack: Callable[..., object]
) -> None:
    read: list[int] = []
    path = bomb(tmp_path / "a.vec", pack)
    blocks = list(read_blocks(path, Reading(), Wanted(limit=3, on_bytes=read.append)))
    assert [block.words for block in blocks] == [["a"] * 3]
    assert sum(read) <= 5 << 20
    assert list(loaded(path, limit=2).words) == ["a"]


def test_with_a_limit_the_rest_may_be_broken(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(b"a 1 2\nb 3 4\n" * 400_000)[:-200])
    refused(path, "damaged or cut off")
    assert list(loaded(path, limit=2).words) == ["a", "b"]


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), Path("/dev/null")):
        refused(path, "a device or a pipe; word vectors are read from files")
    refused(tmp_path, "a folder, not a file")
    refused(tmp_path / ("n" * 300), "File name too long")
    refused(tmp_path / "a.zip:b.txt", "No such file")
    refused("-", "-: No such file")


FORKING = """
import os, sys, warnings
warnings.simplefilter("ignore")
import polars
from textrnn.embeddings import Vectors
path = sys.argv[1]
assert Vectors.load(path, cache=False)["a"].tolist() == [1, 2]
child = os.fork()
if not child:
    found = Vectors.load(path, cache=False)["b"].tolist()
    os._exit(0 if found == [3, 4] else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_child_reads_vectors(tmp_path: Path) -> None:
    """Polars' threads are not there in it, and it would wait for them for ever."""
    pytest.importorskip("polars")
    path = put(tmp_path, "a 1 2\nb 3 4\n" * 20_000)
    command = [sys.executable, "-c", FORKING, str(path)]
    assert subprocess.run(command, timeout=LONGEST_S, check=False).returncode == 0
