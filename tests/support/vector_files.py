"""A small valid file of vectors of every format, and what happens to files in the worst case."""

from __future__ import annotations

import gzip
import io
import pickle
import random
import struct
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from textrnn.embeddings import Vectors
from textrnn.embeddings.subwords import Subwords

WORDS = ["the", "café", "北京", "a"]
MATRIX = np.array([[0.5, -1, 2], [3, 0, 1], [-4, 2, 2], [1, 1, 1]], np.float32)
# Bytes that mean something to one reader or another.
TELLING = [
    b"\0", b"\xff" * 4, b"\xff" * 8, b"\x7f" * 8, b"\n", b" ", b"1e999", b"nan", b"999999999",
    b"PK\x03\x04", b"\x1f\x8b", b"\x80\x04", b"\x93NUMPY", b"|O", b"\x94", b"\x85", b"(", b"u",
    b"R", b"-1", b"c__builtin__\neval\n", b"\x8d" + b"\xff" * 8, b"r\xff\xff\xff\x7f", b"[" * 50,
    b"\x00" * 64,
]  # fmt: skip


class KeyedVectors:
    """Pickled, it looks as gensim's own."""


def text() -> bytes:
    """GloVe's."""
    rows = zip(WORDS, MATRIX.tolist(), strict=True)
    return "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in rows).encode()


def word2vec() -> bytes:
    """word2vec's binary."""
    rows = [w.encode() + b" " + row.tobytes() for w, row in zip(WORDS, MATRIX, strict=True)]
    return b"4 3\n" + b"\n".join(rows)


def fasttext() -> bytes:
    """fastText's binary, with subwords."""
    content = struct.pack("<ii12i", 793712314, 12, 3, 5, 5, 1, 5, 1, 1, 1, 6, 2, 3, 1)
    content += struct.pack("<diiiqq", 1e-4, 4, 4, 0, 9, -1)
    content += b"".join(word.encode() + b"\0" + struct.pack("<qb", 5, 0) for word in WORDS)
    matrix = np.concatenate([MATRIX, MATRIX, MATRIX[:2]])
    return content + b"\0" + struct.pack("<qq", 10, 3) + matrix.astype("<f4").tobytes()


def gensim(protocol: int) -> bytes:
    """gensim's pickle, as a class that is called as gensim's writes it."""
    home = "gensim.models.keyedvectors"
    module = ModuleType(home)
    module.KeyedVectors = KeyedVectors  # type: ignore[attr-defined]
    KeyedVectors.__module__ = home
    before = {name: sys.modules.get(name) for name in ("gensim", "gensim.models", home)}
    sys.modules.update({name: ModuleType(name) for name in before} | {home: module})
    made = KeyedVectors()
    vars(made).update(index_to_key=WORDS, vectors=MATRIX, key_to_index={"a": 1}, some={1, 2})
    content = pickle.dumps(made, protocol)
    for name, earlier in before.items():
        if earlier is None:
            del sys.modules[name]
        else:
            sys.modules[name] = earlier
    return content


def npz() -> bytes:
    """An .npz."""
    content = io.BytesIO()
    np.savez(content, words=np.array(WORDS), vectors=MATRIX)
    return content.getvalue()


def zipped() -> bytes:
    """A zip with GloVe's text."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text() * 30)
    return content.getvalue()


def store(dtype: str) -> bytes:
    """A store of ours."""
    with tempfile.TemporaryDirectory() as folder:
        grams = Subwords(np.tile(MATRIX, (2, 1)), 2, 3)
        Vectors(WORDS, MATRIX, subwords=grams).save(Path(folder) / "a", dtype=dtype)
        return (Path(folder) / "a").read_bytes()


FORMATS: dict[str, Callable[[], bytes]] = {
    "text": text,
    "text with a header": lambda: b"4 3\n" + text(),
    "gzip": lambda: gzip.compress(text()),
    "word2vec": word2vec,
    "fasttext": fasttext,
    "gensim 2": lambda: gensim(2),
    "gensim 4": lambda: gensim(4),
    "gensim 5": lambda: gensim(5),
    "npz": npz,
    "zip": zipped,
    "store": lambda: store("float32"),
    "store of 8 bits": lambda: store("int8"),
}


def damage(content: bytes, rng: random.Random) -> bytes:
    """A file after one to four accidents."""
    left = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(left) + 1)
        kind = rng.choice(
            ["flip", "flip", "put", "over", "over", "drop", "double", "cut", "number"]
        )
        if kind == "flip" and left:
            left[place % len(left)] ^= 1 << rng.randrange(8)
        elif kind == "put":
            left[place:place] = rng.choice(TELLING)
        elif kind == "over":
            told = rng.choice(TELLING)
            left[place : place + len(told)] = told
        elif kind == "drop":
            del left[place : place + rng.randint(1, 40)]
        elif kind == "double":
            left[place:place] = left[place : place + rng.randint(1, 300)]
        elif kind == "cut":
            del left[place:]
        else:
            number = rng.choice([0, 1, -1, 2**31 - 1, -(2**31), 2**40, 2**62, 255])
            left[place : place + 8] = struct.pack("<q", number)
    return bytes(left)


def everything(path: Path, *, cache: bool) -> list[object]:
    """All that can be read of a file, as JSON's values."""
    vectors = Vectors.load(path, cache=cache)
    words = list(vectors.words)
    some = words[:5]
    return [
        words,
        [str(row) for row in vectors.rows(slice(None)).tolist()],
        [vectors.row(word) for word in some],
        [vectors.find(word) is not None for word in ("thee", "")],
        [[(n.word, str(n.similarity)) for n in near] for near in vectors.neighbors_of(some, 3)],
    ]
