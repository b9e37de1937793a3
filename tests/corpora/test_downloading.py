"""Downloads from a server of our own: slow, cut off, resumed, redirected, wrong, missing."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from textrnn.corpora.files.downloading import download
from textrnn.corpora.files.unpacking import unpack
from textrnn.errors import ConfigurationError, InputError

CONTENT = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT under several names, each with a temper of its own."""

    requests: list[tuple[str, str | None]]
    etag = '"one"'

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        type(self).requests.append((self.path, asked))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/plain")
            self.end_headers()
        elif self.path == "/missing":
            self.send_error(404)
        elif self.path == "/broken":
            self.send_error(503)
        else:
            self._send(asked)

    def _send(self, asked: str | None) -> None:
        begin = 0
        if asked and self.headers.get("If-Range") == self.etag and self.path != "/whole":
            begin = int(asked.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if begin else 200)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.end_headers()
        rest = CONTENT[begin:]
        if self.path in ("/cut", "/whole"):
            rest = rest[:200_000]  # and then the line goes dead
        elif self.path == "/slow":
            for place in range(0, len(rest), 1 << 17):
                self.wfile.write(rest[place : place + (1 << 17)])
                time.sleep(0.05)
            return
        self.wfile.write(rest)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Handler]]]:
    handler = type("Own", (Handler,), {"requests": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", handler
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/plain", "/moved", "/slow"])
def test_a_whole_file(server: tuple[str, type[Handler]], tmp_path: Path, path: str) -> None:
    seen: list[tuple[int, int | None]] = []
    target = download(
        server[0] + path,
        tmp_path / "deep" / "file",
        sha256=SHA256,
        on_bytes=lambda done, total: seen.append((done, total)),
    )
    assert target.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [file.name for file in target.parent.iterdir()] == ["file"]
    asked = len(server[1].requests)
    assert download(server[0] + path, target, sha256=SHA256) == target
    assert len(server[1].requests) == asked


def test_what_was_cut_off_is_gone_on_with(
    server: tuple[str, type[Handler]], tmp_path: Path
) -> None:
    target = download(server[0] + "/cut", tmp_path / "file", sha256=SHA256)
    assert target.read_bytes() == CONTENT
    ranges = [asked for _, asked in server[1].requests]
    assert ranges == [None, "bytes=200000-", "bytes=400000-"]


def test_a_later_call_goes_on(server: tuple[str, type[Handler]], tmp_path: Path) -> None:
    partial = tmp_path / "file.partial"
    partial.write_bytes(CONTENT[:1000])
    (tmp_path / "file.partial.json").write_text('{"mark": "\\"one\\""}')
    assert download(server[0] + "/plain", tmp_path / "file").read_bytes() == CONTENT
    assert server[1].requests == [("/plain", "bytes=1000-")]


def test_of_a_file_that_changed_nothing_is_kept(
    server: tuple[str, type[Handler]], tmp_path: Path
) -> None:
    (tmp_path / "file.partial").write_bytes(b"old" * 500)
    (tmp_path / "file.partial.json").write_text('{"mark": "\\"zero\\""}')
    assert download(server[0] + "/plain", tmp_path / "file").read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing(server: tuple[str, type[Handler]], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"sha256 is {SHA256}, expected 00"):
        download(server[0] + "/plain", tmp_path / "file", sha256="00" * 32)
    assert not (tmp_path / "file").exists()
    assert not (tmp_path / "file.partial").exists()


def test_refusals_are_told(
    server: tuple[str, type[Handler]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("textrnn.corpora.files.downloading._FIRST_PAUSE_S", 0.001)
    with pytest.raises(InputError, match="the server says 404 Not Found"):
        download(server[0] + "/missing", tmp_path / "file")
    assert len(server[1].requests) == 1
    with pytest.raises(InputError, match=r"503 Service Unavailable \(3 tries\)"):
        download(server[0] + "/broken", tmp_path / "file", tries=3)
    assert len(server[1].requests) == 4
    unreached = r"/nobody: cannot be reached: Connection refused; is there a network.* \(2 tries\)"
    with pytest.raises(InputError, match=unreached):
        download("http://127.0.0.1:9/nobody", tmp_path / "file", tries=2)
    with pytest.raises(InputError, match=r"cut off \(3 tries\)"):
        download(server[0] + "/whole", tmp_path / "file", tries=3)
    with pytest.raises(ConfigurationError, match="begins with http"):
        download("file:///etc/passwd", tmp_path / "file")


def make_tar(path: Path, name: str, *, link: bool = False) -> Path:
    with tarfile.open(path, "w:gz") as tarred:
        info = tarfile.TarInfo("good/a.txt")
        info.size = 2
        tarred.addfile(info, io.BytesIO(b"hi"))
        info = tarfile.TarInfo(name)
        if link:
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tarred.addfile(info)
    return path


def test_archives_are_unpacked(tmp_path: Path) -> None:
    files = unpack(make_tar(tmp_path / "a.tar.gz", "good/b.txt"), tmp_path / "out")
    assert files == [tmp_path / "out" / "good" / "a.txt", tmp_path / "out" / "good" / "b.txt"]
    assert files[0].read_text() == "hi"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr("c/d.txt", "yes")
    assert unpack(tmp_path / "a.zip", tmp_path / "out")[0].read_text() == "yes"


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt"])
def test_archives_that_lead_outside_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="leads outside its folder"):
        unpack(make_tar(tmp_path / "a.tar.gz", name), tmp_path / "in" / "out")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        zipped.writestr(name, "no")
    with pytest.raises(InputError, match="leads outside its folder"):
        unpack(tmp_path / "a.zip", tmp_path / "in" / "out")
    assert not list(tmp_path.rglob("evil.txt"))
    assert not list((tmp_path / "in").rglob("*.txt"))


def test_links_and_rubbish_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="or is a link"):
        unpack(make_tar(tmp_path / "a.tar.gz", "link", link=True), tmp_path / "out")
    (tmp_path / "b.tar").write_bytes(b"rubbish" * 200)
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(tmp_path / "b.tar", tmp_path / "out")


def test_of_a_damaged_archive_nothing_stays(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.txt", "fine")
        zipped.writestr("b.txt", content)
    packed = bytearray((tmp_path / "a.zip").read_bytes())
    packed[120] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(packed)
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
