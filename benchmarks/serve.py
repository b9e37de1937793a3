"""Requests a second of `textrnn serve`, and how long they take; beside FastAPI where that is there.

    python benchmarks/serve.py [--seconds 5] [--requests 100000]
                               [--fastapi PYTHON] [--spacy PYTHON --train CONLL]

Then too many clients, many requests, and a worker that is killed (serve_trials.py). The client is
another process (http_load.py) on the same machine, which takes a part of it. Services that are
compared run at the same time and are asked in turn. Needs `textrnn[serve]`.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from contest import Measured, Result, Table, add_json, result, show
from serve_trials import killed, lasting, overload
from served import HEAD, ask, asked, memory_mb, row, textrnn_serve
from spacy_pipeline import spacy_folder

from textrnn.counted import counted
from textrnn.version import __version__

HERE = Path(__file__).parent
CLIENTS = (1, 16, 64)
ROUNDS = 3  # of services that are compared
Service = tuple[str, int, str]  # its URL, its process and the version of what it serves


def main() -> None:
    """Serve, ask, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--requests", type=int, default=100_000, help="of which none may be lost")
    parser.add_argument("--fastapi", help="a Python that has FastAPI, uvicorn and textrnn")
    parser.add_argument("--spacy", help="a Python that has FastAPI, uvicorn and spaCy")
    parser.add_argument("--train", help="a CoNLL file, of which spaCy's pipeline learns")
    add_json(parser)
    options = parser.parse_args()
    if options.spacy and not options.train:
        parser.error("--spacy needs --train")
    seconds = options.seconds
    trials = [overload(seconds), lasting(options.requests), killed(2 * seconds)]
    show([own(seconds), *compared(options), *trials], options.json)


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
    return Table("Serve all models that ship: textrnn serve", HEAD, rows, facts, notes)


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


if __name__ == "__main__":
    main()
