"""gensim's pickles, read as data: right ones to the number, hostile ones to the wrong byte."""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from textrnn.embeddings import Vectors
from textrnn.embeddings.formats import pickles
from textrnn.embeddings.formats.binary import BinaryReader
from textrnn.embeddings.formats.pickles import Call, Name, read_pickle
from textrnn.errors import InputError

WORDS = ["the", "café", "paris"]
MATRIX = np.array([[0.5, -1, 2], [3, 0, 3], [-4, 0, 0.5]], np.float32)
HOME = "gensim.models.keyedvectors"


class KeyedVectors:
    """Pickled, it looks as gensim's own."""


KeyedVectors.__module__ = HOME


@pytest.fixture(autouse=True)
def home_of_the_class(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType(HOME)
    module.KeyedVectors = KeyedVectors  # type: ignore[attr-defined]
    for name in ("gensim", "gensim.models"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, HOME, module)


def saved(path: Path, protocol: int = 4, **state: object) -> Path:
    made = KeyedVectors()
    vars(made).update({"index_to_key": WORDS, "vectors": MATRIX} | state)
    path.write_bytes(pickle.dumps(made, protocol))
    return path


def with_vectors(path: Path, instructions: bytes) -> Path:
    """A file of word vectors in which the array is made by the given instructions."""
    state = b"}(" + text("index_to_key") + b"](" + text("a") + text("b") + b"e"
    content = b"\x80\x04" + name(HOME, "KeyedVectors") + b")\x81" + state + text("vectors")
    path.write_bytes(content + instructions + b"ub.")
    return path


def text(content: str) -> bytes:
    encoded = content.encode()
    return b"X" + struct.pack("<I", len(encoded)) + encoded


def name(module: str, called: str) -> bytes:
    return b"c" + module.encode() + b"\n" + called.encode() + b"\n"


def loaded(path: Path) -> Vectors:
    return Vectors.load(path, cache=False)


def refused(path: Path, message: str) -> None:
    with pytest.raises(InputError, match=message):
        loaded(path)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8", "<f2", "|i1", ">i8", "<u2"])
def test_arrays_of_plain_numbers(tmp_path: Path, dtype: str, protocol: int) -> None:
    whole = np.abs(np.rint(MATRIX)) if dtype[1] in "iu" else MATRIX
    vectors = loaded(saved(tmp_path / "a.kv", protocol, vectors=whole.astype(dtype)))
    assert list(vectors.words) == WORDS
    assert np.array_equal(vectors.rows(slice(None)), whole)


def test_columns_first_and_spare_rows(tmp_path: Path) -> None:
    vectors = loaded(saved(tmp_path / "a.kv", vectors=np.asfortranarray(MATRIX)))
    assert np.array_equal(vectors.rows(slice(None)), MATRIX)
    spare = np.concatenate([MATRIX, MATRIX])
    assert len(loaded(saved(tmp_path / "b.kv", vectors=spare))) == 3


@pytest.mark.parametrize("protocol", [2, 4])
def test_parts_that_are_not_needed_are_read_over(tmp_path: Path, protocol: int) -> None:
    more = {
        "expandos": {"count": np.arange(3)}, "created": frozenset({"a", 2}), "floats": 1.5,
        "truth": (True, False, None), "large": 2**70, "bytes": b"\x00" * 300, "set": {1},
    }  # fmt: skip
    assert list(loaded(saved(tmp_path / "a.kv", protocol, **more)).words) == WORDS


def test_numbers_of_the_words_of_gensim_3(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.kv", 2, index_to_key=None, index2word=WORDS)
    refused(path, "no word vectors of gensim")
    made = KeyedVectors()
    vars(made).update(index2word=WORDS, vectors=MATRIX)
    path.write_bytes(pickle.dumps(made, 2))
    assert loaded(path)["paris"].tolist() == [-4, 0, 0.5]


@pytest.mark.parametrize(
    ("instructions", "message"),
    [
        # numpy.ndarray((2, 1), "O", <pointers>): to read it is to follow them
        (
            name("numpy", "ndarray")
            + b"(K\x02K\x01\x86"
            + text("O")
            + b"C\x10"
            + b"A" * 16
            + b"tR",
            "no plain numbers",
        ),
        # numpy.ndarray((2, 1000), "f4"): whatever was in memory
        (
            name("numpy", "ndarray") + b"(K\x02M\xe8\x03\x86" + text("f4") + b"tR",
            "no plain numbers",
        ),
        # an array of objects by the usual way, with bytes in place of the objects
        (
            name("numpy._core.multiarray", "_reconstruct")
            + name("numpy", "ndarray")
            + b"K\x00\x85C\x01b\x87R(K\x01K\x02K\x01\x86"
            + name("numpy", "dtype")
            + text("O8")
            + b"\x89\x88\x87R(K\x03X\x01\x00\x00\x00|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb"
            + b"\x89C\x10"
            + b"A" * 16
            + b"tb",
            "no plain numbers",
        ),
    ],
)
def test_arrays_that_would_follow_pointers_are_never_made(
    tmp_path: Path, instructions: bytes, message: str
) -> None:
    refused(with_vectors(tmp_path / "a.kv", instructions), message)


def reconstructed(
    shape: bytes, code: str, order: str, content: bytes, extra: bytes = b"NNN"
) -> bytes:
    dtype = name("numpy", "dtype") + text(code) + b"\x89\x88\x87R(K\x03" + text(order) + extra
    return (
        name("numpy.core.multiarray", "_reconstruct")
        + name("numpy", "ndarray")
        + b"K\x00\x85C\x01b\x87R(K\x01"
        + shape
        + dtype
        + b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89B"
        + struct.pack("<I", len(content))
        + content
        + b"tb"
    )


@pytest.mark.parametrize(
    ("instructions", "message"),
    [
        (reconstructed(b"K\x02K\x01\x86", "f4", "<", bytes(7)), "do not have the size"),
        (reconstructed(b"K\x02K\x01\x86", "f4", "<", bytes(9)), "do not have the size"),
        (reconstructed(b"J\xfe\xff\xff\xffJ\xff\xff\xff\xff\x86", "f4", "<", bytes(8)), "the size"),
        (reconstructed(b"K\x02\x85", "f4", "<", bytes(8)), "the size"),
        (reconstructed(b"K\x00\x8a\x0a" + b"\xff" * 9 + b"\x7f\x86", "f4", "<", b""), "the size"),
        (reconstructed(b"K\x02\x88\x86", "f4", "<", bytes(8)), "the size"),
        (reconstructed(b"K\x02K\x01\x86", "M8", "<", bytes(16)), "no plain numbers"),
        (reconstructed(b"K\x02K\x01\x86", "V4", "<", bytes(8)), "no plain numbers"),
        (reconstructed(b"K\x02K\x01\x86", "f4", "O", bytes(8)), "no plain numbers"),
        (reconstructed(b"K\x02K\x01\x86", "f4", "<", bytes(8), b"K\x01NN"), "no plain numbers"),
        (b"K\x05", "no plain numbers"),
        (text("numbers"), "no plain numbers"),
        (b"]", "no plain numbers"),
        (reconstructed(b"K\x01K\x01\x86", "f4", "<", bytes(4)), r"2 words and vectors of shape"),
    ],
)
def test_sizes_and_types_are_exact(tmp_path: Path, instructions: bytes, message: str) -> None:
    refused(with_vectors(tmp_path / "a.kv", instructions), message)


def test_numbers_that_are_not_finite_name_their_row(tmp_path: Path) -> None:
    wrong = MATRIX.copy()
    wrong[1, 2] = np.nan
    refused(saved(tmp_path / "a.kv", vectors=wrong), "row 2: a number of 'café' is not finite")


NESTED = b")" + b"\x85" * 200_000
# Each pair holds the one before twice: to hash the last takes 2^60 steps.
DOUBLED = b")" + b"".join(b"\x940h" + bytes([i]) + b"h" + bytes([i]) + b"\x86" for i in range(60))


@pytest.mark.parametrize(
    ("instructions", "message"),
    [
        (b"\x8e" + struct.pack("<Q", 1 << 60) + b"abc", "cut off"),
        (b"\x8d" + struct.pack("<Q", 1 << 62) + b"abc", "cut off"),
        (b"X\xff\xff\xff\xffabc", "cut off"),
        (b"T\xff\xff\xff\xffabc", "cannot follow"),
        (b"\x95" + struct.pack("<Q", 1 << 63) + b"]" + b"r\xff\xff\xff\xff", "of the memo"),
        (b"\x8b\xff\xff\xff\x7f", r"do not need \(0x8b\)"),
        (b"h\xc8", "memo is empty"),
        (b"}" + NESTED + b"K\x01s", "a key that is neither"),
        (b"}" + DOUBLED + b"K\x01s", "a key that is neither"),
        (NESTED, "no plain numbers"),
        (b"(" * 100_000, "too deep"),
        (b"N" * 100_000, "too deep"),
        (b"(u", "of another kind"),
        (b"b", "of another kind"),
        (b"0" * 100, "nothing is there"),
        (b"X\x02\x00\x00\x00\xff\xff", "text that is not UTF-8"),
        (name("os", "system") + text("true") + b"\x85R", r"it names os\.system"),
        (text("posix") + text("system") + b"\x93", r"it names posix\.system"),
        (name("gensim.models.word2vec", "Word2Vec"), r"save its vectors alone: model\.wv\.save"),
        (b"c" + b"n" * 5000, "a name without an end"),
        (b"P1\n", "do not need"),
        (b"\x98", "do not need"),
        (b"\x82\x01", "do not need"),
    ],
)
def test_bombs_and_wrong_instructions(tmp_path: Path, instructions: bytes, message: str) -> None:
    refused(with_vectors(tmp_path / "a.kv", instructions), message)


def test_parts_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickles, "_MOST_CONTAINERS", 1000)
    monkeypatch.setattr(pickles, "_MOST_STEPS", 5000)
    refused(with_vectors(tmp_path / "a.kv", b"]0" * 1000), "too many parts")
    refused(with_vectors(tmp_path / "a.kv", b"N0" * 2500), "too long")


def test_what_is_called_is_only_noted() -> None:
    content = (
        b"\x80\x04" + name("os", "system") + text("true") + b"\x85R}" + text("a") + b"K\x01sb."
    )
    found = read_pickle(BinaryReader(io.BytesIO(content), "a"), lambda name: True)
    assert found == Call(Name("os", "system"), ("true",), {"a": 1})


def test_every_cut_is_an_error(tmp_path: Path) -> None:
    content = saved(tmp_path / "a.kv").read_bytes()
    for cut in range(2, len(content)):
        (tmp_path / "a.kv").write_bytes(content[:cut])
        with pytest.raises(InputError, match="cut off"):
            loaded(tmp_path / "a.kv")


def beside(folder: Path, content: bytes) -> Path:
    """Word vectors whose array lies beside them."""
    (folder / "a.kv.vectors.npy").write_bytes(content)
    return saved(folder / "a.kv", vectors=None)


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def test_an_array_that_lies_beside(tmp_path: Path) -> None:
    for array in (MATRIX, MATRIX.astype(">f8"), np.asfortranarray(MATRIX)):
        vectors = loaded(beside(tmp_path, npy(array)))
        assert np.array_equal(vectors.rows(slice(None)), MATRIX)
    (tmp_path / "a.kv.vectors.npy").unlink()
    refused(tmp_path / "a.kv", r"is a\.kv\.vectors\.npy missing\?")
    os.mkfifo(tmp_path / "a.kv.vectors.npy")
    refused(tmp_path / "a.kv", "not a regular file")


def header(content: str) -> bytes:
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(content)) + content.encode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy(MATRIX)[:-1], "bytes; expected"),
        (npy(MATRIX) + b"\0", "bytes; expected"),
        (header("{'descr': '|O', 'fortran_order': False, 'shape': (3, 3)}"), "not plain numbers"),
        (header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3, 3)}"), "not plain"),
        (header("{'descr': '<f4', 'fortran_order': 1, 'shape': (3, 3)}"), "header of an array"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (3, -3)}"), "header of an arr"),
        (header("{'descr': '<f4', 'fortran_order': False, 'shape': (9,)}"), "expected two sides"),
        (header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': (3, {9**99})}}"), "two sides"),
        (header("__import__('os').system('true')"), "header of an array is damaged"),
        (header("(" * 4000), "header of an array is damaged"),
        (header("[" * 2000 + "]" * 2000), "header of an array is damaged"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "a header of 4,294,967,295 bytes"),
        (b"", "cut off"),
        (b"nothing of NumPy's", "not an array"),
    ],
)
def test_damaged_arrays_beside(tmp_path: Path, content: bytes, message: str) -> None:
    refused(beside(tmp_path, content), message)


def test_words_are_bounded_and_stand_once(tmp_path: Path) -> None:
    """A pickle names one long word a million times in a few bytes each."""
    wide = np.zeros((3, 2), np.float32)
    long = saved(tmp_path / "long.kv", index_to_key=["a", "x" * 70_000, "b"], vectors=wide)
    refused(long, "word 2 has more than 65,536 letters")
    twice = saved(tmp_path / "twice.kv", index_to_key=["a", "b", "a"], vectors=wide)
    refused(twice, "a word stands twice")
