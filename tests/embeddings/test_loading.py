"""Files of every format, loaded to the right rows, and the store that is kept beside them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textrnn.embeddings import Vectors, convert
from textrnn.embeddings.cache import RemadeStore
from textrnn.embeddings.dtypes import pack_rows, unpack_rows
from textrnn.embeddings.formats.floats import _by_numpy, _by_polars, parse_floats
from textrnn.embeddings.loading import load_table
from textrnn.embeddings.store.reader import Store
from textrnn.embeddings.store.writer import StoreWriter
from textrnn.embeddings.tables import TableInMemory
from textrnn.errors import BundleError, ConfigurationError, InputError

GLOVE = "the 0.5 -1 2\n. . . 1 1 1\nthe 9 9 9\ncafé 1e-3 0 3\nＡ１ 1 2 3\nparis 1 0 0.5\n"
WORDS = ["the", ". . .", "café", "Ａ１", "paris"]
MATRIX = np.array([[0.5, -1, 2], [1, 1, 1], [1e-3, 0, 3], [1, 2, 3], [1, 0, 0.5]], np.float32)


def glove(folder: Path, content: str | bytes = GLOVE, name: str = "glove.txt") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def word2vec_binary(words: list[str], matrix: np.ndarray) -> bytes:
    rows = [
        word.encode() + b" " + row.astype("<f4").tobytes() + b"\n"
        for word, row in zip(words, matrix, strict=True)
    ]
    return f"{len(words)} {matrix.shape[1]}\n".encode() + b"".join(rows)


def check(vectors: Vectors) -> None:
    assert list(vectors.words) == WORDS
    assert vectors.rows(slice(None)) == pytest.approx(MATRIX)
    for row, word in enumerate(WORDS):
        assert vectors.row(word) == row
    assert vectors.row("nothing") is None


@pytest.mark.parametrize("cache", [True, False])
@pytest.mark.parametrize("header", ["", "6 3\n"])
def test_text(tmp_path: Path, header: str, cache: bool) -> None:
    vectors = Vectors.load(glove(tmp_path, header + GLOVE), cache=cache)
    check(vectors)
    assert vectors.reading["duplicates"] == 1
    assert vectors.reading["format"] == "text"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    check(Vectors.load(glove(tmp_path, pack(GLOVE.encode()), "v.packed")))


def test_a_zip_s_member(tmp_path: Path) -> None:
    path = tmp_path / "glove.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("glove.3d.txt", GLOVE)
    check(Vectors.load(path))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.txt", "a 1 2\n")
    with pytest.raises(InputError, match=r"name one of its files, as .*glove\.zip:glove\.3d\.txt"):
        Vectors.load(path)
    check(Vectors.load(f"{path}:glove.3d.txt"))
    assert Vectors.load(f"{path}:other.txt").units == 2


def test_word2vec_s_binary(tmp_path: Path) -> None:
    words = [word for word in WORDS if " " not in word]
    matrix = MATRIX[[0, 2, 3, 4]]
    path = glove(tmp_path, word2vec_binary(words, matrix), "v.bin")
    vectors = Vectors.load(path)
    assert vectors.reading["format"] == "word2vec"
    assert list(vectors.words) == words
    assert np.array_equal(vectors.rows(slice(None)), matrix)
    with pytest.raises(InputError, match=r"ends in row 4 of 4, at byte \d+: it is cut off"):
        Vectors.load(glove(tmp_path, path.read_bytes()[:-6], "cut.bin"))
    assert not list(tmp_path.glob("*cut.bin*vectors*"))


def test_numpy_s_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "v.npz", words=np.array(WORDS), vectors=MATRIX)
    check(Vectors.load(tmp_path / "v.npz"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("the 1 2\nfew 1\n", "line 2: 1 numbers; expected a word and 2 numbers"),
        ("alone\n", "line 1: 0 numbers"),
        ("the 1 2\nbad x 2\n", "line 2: could not convert"),
        ("3 2\nthe 1 2\na 1 2\n", "the header promises 3 words, and there are 2"),
        ("", "the file is empty"),
        ("2 3\n", "promises 2 words"),
        (b"the 1 2\n\0\0\0", "byte 8 is zero"),
    ],
)
def test_malformed_files_are_named_and_leave_nothing(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    path = glove(tmp_path, content)
    with pytest.raises(InputError, match=message):
        Vectors.load(path)
    assert [file.name for file in tmp_path.iterdir()] == ["glove.txt"]


def test_bytes_that_are_no_text_are_counted(tmp_path: Path) -> None:
    vectors = Vectors.load(glove(tmp_path, b"a\xff 1 2\nb 3 4\n"))
    assert list(vectors.words) == ["a\ufffd", "b"]
    assert vectors.reading["undecodable"] == 1


def test_spaces_at_ends_and_tabs(tmp_path: Path) -> None:
    vectors = Vectors.load(glove(tmp_path, "a 1 2 \nb\t3\t4\nc  5  6\r\n"))
    assert list(vectors.words) == ["a", "b", "c"]
    assert vectors.rows(slice(None)).tolist() == [[1, 2], [3, 4], [5, 6]]


def test_only_a_vocabulary_or_a_beginning(tmp_path: Path) -> None:
    path = glove(tmp_path)
    some = Vectors.load(path, vocabulary={"café", "cat", "paris"})
    assert list(some.words) == ["café", "paris"]
    assert some.rows(slice(None)) == pytest.approx(MATRIX[[2, 4]])
    assert list(Vectors.load(path, limit=2).words) == WORDS[:2]
    assert [file.name for file in tmp_path.iterdir()] == ["glove.txt"]
    with pytest.raises(ConfigurationError, match="limit"):
        Vectors.load(path, limit=0)


@pytest.mark.parametrize("cache", [True, False])
@pytest.mark.parametrize(("dtype", "error"), [("float16", 1e-3), ("int8", 0.013)])
def test_smaller_types(tmp_path: Path, dtype: str, error: float, cache: bool) -> None:
    vectors = Vectors.load(glove(tmp_path), dtype=dtype, cache=cache)
    assert vectors.dtype == dtype
    assert np.abs(vectors.rows(slice(None)) - MATRIX).max() <= error
    vectors.save(tmp_path / "again")
    again = Vectors.load(tmp_path / "again")
    assert again.dtype == dtype
    assert again.rows(slice(None)) == pytest.approx(vectors.rows(slice(None)), abs=1e-6)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = glove(tmp_path, "a 1 2\n")
    assert Vectors.load(path)["a"].tolist() == [1, 2]
    (store,) = tmp_path.glob("*.textrnn-vectors")
    before = store.stat().st_mtime_ns
    assert Vectors.load(path)["a"].tolist() == [1, 2]
    assert store.stat().st_mtime_ns == before
    path.write_text("a 3 4\n")
    assert Vectors.load(path)["a"].tolist() == [3, 4]


def test_the_cache_folder_where_the_file_s_own_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEXTRNN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    path = glove(tmp_path / "here")
    # A folder of the store's name stands for one that cannot be written: root may write anywhere.
    (tmp_path / "here" / "glove.txt.f32.textrnn-vectors" / "in the way").mkdir(parents=True)
    check(Vectors.load(path))
    assert len(list((tmp_path / "cache").rglob("*.textrnn-vectors"))) == 1
    assert sorted(file.name for file in (tmp_path / "here").iterdir()) == [
        "glove.txt",
        "glove.txt.f32.textrnn-vectors",
    ]
    check(Vectors.load(path))


def test_a_store_that_was_cut_off_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "store"
    convert(glove(tmp_path), path)
    check(Vectors.open(path))
    whole = path.read_bytes()
    for cut in (0, 100, 4096, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(BundleError):
            Vectors.open(path)
    path.write_bytes(bytes(4096) + whole[4096:])  # as it is until it is finished
    with pytest.raises(BundleError, match="cut off"):
        Vectors.open(path)
    with pytest.raises(InputError, match="No such file"):
        Vectors.open(tmp_path / "nothing")


def test_two_processes_that_convert_at_once(tmp_path: Path) -> None:
    path = glove(tmp_path, "".join(f"w{i} {i} {-i}\n" for i in range(3000)))
    code = (
        "import sys; from pathlib import Path; from textrnn.embeddings import convert\n"
        "for _ in range(5): convert(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(path), str(tmp_path / "store")]
    workers = [subprocess.Popen(command) for _ in range(2)]
    assert [worker.wait(timeout=300) for worker in workers] == [0, 0]
    vectors = Vectors.open(tmp_path / "store")
    assert vectors["w2999"].tolist() == [2999, -2999]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["glove.txt", "store"]


@given(st.lists(st.text(min_size=1, max_size=5), max_size=60, unique=True), st.integers(0, 3))
def test_every_word_is_found_in_its_row(words: list[str], repeats: int) -> None:
    given_words = words + words[:repeats]
    matrix = np.arange(2 * len(given_words), dtype=np.float32).reshape(-1, 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        with StoreWriter(path, units=2, dtype="float32") as writer:
            writer.add(given_words[:7], matrix[:7])
            writer.add(given_words[7:], matrix[7:])
            assert writer.finish(source={}, reading={}) == min(repeats, len(words))
        store = Store(path)
        assert store.words() == words
        assert [store.row(word) for word in words] == list(range(len(words)))
        assert store.row("no such word") is None
        assert np.array_equal(store.rows(slice(None)), matrix[: len(words)])


@given(st.lists(st.lists(st.floats(-1e3, 1e3, width=32), min_size=3, max_size=3), max_size=20))
def test_rows_of_8_bits_are_near(rows: list[list[float]]) -> None:
    vectors = np.array(rows, np.float32).reshape(-1, 3)
    packed, scales = pack_rows(vectors, "int8")
    assert scales is not None
    limits = np.abs(vectors).max(axis=1, initial=0.0) / 127 * 0.51 + 2e-36
    assert (np.abs(unpack_rows(packed, scales) - vectors) <= limits[:, None]).all()


@given(st.lists(st.lists(st.floats(width=32, allow_nan=False), min_size=2, max_size=2), min_size=1))
def test_both_parsers_read_the_same(rows: list[list[float]]) -> None:
    pytest.importorskip("polars")
    lines = [" ".join(f"{value:.6g}" for value in row).encode() for row in rows]
    expected = _by_numpy(lines, 2, str)
    assert np.array_equal(parse_floats(lines, 2, str), expected)
    if np.isfinite(expected).all():
        assert _by_polars(lines, 2) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 1 2\nb 5 \nc 1 2\n", "line 2: 1 numbers"),
        ("a 1 2 3\nb 9 1 2 3\n", "line 2: 4 numbers; expected a word and 3"),
        ("2 2\na 1 2 3\nb 4 5 6\n", "line 2: 3 numbers; the header promises 2"),
        ("a 1 2\nb nan 2\n", "a number of 'b' is not finite"),
        ("a 1 2\nb 1e99 2\n", "a number of 'b' is not finite"),
        (b"1 3\n" + word2vec_binary(["a", "b"], MATRIX[:2])[4:], "more follow"),
    ],
)
def test_rows_and_headers_that_lie(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = glove(tmp_path, content)
    with pytest.raises(InputError, match=message):
        Vectors.load(path)
    assert [file.name for file in tmp_path.iterdir()] == ["glove.txt"]


def test_text_after_a_header_is_text(tmp_path: Path) -> None:
    numbers = " ".join(["0.5"] * 20)
    for row in (f"new york {numbers}", f"a\t{numbers}".replace(" ", "\t")):
        vectors = Vectors.load(glove(tmp_path, f"1 20\n{row}\n"))
        assert vectors.units == 20
        assert len(vectors) == 1
    wide = " ".join(["0.123456"] * 1000)
    assert Vectors.load(glove(tmp_path, f"1 1000\nword {wide}\n")).units == 1000


def test_a_store_is_read_like_any_file(tmp_path: Path) -> None:
    store = tmp_path / "s.store"
    convert(glove(tmp_path), store, dtype="int8")
    assert store.stat().st_mode & 0o044  # others may read it, as far as the umask lets them
    assert list(Vectors.load(store, vocabulary={"café"}).words) == ["café"]
    assert list(Vectors.load(store, limit=2).words) == WORDS[:2]
    assert (Vectors.load(store).dtype, Vectors.load(store, dtype="float32").dtype) == (
        "int8",
        "float32",
    )
    convert(store, tmp_path / "again", dtype="float16")
    assert list(Vectors.open(tmp_path / "again").words) == WORDS
    with pytest.raises(InputError, match="would be lost there; name another file"):
        convert(store, store)


def test_damaged_zips_are_errors_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", GLOVE * 50)
    packed = bytearray(path.read_bytes())
    packed[60] ^= 0xFF
    path.write_bytes(packed)
    with pytest.raises(InputError, match="the zip cannot be read"):
        Vectors.load(path)


def test_numbers_too_large_for_float16(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="too large for float16"):
        Vectors.load(glove(tmp_path, "a 70000 1\n"), dtype="float16")


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("harm",))


def test_a_pickle_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evil.kv"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(InputError, match=r"it names builtins\.print"):
        Vectors.load(path)
    assert "harm" not in capsys.readouterr().out
    path.write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(InputError, match="no word vectors of gensim"):
        Vectors.load(path)


@pytest.mark.train
def test_gensim_there_and_back(tmp_path: Path) -> None:
    from gensim.models import KeyedVectors

    original = Vectors.load(glove(tmp_path))
    keyed = original.to_gensim()
    keyed.save(str(tmp_path / "a.kv"))
    check(Vectors.load(tmp_path / "a.kv"))
    keyed.save(str(tmp_path / "b.kv"), separately=["vectors"])
    check(Vectors.load(tmp_path / "b.kv"))
    check(Vectors.from_gensim(KeyedVectors.load(str(tmp_path / "a.kv"))))
    plain = Vectors.load(glove(tmp_path, GLOVE.replace(". . .", "...")), cache=False)
    plain.to_gensim().save_word2vec_format(str(tmp_path / "c.bin"), binary=True)
    found = Vectors.load(tmp_path / "c.bin")
    expected = KeyedVectors.load_word2vec_format(str(tmp_path / "c.bin"), binary=True)
    for word in ("the", "café", "paris"):
        assert np.array_equal(found[word], expected[word])


@pytest.mark.train
def test_fasttext_s_binary_with_subwords(tmp_path: Path) -> None:
    from gensim.models import FastText
    from gensim.models.fasttext import save_facebook_model

    texts = [["alpha", "beta", "gamma", "naïve"], ["beta", "delta", "北京市"]] * 30
    model = FastText(
        texts, vector_size=6, min_count=1, min_n=2, max_n=4, bucket=500, epochs=2, workers=1
    )
    path = tmp_path / "ft.bin"
    save_facebook_model(model, str(path))
    for vectors in (Vectors.load(path, cache=False), Vectors.load(path), Vectors.load(path)):
        assert vectors.reading["format"] == "fasttext"
        for word in ("alpha", "naïve", "北京市"):
            assert vectors[word] == pytest.approx(model.wv[word], abs=1e-5)
        for word in ("alphabet", "naï", "北京"):
            match = vectors.find(word)
            assert match is not None
            assert match.rule == "subwords"
            assert match.vector == pytest.approx(model.wv[word], abs=1e-5)
    cut = tmp_path / "cut.bin"
    cut.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError, match="the file is cut off"):
        Vectors.load(cut)
    cut.write_bytes(struct.pack("<ii", 793712314, 99) + bytes(100))
    with pytest.raises(InputError, match="version 99"):
        Vectors.load(cut)


def test_what_a_killed_conversion_left_goes_with_the_next(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; "
        "from textrnn.embeddings.store.writer import StoreWriter; "
        "writer = StoreWriter(Path(sys.argv[1]), units=3, dtype='int8'); "
        "print('begun', flush=True); time.sleep(60)"
    )
    store = tmp_path / "s.store"
    process = subprocess.Popen([sys.executable, "-c", code, str(store)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    process.kill()
    process.communicate()
    source = glove(tmp_path)
    assert len(os.listdir(tmp_path)) == 2
    convert(source, store)
    assert sorted(os.listdir(tmp_path)) == sorted([source.name, "s.store"])
    with pytest.raises(InputError, match="/dev/null: a device or a pipe; name a file"):
        convert(source, Path("/dev/null"))


def test_a_store_that_is_there_is_used_where_none_may_be_written(tmp_path: Path) -> None:
    path = glove(tmp_path)
    assert isinstance(load_table(path, cache=False)[0], TableInMemory)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    whole = Vectors.load(path)
    table, _ = load_table(path, cache=False)
    assert isinstance(table, RemadeStore)
    assert np.array_equal(table.rows(slice(None)), whole.rows(slice(None)))
    path.write_text("changed 1 2\n", "utf-8")
    assert list(load_table(path, cache=False)[0].words()) == ["changed"]
