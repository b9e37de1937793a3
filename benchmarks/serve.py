"""Requests a second of `textrnn serve`, and how long they take; beside FastAPI where that is there.

    python benchmarks/serve.py [--seconds 5] [--fastapi PYTHON] [--spacy PYTHON --train CONLL]

The client is another process (http_load.py) on the same machine, which takes a part of it. Services
that are compared run at the same time and are asked in turn. Needs `textrnn[serve]`.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from contest import Measured, Result, Table, add_json, result, show
from spacy_pipeline import spacy_folder
from startup import MAIN
from stream import made_up_lines

from textrnn.counted import counted
from textrnn.version import __version__

HERE = Path(__file__).parent
CLIENTS = (1, 16, 64)
ROUNDS = 3  # of services that are compared
_LIST = 16  # texts in a list
Found = dict[str, Any]
Service = tuple[str, int, str]  # its URL, its process and the version of what it serves


def main() -> None:
    """Serve, ask, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--fastapi", help="a Python that has FastAPI, uvicorn and textrnn")
    parser.add_argument("--spacy", help="a Python that has FastAPI, uvicorn and spaCy")
    parser.add_argument("--train", help="a CoNLL file, of which spaCy's pipeline learns")
    add_json(parser)
    options = parser.parse_args()
    if options.spacy and not options.train:
        parser.error("--spacy needs --train")
    seconds = options.seconds
    # the line of those who wait has to fill, so the last takes longer
    show([own(seconds), *compared(options), overload(3 * seconds)], options.json)


def own(seconds: float) -> Table:
    """Every task of ours, singly and in lists."""
    rows, facts = list[Sequence[str]](), dict[str, float]()
    begun = time.perf_counter()
    with textrnn_serve() as (url, pid):
        notes = [f"Ready after {time.perf_counter() - begun:.1f} s with {memory_mb(pid):,.0f} MB"]
        for name, (path, bodies) in asked().items():
            for clients in CLIENTS:
                found = ask(url + path, bodies, clients, seconds, pid)
                rows.append(row(name, clients, found))
                if (name, clients) == ("tag", 16):
                    facts["p99 over p50"] = found["p99_ms"] / found["p50_ms"]
        notes[0] += f" resident, {memory_mb(pid):,.0f} MB at the end."
    head = ("what is asked", "clients", "requests/s", "p50 ms", "p95 ms", "p99 ms", "lost",
            "CPU ms a request")  # fmt: skip
    return Table("Serve all models that ship: textrnn serve", head, rows, facts, notes)


def asked() -> Mapping[str, tuple[str, list[str]]]:
    """What is asked: the path, and the bodies of requests."""
    lines = list(islice(made_up_lines(640, least=8, most=20), 640))
    lists = [lines[begin : begin + _LIST] for begin in range(0, len(lines), _LIST)]
    english, chinese = {"model": "sentiment-en"}, {"seed": "床前明月光", "form": "五绝"}
    tagged = [{"text": line, "model": "ner-en"} for line in lines]
    found: Mapping[str, tuple[str, list[Found]]] = {
        "classify": ("/v1/classify", [{"text": line, **english} for line in lines]),
        f"classify, lists of {_LIST}": ("/v1/classify", [{"texts": t, **english} for t in lists]),
        "tag": ("/v1/tag", tagged),
        f"tag, lists of {_LIST}": ("/v1/tag", [{"texts": t, "model": "ner-en"} for t in lists]),
        "generate, a 五绝": ("/v1/generate", [chinese]),
    }
    return {name: (path, [json.dumps(one) for one in some]) for name, (path, some) in found.items()}


@contextmanager
def textrnn_serve(*more: str) -> Iterator[tuple[str, int]]:
    """A service of the models that ship: its URL and its process."""
    call = [sys.executable, "-c", MAIN, "serve", "--port", "0", "--threads", "1", *more]
    with subprocess.Popen(call, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        yield process.stderr.readline().split()[2].rstrip(","), process.pid
        process.terminate()


def compared(options: argparse.Namespace) -> list[Result]:
    """How fast a text a request is tagged, beside other services that tag."""
    path, bodies = asked()["tag"]
    with ExitStack() as stack:
        url, pid = stack.enter_context(textrnn_serve("--models", "ner-en"))
        services = {"textrnn serve": (url + path, pid, f"textrnn {__version__}")}
        if options.fastapi:
            services["FastAPI, ner-en a text at a time"] = stack.enter_context(
                rival(options.fastapi, "textrnn", "ner-en")
            )
        if options.spacy:
            folder = spacy_folder(options.spacy, options.train)
            services["FastAPI, spaCy"] = stack.enter_context(rival(options.spacy, "spacy", folder))
        if len(services) == 1:
            return []
        return [comparison(services, bodies, n, options.seconds) for n in CLIENTS]


def comparison(
    services: Mapping[str, Service], bodies: Sequence[str], clients: int, seconds: float
) -> Result:
    """Requests a second of services, which are asked in turn."""
    found: dict[str, list[Measured]] = {name: [] for name in services}
    for _ in range(ROUNDS):
        for name, (url, pid, version) in services.items():
            rate = ask(url, bodies, clients, seconds, pid)["rate"]
            found[name].append({"rate": rate, "version": version, "peak_mb": memory_mb(pid)})
    title = f"Serve {counted(clients, 'client')}: tag, a text a request"
    return result(found, title, unit="requests/s")


@contextmanager
def rival(python: str, kind: str, model: str) -> Iterator[Service]:
    """A model behind FastAPI, as long as it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    call = [python, str(HERE / "rival_service.py"), kind, model, str(port)]
    with subprocess.Popen(call) as process:
        while not answers(port):
            assert process.poll() is None, f"{kind} behind FastAPI does not start"
            time.sleep(0.1)
        program = f"import {kind}; print({kind}.__version__)"
        version = subprocess.check_output([python, "-c", program], text=True).strip()
        yield f"http://127.0.0.1:{port}/{kind}", process.pid, f"{kind} {version}"
        process.terminate()


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def overload(seconds: float) -> Table:
    """What becomes of five times as many clients as may wait: the peak, then too many of them."""
    path, bodies = asked()["tag"]
    with textrnn_serve("--models", "ner-en", "--max-waiting", "64") as (url, pid):
        peak, before = ask(url + path, bodies, 64, seconds, pid), memory_mb(pid)
        over = ask(url + path, bodies, 5 * 64, seconds, pid)
        cells = [
            [name, *row("", clients, found)[1:], f"{found['statuses'].get('503', 0):,}",
             f"{memory:,.0f} MB"]
            for name, clients, found, memory in (
                ("as many as may wait", 64, peak, before),
                ("five times as many", 320, over, memory_mb(pid)),
            )
        ]  # fmt: skip
    head = ("clients that tag", "clients", "answered/s", "p50 ms", "p95 ms", "p99 ms", "lost",
            "CPU ms a request", "503", "memory")  # fmt: skip
    return Table(
        "Serve too many clients: textrnn serve", head, cells, {"kept": over["rate"] / peak["rate"]}
    )


def ask(url: str, bodies: Sequence[str], clients: int, seconds: float, pid: int) -> Found:
    """What a client in another process finds, after a second to warm up; and the time that the
    service's process took of a core for each request that it answered.
    """
    program, given = str(HERE / "http_load.py"), "\n".join(bodies)
    for part in (1.0, seconds):
        begun = core_seconds(pid)
        call = [sys.executable, program, url, str(clients), str(part)]
        done = subprocess.run(call, input=given, capture_output=True, check=True, text=True)
    found: Found = json.loads(done.stdout)
    answered = max(1, found["statuses"].get("200", 0))
    return found | {"cpu_ms": 1000 * (core_seconds(pid) - begun) / answered}


def row(name: str, clients: int, found: Found) -> list[str]:
    """A line of a table."""
    times = [f"{found[f'p{share}_ms']:,.1f}" for share in (50, 95, 99)]
    lost = sum(n for status, n in found["statuses"].items() if status not in ("200", "503"))
    cpu = f"{found['cpu_ms']:.2f}"
    return [name, str(clients), f"{found['rate']:,.0f}", *times, f"{lost:,}", cpu]


def core_seconds(pid: int) -> float:
    """The time that a process took of the cores."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """What a process has resident."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return float(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


if __name__ == "__main__":
    main()
