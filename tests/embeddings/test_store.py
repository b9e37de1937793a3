"""Stores that were damaged or made up: never a wrong vector, but a clear error or a new store."""

from __future__ import annotations

import copy
import os
import pickle
import threading
import zlib
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textrnn.embeddings import Vectors, convert
from textrnn.embeddings.store.checksums import PAGE_BYTES, page_sums
from textrnn.embeddings.store.header import HEADER_BYTES, decode_header, encode_header
from textrnn.embeddings.store.reader import Store
from textrnn.embeddings.subwords import Subwords
from textrnn.errors import BundleError, ConfigurationError, InputError

WORDS = ["the", "café", "北京", ". . .", "zebra"]
MATRIX = np.array([[0.5, -1], [3, 0], [-4, 2], [1, 1], [9, 8]], np.float32)
TEXT = "".join(f"{w} {a} {b}\n" for w, (a, b) in zip(WORDS, MATRIX.tolist(), strict=True))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    return path


@pytest.fixture(params=["float32", "float16", "int8"])
def dtype(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def stored(text: Path, dtype: str = "float32") -> Path:
    path = text.with_name(f"a.{dtype}")
    convert(text, path, dtype=dtype)
    return path


def with_subwords(folder: Path) -> Path:
    grams = Subwords(np.arange(14, dtype=np.float32).reshape(7, 2), 2, 3)
    Vectors(WORDS, MATRIX, subwords=grams).save(folder / "grams")
    return folder / "grams"


def everything(vectors: Vectors) -> list[object]:
    """All that can be read of a store."""
    return [
        list(vectors.words),
        vectors.rows(slice(None)).tolist(),
        [vectors.row(word) for word in [*WORDS, "nothing"]],
        [
            None if vectors.find(w) is None else vectors.find(w).vector.tolist()
            for w in ("teh", "a")
        ],  # type: ignore[union-attr]
        vectors.neighbors("the", 3),
    ]


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x11]) + content[place + 1 :]


def test_no_byte_can_change_unnoticed(text: Path, dtype: str) -> None:
    path = stored(text, dtype)
    whole = path.read_bytes()
    for place in [
        *range(0, 40),
        *range(40, HEADER_BYTES - 4, 97),
        *range(HEADER_BYTES - 4, len(whole)),
    ]:
        path.write_bytes(flipped(whole, place))
        with pytest.raises(BundleError, match=r"a\.\w+: "):
            everything(Vectors.open(path))


def test_subwords_are_checked_too(tmp_path: Path) -> None:
    path = with_subwords(tmp_path)
    right = everything(Vectors.open(path))
    assert right[3] != [None, None]
    begin, end = Store(path).info.places()["subwords"]
    whole = path.read_bytes()
    for place in range(begin, end, 5):
        path.write_bytes(flipped(whole, place))
        with pytest.raises(BundleError, match="the store is damaged"):
            everything(Vectors.open(path))
    path.write_bytes(whole)
    assert everything(Vectors.load(path)) == right


def test_stores_that_are_too_short_or_too_long(text: Path) -> None:
    path = stored(text)
    whole = path.read_bytes()
    for content in (whole[:-1], whole + b"\0", whole[: len(whole) // 2], whole[:4095], b""):
        path.write_bytes(content)
        with pytest.raises(BundleError, match=r"cut off|too long|in its header"):
            Vectors.open(path)


def test_pages_are_looked_at_when_something_of_them_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(3000, 100)).astype(np.float32)
    Vectors([f"w{i}" for i in range(3000)], matrix).save(tmp_path / "large")
    whole = (tmp_path / "large").read_bytes()
    place = HEADER_BYTES + 2000 * 400
    (tmp_path / "large").write_bytes(flipped(whole, place))
    first, last = (2000 * 400 // PAGE_BYTES) * PAGE_BYTES // 400, 2000 + PAGE_BYTES // 400
    vectors = Vectors.open(tmp_path / "large")
    for rows in ([first - 1], [last], slice(0, first), slice(last, None), [0, 2999, last]):
        assert np.array_equal(vectors.rows(rows), matrix[rows])
    for rows in ([2000], [-1000], slice(1990, 2010), slice(0, None, 500), np.array([0, 2001])):  # type: ignore[assignment]
        with pytest.raises(BundleError, match="damaged, in its matrix"):
            vectors.rows(rows)
    assert vectors["w5"].tolist() == matrix[5].tolist()
    with pytest.raises(BundleError):
        vectors.neighbors("w5")


@pytest.mark.parametrize("large", [False, True])
def test_a_store_beside_its_text_is_made_again(tmp_path: Path, large: bool) -> None:
    """Whichever byte was damaged, the vectors are those of the text."""
    text = tmp_path / "a.txt"
    extra = "".join(f"w{i} {i} {-i}\n" for i in range(20_000)) if large else ""
    text.write_text(TEXT + extra, "utf-8")
    right = everything(Vectors.load(text))
    (store,) = tmp_path.glob("*.textrnn-vectors")
    whole = store.read_bytes()
    places = np.linspace(0, len(whole) - 1, 6 if large else 40).astype(int).tolist()
    for place in places:
        for path in (text, store):
            store.write_bytes(flipped(whole, place))
            assert everything(Vectors.load(path)) == right
    for path in (text, store):
        store.write_bytes(whole[: len(whole) // 2])
        assert everything(Vectors.load(path)) == right
    assert everything(Vectors.open(store)) == right  # it was written again
    assert len(list(tmp_path.iterdir())) == 2


def test_many_threads_that_find_it_damaged(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("".join(f"w{i} {i + 1} {-i}\n" for i in range(9000)), "utf-8")
    Vectors.load(text)
    (store,) = tmp_path.glob("*.textrnn-vectors")
    store.write_bytes(flipped(store.read_bytes(), HEADER_BYTES + 5))
    vectors = Vectors.load(text)
    found: list[list[float]] = []
    threads = [
        threading.Thread(target=lambda: found.append(vectors["w0"].tolist())) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[1.0, 0.0]] * 8


def test_a_damaged_store_whose_text_has_changed(text: Path) -> None:
    vectors = Vectors.load(text)
    (store,) = text.parent.glob("*.textrnn-vectors")
    with store.open("r+b") as file:
        file.seek(HEADER_BYTES)
        file.write(b"\x01\x02")
    text.write_text("other 1 2\n")
    with pytest.raises(BundleError, match=r"damaged, and .*a\.txt has changed since"):
        vectors.rows([0])
    assert list(Vectors.load(text).words) == ["other"]


def test_the_vectors_beside_gensim_s_file_count_as_its_content(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("a 1 2\n")
    Vectors.load(text)
    (store,) = tmp_path.glob("*.textrnn-vectors")
    os.utime(store, ns=(0, 0))  # what is written within a tick of the clock has one time
    (tmp_path / "a.txt.vectors.npy").write_bytes(b"other")
    Vectors.load(text)
    assert store.stat().st_mtime_ns != 0


def sealed(path: Path, change: Callable[[dict[str, Any]], None], **parts: bytes) -> None:
    """Change what a store's header says, and parts of it, and make all checksums right again."""
    content = bytearray(path.read_bytes())
    info = decode_header(bytes(content[:HEADER_BYTES]), "a")
    places = info.places()
    for name, put in parts.items():
        content[places[name][0] : places[name][0] + len(put)] = put
    begin = places["sums"][0]
    sums = page_sums(memoryview(content), HEADER_BYTES, begin).tobytes()
    content[begin:] = sums
    said = {**asdict(info), "sums": zlib.crc32(sums)}
    change(said)
    content[:HEADER_BYTES] = encode_header(replace(info, **{k: said[k] for k in asdict(info)}))
    path.write_bytes(content)


NUMBERS = [None, -1, 1.5, "5", [], {}, True, 10**12, 2**80]


@pytest.mark.parametrize(("name", "value"), [
    *((name, value) for name in ("words", "units", "word_bytes", "sums") for value in NUMBERS),
    *(("dtype", value) for value in [None, 5, "x", "O", "float64", [], "<f4"]),
    *(("source", value) for value in [None, 1, [], "x"]),
    *(("reading", value) for value in [None, 1, [], "x", {"rows": "x"}, {"words": 5},
                                       {"format": "x" * 100}, {"rows": True}]),
    *(("buckets", value) for value in NUMBERS),
    *(("ngrams", value) for value in [None, 1, [1], [3, 2], [-1, 2], [1, 10**9], ["a", "b"], {}]),
])  # fmt: skip
def test_headers_that_lie(text: Path, name: str, value: object) -> None:
    path = stored(text)
    sealed(path, lambda said: said.update({name: value}))
    with pytest.raises(BundleError, match=r"a\.float32: "):
        everything(Vectors.open(path))


def words_of(vectors: Vectors) -> object:
    return [vectors.row(word) for word in [*WORDS, "nothing"]]


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ({"table": b"\x01\0\0\0" * 16}, words_of),  # no free place: it must not look for ever
        ({"table": b"\xff\xff\xff\xff" * 16}, words_of),
        ({"table": b"\x06\0\0\0" * 16}, words_of),
        ({"words": b"\xff\xfe"}, lambda vectors: list(vectors.words)),
        ({"starts": b"\xff" * 48}, lambda vectors: list(vectors.words)),
        ({"starts": b"\x7f" * 48}, words_of),
        ({"starts": (9).to_bytes(8, "little")}, lambda vectors: list(vectors.words)),
        ({"matrix": np.float32(np.nan).tobytes()}, lambda vectors: vectors["the"]),
        ({"matrix": np.float32(np.inf).tobytes()}, lambda vectors: vectors.neighbors("café")),
    ],
)
def test_stores_made_up_by_somebody(
    text: Path, parts: dict[str, bytes], read: Callable[[Vectors], object]
) -> None:
    """All checksums are right; what they seal is not."""
    path = stored(text)
    sealed(path, lambda said: None, **parts)
    with pytest.raises(BundleError, match=r"a\.float32: (the store is damaged|a number)"):
        read(Vectors.open(path))


def test_scales_that_are_not_finite(text: Path) -> None:
    path = stored(text, "int8")
    sealed(path, lambda said: None, scales=np.float32(np.inf).tobytes())
    with pytest.raises(BundleError, match="a number is not finite"):
        Vectors.open(path).rows([0])


def test_headers_that_are_no_records(text: Path) -> None:
    path = stored(text)
    for said in (
        b"[" * 2000,
        b"[]",
        b'{"words": 1}',
        b'{"more": 1}',
        b"\xff",
        b'{"words": ' + b"9" * 3000,
    ):
        filled = b"textrnn vectors 2\n" + len(said).to_bytes(4, "little") + said
        filled = filled.ljust(HEADER_BYTES - 4, b"\0")
        header = filled + zlib.crc32(filled).to_bytes(4, "little")
        path.write_bytes(header + path.read_bytes()[HEADER_BYTES:])
        with pytest.raises(BundleError, match="damaged, in its header"):
            Vectors.open(path)


def test_a_store_of_the_first_version(text: Path) -> None:
    path = text.with_name("old")
    path.write_bytes(b"textrnn vectors 1\n".ljust(5000, b"\0"))
    with pytest.raises(BundleError, match="an older store, without checksums; make it again"):
        Vectors.open(path)
    beside = text.with_name("a.txt.f32.textrnn-vectors")
    beside.write_bytes(path.read_bytes())
    assert list(Vectors.load(text).words) == WORDS


def test_a_part_never_stands_for_the_whole(text: Path) -> None:
    store = text.with_name("a.txt.f32.textrnn-vectors")
    convert(text, store, limit=2)
    assert list(Vectors.open(store).words) == WORDS[:2]
    assert list(Vectors.load(text).words) == WORDS


@pytest.mark.parametrize("name", ["n" * 250, "名" * 80, "n" * 140])
def test_names_as_long_as_they_may_be(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTRNN_CACHE", str(tmp_path / "cache"))
    text = tmp_path / name
    text.write_text(TEXT, "utf-8")
    assert list(Vectors.load(text).words) == WORDS
    (store,) = tmp_path.glob("*.textrnn-vectors")
    before = store.stat().st_mtime_ns
    assert list(Vectors.load(text).words) == WORDS
    assert store.stat().st_mtime_ns == before
    assert not (tmp_path / "cache").exists()


def test_numbers_that_do_not_fit(tmp_path: Path) -> None:
    small = Vectors(["a"], np.array([[1e-30, 2e-30]], np.float32))
    with pytest.raises(ConfigurationError, match="a number of 'a' is too small for float16"):
        small.save(tmp_path / "s", dtype="float16")
    small.save(tmp_path / "s", dtype="int8")
    assert Vectors.open(tmp_path / "s")["a"] == pytest.approx([1e-30, 2e-30], rel=0.01)


def test_a_name_of_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"s\.txt: what is written is a store"):
        Vectors(["a"], np.ones((1, 2), np.float32)).save(tmp_path / "s.txt")
    assert not (tmp_path / "s.txt").exists()


def test_a_pipe_in_the_place_of_a_store(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTRNN_CACHE", str(text.parent / "cache"))
    os.mkfifo(text.with_name("a.txt.f32.textrnn-vectors"))
    with pytest.raises(InputError, match="a device or a pipe"):
        Vectors.open(text.with_name("a.txt.f32.textrnn-vectors"))
    assert list(Vectors.load(text).words) == WORDS


def test_vectors_are_copied_and_sent_to_other_processes(text: Path) -> None:
    with_grams = Vectors.open(with_subwords(text.parent))
    for vectors in (Vectors.load(text), Vectors.open(stored(text)), with_grams):
        right = everything(vectors)
        assert everything(copy.deepcopy(vectors)) == right
        assert everything(pickle.loads(pickle.dumps(vectors))) == right
