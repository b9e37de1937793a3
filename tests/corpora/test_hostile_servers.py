"""Servers that lie, dawdle or never end, and two who fetch one file at once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from textrnn.corpora.files.downloading import download
from textrnn.corpora.files.fetching import Patience
from textrnn.errors import InputError, TextRNNError
from waiting import LONGEST_S, wait_for

CONTENT = bytes(range(256)) * 400
PATIENT = Patience(timeout_s=LONGEST_S, window_s=LONGEST_S, max_bytes=300_000)
HASTY = Patience(timeout_s=2, window_s=0.4, window_bytes=1000, max_bytes=300_000)
SLOW = ("trickle", "slow_headers", "silent")


class Hostile(BaseHTTPRequestHandler):
    """Behaves as its path says."""

    requests: int
    somebody_waits: threading.Event
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        type(self).requests += 1
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough
            getattr(self, self.path.strip("/").split("/")[0])()

    def answer(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def in_turn(self) -> None:
        """200 with half a body, then 416, and again."""
        if self.headers.get("Range"):
            self.answer(416)
        else:
            self.answer(200, Content_Length=len(CONTENT), ETag='"1"')
            self.wfile.write(CONTENT[:50_000])

    def crumbs(self) -> None:
        """Ten more bytes at each request."""
        begin = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        headers = {"ETag": '"1"', "Content_Length": len(CONTENT) - begin}
        if begin:
            headers["Content_Range"] = f"bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}"
        self.answer(206 if begin else 200, **headers)
        self.wfile.write(CONTENT[begin : begin + 10])

    def trickle(self) -> None:
        self.answer(200, Content_Length=len(CONTENT))
        for number in range(100):
            self.wfile.write(CONTENT[number : number + 1])
            time.sleep(0.1)

    def slow_headers(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.1)

    def silent(self) -> None:
        time.sleep(3)

    def endless(self) -> None:
        self.answer(200)
        while True:
            self.wfile.write(CONTENT)

    def abc(self) -> None:
        self.answer(200, Content_Length="abc")

    def huge(self) -> None:
        self.answer(200, Content_Length=10**17)

    def round_and_round(self) -> None:
        self.answer(302, Location=f"/round_and_round/{type(self).requests}")

    def to_another_kind(self) -> None:
        self.answer(302, Location="ftp://127.0.0.1/file")

    def to_nowhere(self) -> None:
        self.answer(302, Location="http://[::1")

    def endless_redirect(self) -> None:
        self.answer(302, Location="/plain")
        while True:
            self.wfile.write(CONTENT)

    def empty(self) -> None:
        self.answer(204)

    def wrong_part(self) -> None:
        """What follows another byte than was asked for."""
        if self.headers.get("Range"):
            rest = CONTENT[7:]
            self.answer(206, Content_Range=f"bytes 7-{len(CONTENT) - 1}/{len(CONTENT)}", ETag='"1"')
            self.wfile.write(rest)
        else:
            self.plain()

    def plain(self) -> None:
        self.answer(200, Content_Length=len(CONTENT), ETag='"1"')
        self.wfile.write(CONTENT)

    def slow(self) -> None:
        """Half of it, and the rest when another waits for the one who fetches it."""
        self.answer(200, Content_Length=len(CONTENT), ETag='"1"')
        self.wfile.write(CONTENT[:50_000])
        self.somebody_waits.wait(LONGEST_S)
        self.wfile.write(CONTENT[50_000:])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Hostile]]]:
    monkeypatch.setattr("textrnn.corpora.files.downloading._FIRST_PAUSE_S", 0.001)
    own = {"requests": 0, "somebody_waits": threading.Event()}
    handler = type("Own", (Hostile,), own)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads, running.block_on_close = True, False
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}", handler
        running.shutdown()
        thread.join()


TOO_SLOW = r"the server sent next to nothing in 0\.4 seconds \(3 tries\)"


@pytest.mark.parametrize(
    ("path", "message", "requests"),
    [
        ("in_turn", r"416 .* \(3 tries\)|cut off \(3 tries\)", 3),
        ("crumbs", r"the connection was cut off \(3 tries\); call again", 3),
        ("trickle", TOO_SLOW, 3),
        ("slow_headers", TOO_SLOW, 3),
        ("silent", TOO_SLOW, 3),
        ("endless", "sends more than it should: 3", 1),
        ("abc", "the server announces a size of 'abc'", 1),
        ("huge", "100,000,000,000,000,000 bytes are to come, and", 1),
        ("round_and_round", "the server says 302", 6),
        ("to_another_kind", "the server leads to ftp://127.0.0.1/file: refused", 1),
        ("to_nowhere", "Invalid IPv6 URL", 1),
        ("empty", "the server says 204, and gives no file", 1),
    ],
)
def test_nobody_is_waited_for_without_end(
    hostile: tuple[str, type[Hostile]], tmp_path: Path, path: str, message: str, requests: int
) -> None:
    url, handler = hostile
    patience = HASTY if path in SLOW else PATIENT
    with pytest.raises(InputError, match=message):
        download(f"{url}/{path}", tmp_path / "file", patience=patience, tries=3)
    wait_for(lambda: handler.requests >= requests)  # the server may be slower than a hasty client
    assert handler.requests == requests
    assert not (tmp_path / "file").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_stands_beside_a_redirect_is_not_read(
    hostile: tuple[str, type[Hostile]], tmp_path: Path
) -> None:
    found = download(f"{hostile[0]}/endless_redirect", tmp_path / "file", patience=PATIENT)
    assert found.read_bytes() == CONTENT


def test_another_part_than_was_asked_for_is_not_added(
    hostile: tuple[str, type[Hostile]], tmp_path: Path
) -> None:
    (tmp_path / "file.partial").write_bytes(CONTENT[:1000])
    (tmp_path / "file.partial.json").write_text('{"mark": "\\"1\\""}')
    found = download(f"{hostile[0]}/wrong_part", tmp_path / "file", patience=PATIENT)
    assert found.read_bytes() == CONTENT
    assert hostile[1].requests == 2


def test_two_at_once_fetch_once(hostile: tuple[str, type[Hostile]], tmp_path: Path) -> None:
    """And both find the whole file, in two threads as in two processes."""
    url, handler = hostile
    url += "/slow"
    code = (
        "import sys; from pathlib import Path; "
        "from textrnn.corpora.files.downloading import download; "
        "download(sys.argv[1], Path(sys.argv[2]))"
    )
    call = [sys.executable, "-c", code, url, str(tmp_path / "file")]
    other = subprocess.Popen(call)

    def fetch() -> None:
        download(url, tmp_path / "file", on_wait=handler.somebody_waits.set)

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait(LONGEST_S) == 0
    assert handler.somebody_waits.is_set()
    assert handler.requests == 1
    assert hashlib.sha256((tmp_path / "file").read_bytes()).digest() == (
        hashlib.sha256(CONTENT).digest()
    )
    assert os.listdir(tmp_path) == ["file"]


def test_a_lock_of_the_dead_holds_nobody_up(
    hostile: tuple[str, type[Hostile]], tmp_path: Path
) -> None:
    (tmp_path / ".file.lock").write_text("")
    download(f"{hostile[0]}/plain", tmp_path / "file")
    assert os.listdir(tmp_path) == ["file"]


def test_a_full_disk_is_no_fault_of_the_server(
    hostile: tuple[str, type[Hostile]], tmp_path: Path
) -> None:
    (tmp_path / "file.partial").symlink_to("/dev/full")
    with pytest.raises(TextRNNError, match=r"file\.partial: No space left on device; call again"):
        download(f"{hostile[0]}/plain", tmp_path / "file")
    assert hostile[1].requests == 1


def test_a_name_as_long_as_names_may_be(hostile: tuple[str, type[Hostile]], tmp_path: Path) -> None:
    assert download(f"{hostile[0]}/plain", tmp_path / ("n" * 255)).read_bytes() == CONTENT
    assert os.listdir(tmp_path) == ["n" * 255]
