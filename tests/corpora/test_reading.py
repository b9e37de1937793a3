"""Reading text files: every packing and encoding, and each fault named with its place."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textrnn.corpora import check_readable, read_lines, read_whole
from textrnn.errors import ConfigurationError, InputError

TEXT = "first line\n\nthird: 床前明月光 👍🏽\nlast without an end"
LINES = [(1, "first line"), (2, ""), (3, "third: 床前明月光 👍🏽"), (4, "last without an end")]


def write(folder: Path, content: bytes, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def numbered(path: Path | str, **options: str) -> list[tuple[int, str]]:
    return [(line.number, line.text) for line in read_lines(path, **options)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_open_by_content(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = write(tmp_path, pack(TEXT.encode()), "no-ending-tells")
    assert numbered(path) == LINES
    assert read_whole(path) == TEXT


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    path = write(tmp_path, TEXT.replace("\n", end).encode())
    assert numbered(path) == LINES


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-32"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, TEXT.encode(encoding))
    given_name = "utf-8" if encoding == "utf-8-sig" else encoding
    assert numbered(path, encoding=given_name) == LINES
    if encoding != "gb18030":
        assert numbered(path) == LINES


def test_a_mark_that_the_encoding_does_not_have(tmp_path: Path) -> None:
    path = write(tmp_path, "wide".encode("utf-16"))
    with pytest.raises(InputError, match="begins like UTF-16; add encoding='utf-16'"):
        list(read_lines(path, encoding="latin-1"))
    path = write(tmp_path, "wide".encode("utf-16-be"))
    with pytest.raises(InputError, match=r"not UTF-16: .*name utf-16-le or utf-16-be"):
        list(read_lines(path, encoding="utf-16"))


def test_a_line_longer_than_any_reader_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textrnn.corpora.files.reading.MAX_CHARACTERS", 1000)
    path = write(tmp_path, b"a" * 1000 + b"\n" + b"b" * 1001 + b"\nc\n")
    lines = read_lines(path)
    assert len(next(lines).text) == 1000
    message = r"file\.txt: line 2: a text of more than 1,000 characters; divide it"
    with pytest.raises(InputError, match=message):
        next(lines)
    with pytest.raises(InputError, match=r"file\.txt: a text of more than 1,000 characters"):
        read_whole(path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "latin-1"])
def test_a_device_without_end_is_refused(encoding: str) -> None:
    with pytest.raises(InputError, match=r"/dev/zero: (line 1: a text of|a binary file)"):
        list(read_lines("/dev/zero", encoding=encoding))


def test_other_line_separators_are_text(tmp_path: Path) -> None:
    """What str.splitlines would split at, an editor does not count as a line."""
    path = write(tmp_path, "a\x0bb\u2028c\x85d\n".encode())
    assert numbered(path) == [(1, "a\x0bb\u2028c\x85d")]


@settings(max_examples=60)
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = write(tmp_path_factory.mktemp("any"), text.encode())
    expected = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert read_whole(path) == expected
    assert "\n".join(line.text for line in read_lines(path)) == expected.removesuffix("\n")


def test_a_line_end_on_the_border_of_two_blocks(tmp_path: Path) -> None:
    first = "x" * ((1 << 20) - 1)
    path = write(tmp_path, (first + "\r\n" + "好" * 400_000 + "\n\nend").encode())
    lines = numbered(path)
    assert [(number, len(text)) for number, text in lines] == [
        (1, len(first)), (2, 400_000), (3, 0), (4, 3),
    ]  # fmt: skip


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\ntwo")))
    assert [(line.source, line.text) for line in read_lines("-")] == [
        ("<stdin>", "one"),
        ("<stdin>", "two"),
    ]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"good\nbad \xff here", r"line 2, byte 9: not valid UTF-8 \(0xff\)"),
        (b"\xef\xbb\xbfwith a mark\r\n\xfe", r"line 2, byte 16: not valid UTF-8 \(0xfe\)"),
        ("好\n好".encode() + b"\xe5\xa5", r"line 2, byte 7: not valid UTF-8 \(0xe5\)"),
        (b"a\n" * 600_000 + b"\xc3(", r"line 600001, byte 1200000: not valid UTF-8"),
        (b"\r\n" * 524_288 + b"\r\n\xff", r"line 524290, byte 1048578: not valid UTF-8"),
    ],
)
def test_undecodable_bytes_are_placed(tmp_path: Path, content: bytes, place: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=rf"file\.txt: {place}.*perhaps encoding="):
        list(read_lines(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PNG\0\0\1", "a binary file \\(byte 3 is zero\\), not text"),
        (gzip.compress(os.urandom(5000).hex().encode())[:-900], "damaged or cut off"),
        (gzip.compress(b"x" * 90)[:-3] + b"abc", "damaged or cut off"),
        (lzma.compress(TEXT.encode())[:-20], "damaged or cut off"),
        (bz2.compress(TEXT.encode())[:-5], "damaged or cut off"),
    ],
    ids=["zero byte", "long gzip", "end of gzip", "lzma", "bz2"],
)
def test_unusable_files_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError, match=rf"file\.txt: .*{message}"):
        list(read_lines(path))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.txt: No such file or directory"):
        check_readable(tmp_path / "absent.txt")
    with pytest.raises(InputError, match="a folder, not a file"):
        check_readable(tmp_path)


@pytest.mark.parametrize(
    "encoding",
    ["klingon", "base64", "rot13", "hex", "zlib", "bz2", "uu", "quopri", "punycode", "idna",
     "undefined", "unicode_escape", "raw_unicode_escape", "", "a\0b", "床", "\udcff", "x" * 500],
)  # fmt: skip
def test_what_is_no_encoding_of_text(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, b"x")
    for read in (check_readable, read_whole, lambda path, **given: list(read_lines(path, **given))):
        with pytest.raises(ConfigurationError, match=r"^unknown encoding .{2,80}; known are utf-8"):
            read(path, encoding=encoding)


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    assert numbered(write(tmp_path, b"")) == []
    assert read_whole(write(tmp_path, b"\xef\xbb\xbf")) == ""


@pytest.mark.skipif(os.name != "posix", reason="pipes have names on POSIX alone")
def test_packed_lines_are_read_as_they_arrive() -> None:
    """A writer that waits for an answer to each gets it, however the lines are packed."""
    end, begin = os.pipe()
    packer = zlib.compressobj(wbits=31)  # gzip
    lines = read_lines(f"/dev/fd/{end}")
    for text in ("a good film\n", "a dull song\n"):
        os.write(begin, packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH))
        assert next(lines).text + "\n" == text
    os.write(begin, packer.flush())
    os.close(begin)
    assert list(lines) == []
    os.close(end)
