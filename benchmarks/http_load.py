"""A client that asks a service as fast as it is answered, over several connections.

    python benchmarks/http_load.py URL CLIENTS SECONDS [MOST] < BODIES

BODIES are lines of JSON, asked in turn. From when each client has had an answer, so many seconds
count; it ends sooner after so many requests. Prints what was found as JSON: how many requests were
answered by which status, how many a second, and percentiles of the time to an answer.
"""

from __future__ import annotations

import asyncio
import json
import math
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
        seconds: how long to count.
        unheard: clients that have had no answer yet.
        left: how many more may be asked.
        begun: when it began to count, by the monotonic clock.
        until: when to end.
        statuses: of all answers.
        times: seconds of each that was answered by 200 while it counted.
    """

    url: str
    requests: Any
    seconds: float
    unheard: int
    left: float
    begun: float = math.inf
    until: float = math.inf
    statuses: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)

    def goes_on(self) -> bool:
        """Whether there is more to ask, and time for it."""
        return self.left > 0 and time.monotonic() < self.until

    def hear(self, status: str, elapsed_s: float, *, is_first: bool) -> None:
        """Note what became of a request, and whether it was a client's first."""
        now = time.monotonic()
        self.statuses[status] += 1
        if status == "200" and self.begun <= now <= self.until:
            self.times.append(elapsed_s)
        self.unheard -= is_first
        if is_first and not self.unheard:
            self.begun, self.until = now, now + self.seconds


async def ask_on(load: Load) -> None:
    """Ask over a connection, and over a new one where it ends, until it is time."""
    parts, is_first = urlsplit(load.url), True
    while load.goes_on():
        try:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while load.goes_on():
                    load.left -= 1
                    begun = time.perf_counter()
                    writer.write(next(load.requests))
                    status = await read_answer(reader)
                    load.hear(status, time.perf_counter() - begun, is_first=is_first)
                    is_first = False
            finally:
                writer.close()
        except (OSError, asyncio.IncompleteReadError):
            load.hear(LOST, 0.0, is_first=is_first)
            is_first = False


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


async def measure(
    url: str, bodies: list[str], clients: int, seconds: float, most: float
) -> dict[str, Any]:
    """Ask for some seconds, or until enough is asked."""
    requests = cycle([request_bytes(url, body) for body in bodies])
    load = Load(url, requests, seconds, clients, most)
    await asyncio.gather(*(ask_on(load) for _ in range(clients)))
    elapsed = min(time.monotonic(), load.until) - load.begun
    times = sorted(load.times) or [0.0]
    shares = {f"p{share}_ms": 1000 * times[len(times) * share // 100] for share in (50, 95, 99)}
    return {
        "rate": len(load.times) / elapsed if load.times else 0.0,
        "statuses": load.statuses,
        **shares,
    }


if __name__ == "__main__":
    url, clients, seconds, *rest = sys.argv[1:]
    most = int(rest[0]) if rest and int(rest[0]) else math.inf
    found = measure(url, sys.stdin.read().splitlines(), int(clients), float(seconds), most)
    print(json.dumps(asyncio.run(found)))
