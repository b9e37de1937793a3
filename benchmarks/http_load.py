"""A client that asks a service as fast as it is answered, over several connections.

    python benchmarks/http_load.py URL CLIENTS SECONDS < BODIES

BODIES are lines of JSON, asked in turn. Prints what was found as JSON: how many requests were
answered by which status, how many a second, and percentiles of the time to an answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

LOST = "lost"  # no answer came


@dataclass
class Load:
    """What is asked, and what was answered.

    Attributes:
        url: where.
        requests: their bytes, in turn.
        until: when to end, by the monotonic clock.
        statuses: of the answers.
        times: seconds of each that was answered by 200 until then.
    """

    url: str
    requests: Any
    until: float
    statuses: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)


async def ask_on(load: Load) -> None:
    """Ask over a connection, and over a new one where it ends, until it is time."""
    parts = urlsplit(load.url)
    while time.monotonic() < load.until:
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while time.monotonic() < load.until:
                    begun = time.perf_counter()
                    writer.write(next(load.requests))
                    status = await read_answer(reader)
                    load.statuses[status] += 1
                    if status == "200" and time.monotonic() <= load.until:
                        load.times.append(time.perf_counter() - begun)
            finally:
                writer.close()
        except (OSError, asyncio.IncompleteReadError):
            load.statuses[LOST] += 1


async def read_answer(reader: asyncio.StreamReader) -> str:
    """Read a response whose length is told; its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = next(line for line in head.split("\r\n") if line.startswith("content-length:"))
    await reader.readexactly(int(length.partition(":")[2]))
    return head.split(" ", 2)[1]


def request_bytes(url: str, body: str) -> bytes:
    """A request to post JSON."""
    parts = urlsplit(url)
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
    )
    content = body.encode()
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


async def measure(url: str, bodies: list[str], clients: int, seconds: float) -> dict[str, Any]:
    """Ask for some seconds."""
    requests = cycle([request_bytes(url, body) for body in bodies])
    load = Load(url, requests, time.monotonic() + seconds)
    await asyncio.gather(*(ask_on(load) for _ in range(clients)))
    times = sorted(load.times) or [0.0]
    shares = {f"p{share}_ms": 1000 * times[len(times) * share // 100] for share in (50, 95, 99)}
    return {"rate": len(load.times) / seconds, "statuses": load.statuses, **shares}


if __name__ == "__main__":
    found = measure(
        sys.argv[1], sys.stdin.read().splitlines(), int(sys.argv[2]), float(sys.argv[3])
    )
    print(json.dumps(asyncio.run(found)))
