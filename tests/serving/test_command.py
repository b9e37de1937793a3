"""``textrnn serve`` as a process: what it says, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from small_bundles import small_generator

from calling import textrnn_in
from serving import Client
from terminal import TEXTRNN
from textrnn.installation import command_for
from textrnn.serving.http.metrics import FOLDER
from waiting import LONGEST_S, wait_for


def test_it_says_where_it_listens_and_ends_when_it_is_told(tmp_path: Path) -> None:
    call = [*TEXTRNN, "serve", "--models", "town-load", "--port", "0"]
    with subprocess.Popen(call, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        match = re.fullmatch(
            r"serving at (http://127\.0\.0\.1:\d+), for this machine alone; Ctrl-C ends it\n", said
        )
        assert match
        assert Client(match[1]).get("/readyz").status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST_S) == 0
        assert process.stderr.read() == ""


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    call = [*TEXTRNN, "serve", "--models", "town-load", "--port", "0", "--workers", "2"]
    with subprocess.Popen(call, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        client = Client(process.stderr.readline().split()[2].rstrip(","))
        assert client.get("/readyz").status == 200
        before = workers(process.pid)
        killed = max(before)
        measured = metrics_folder(killed)
        wait_for(lambda: list(measured.glob(f"gauge_*_{killed}.db")))
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: len(workers(process.pid) - before) == 1)
        wait_for(lambda: not list(measured.glob(f"gauge_*_{killed}.db")))
        assert {client.get("/readyz").status for _ in range(20)} == {200}
        assert b"textrnn_requests_total" in client.get("/metrics").body
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST_S) == 0


def test_workers_that_take_long_to_begin_are_waited_for(tmp_path: Path) -> None:
    """As on a busy machine."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, time\nif any('spawn_main' in one for one in sys.orig_argv): time.sleep(8)\n"
    )
    call = [*TEXTRNN, "serve", "--models", "town-load", "--port", "0", "--workers", "2"]
    with subprocess.Popen(
        call,
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    ) as process:
        assert process.stderr is not None
        client = Client(process.stderr.readline().split()[2].rstrip(","))
        wait_for(lambda: len(workers(process.pid)) == 2, by=process)
        begun = workers(process.pid)
        assert client.get("/readyz").status == 200
        assert workers(process.pid) == begun
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONGEST_S) == 0


def test_who_comes_while_workers_end_is_refused(tmp_path: Path) -> None:
    model = str(small_generator(tmp_path / "small"))
    asked = {"seed": "a", "length": 100_000, "min_length": 100_000, "stream": True}
    call = [*TEXTRNN, "serve", "--models", model, "--port", "0", "--workers", "2"]
    with subprocess.Popen(call, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        client = Client(process.stderr.readline().split()[2].rstrip(","))
        header, body = {"Content-Type": "application/json"}, json.dumps(asked).encode()
        with client.sent("POST", "/v1/generate", body, **header) as response:
            assert response.readline() == b"event: piece\n"
            process.send_signal(signal.SIGTERM)
            wait_for(lambda: not listens(client))
            assert workers(process.pid)  # which answer what was accepted
        assert process.wait(LONGEST_S) == 0


def listens(client: Client) -> bool:
    """Whether anybody takes a connection."""
    host, _, port = client.host.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=LONGEST_S).close()
    except ConnectionRefusedError:
        return False
    return True


def metrics_folder(worker: int) -> Path:
    """Where a process notes what it measures."""
    variables = Path(f"/proc/{worker}/environ").read_text("utf-8").split("\0")
    return Path(dict(one.partition("=")[::2] for one in variables)[FOLDER])


def workers(parent: int) -> set[int]:
    """Its processes that serve."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    found = set[int]()
    for pid in children:
        with suppress(FileNotFoundError):  # one that came and went
            if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text("utf-8"):
                found.add(int(pid))
    return found


def test_what_cannot_be_served_is_told_in_a_line(tmp_path: Path) -> None:
    done = textrnn_in(tmp_path, "serve", "--models", "prose-fr", "--port", "0")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no model 'prose-fr'" in done.stderr
    done = textrnn_in(tmp_path, "serve", "--models", "prose-fr", "--port", "0", "--workers", "2")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    done = textrnn_in(tmp_path, "serve", "--models", "ner-en, ner-en", "--port", "0")
    assert "two of the models are called ner-en" in done.stderr
    done = textrnn_in(tmp_path, "serve", "--host", "203.0.113.9", "--port", "0")
    assert done.stderr.startswith("textrnn: error: cannot listen at 203.0.113.9:0: ")
    done = textrnn_in(tmp_path, "serve", "--models", "town-load", "--host", "a..b", "--port", "0")
    assert done.stderr.startswith("textrnn: error: cannot listen at a..b:0: ")


def test_without_the_extra_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "textrnn.serving.http.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = textrnn_in(tmp_path, "serve")
    told = f"textrnn: error: textrnn serve needs the extra serve: {command_for('serve')}\n"
    assert (done.returncode, done.stderr) == (1, told)
