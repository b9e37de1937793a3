"""What the measurements of the service share: the service, what it is asked, and the client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from startup import MAIN
from stream import made_up_lines

HERE = Path(__file__).parent
HEAD = ("what is asked", "clients", "requests/s", "p50 ms", "p95 ms", "p99 ms", "lost",
        "CPU ms a request")  # fmt: skip
_LIST = 16  # texts in a list
Found = dict[str, Any]


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


def ask(
    url: str, bodies: Sequence[str], clients: int, seconds: float, pid: int, *, most: int = 0
) -> Found:
    """What a client in another process finds, after a second to warm up; and the time that the
    service's process took of a core for each request that it answered.

    Args:
        url: where it asks.
        bodies: of its requests.
        clients: how many it is.
        seconds: how long it asks.
        pid: the service's process.
        most: it ends sooner, after so many requests; 0 for any number.
    """
    asking(url, bodies, clients, 1.0).communicate()
    begun = core_seconds(pid)
    found: Found = json.loads(asking(url, bodies, clients, seconds, most).communicate()[0])
    answered = max(1, found["statuses"].get("200", 0))
    return found | {"cpu_ms": 1000 * (core_seconds(pid) - begun) / answered}


def asking(
    url: str, bodies: Sequence[str], clients: int, seconds: float, most: int = 0
) -> subprocess.Popen[str]:
    """A client in another process, which asks from now on and then writes what it found."""
    call = [sys.executable, str(HERE / "http_load.py"), url, *map(str, (clients, seconds, most))]
    process = subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write("\n".join(bodies))
    process.stdin.close()
    process.stdin = None  # communicate() writes no more
    return process


def lost(found: Found) -> int:
    """Requests that had neither an answer nor the word to come again."""
    return sum(n for status, n in found["statuses"].items() if status not in ("200", "503"))


def row(name: str, clients: int, found: Found) -> list[str]:
    """A line of a table."""
    times = [f"{found[f'p{share}_ms']:,.1f}" for share in (50, 95, 99)]
    cpu = f"{found['cpu_ms']:.2f}"
    return [name, str(clients), f"{found['rate']:,.0f}", *times, f"{lost(found):,}", cpu]


def core_seconds(pid: int) -> float:
    """The time that a process took of the cores."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """What a process has resident."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return float(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
