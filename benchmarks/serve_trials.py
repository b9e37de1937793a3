"""What the service has to stand: many requests, too many clients, and the end of a worker."""

from __future__ import annotations

import json
import os
import signal
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from contest import Table
from served import HEAD, Found, ask, asked, asking, lost, memory_mb, row, textrnn_serve

_ROUNDS = 3  # of as many clients as may be and too many, in turn
_PLACES = 64
_LONGEST_S = 300.0  # for all of many requests
_CLIENTS = 16


def overload(seconds: float) -> Table:
    """What becomes of five times as many clients as have a place: the peak and too many, in turn,
    the medians of what they find.
    """
    path, bodies = asked()["tag"]
    several = {"as many as have a place": _PLACES, "five times as many": 5 * _PLACES}
    with textrnn_serve("--models", "ner-en", "--max-waiting", str(_PLACES)) as (url, pid):
        rounds = [
            {n: ask(url + path, bodies, n, seconds, pid) for n in several.values()}
            for _ in range(_ROUNDS)
        ]
        memory = memory_mb(pid)
    cells = []
    for name, clients in several.items():
        found = _median([one[clients] for one in rounds])
        cells.append([name, *row("", clients, found)[1:], f"{found['statuses'].get('503', 0):,}"])
    share = statistics.median(one[5 * _PLACES]["rate"] / one[_PLACES]["rate"] for one in rounds)
    head = ("clients that tag", *HEAD[1:], "503")
    notes = [f"Too many have {share:.0%} of the peak; {memory:,.0f} MB resident at the end."]
    return Table("Serve too many clients: textrnn serve", head, cells, {"kept": share}, notes)


def _median(found: list[Found]) -> Found:
    """The run whose rate is the median; what was lost or refused counts in all of them."""
    ranked = sorted(found, key=lambda one: one["rate"])
    kinds = {kind for one in found for kind in one["statuses"]}
    every = {kind: sum(one["statuses"].get(kind, 0) for one in found) for kind in kinds}
    return ranked[len(ranked) // 2] | {"statuses": every}


def lasting(requests: int) -> Table:
    """Many requests, of which none may be lost, and the memory before and after them."""
    path, bodies = asked()["tag"]
    with textrnn_serve("--models", "ner-en") as (url, pid):
        ask(url + path, bodies, _CLIENTS, 1.0, pid)
        before = memory_mb(pid)
        found = ask(url + path, bodies, _CLIENTS, _LONGEST_S, pid, most=requests)
        after = memory_mb(pid)
    answered = found["statuses"].get("200", 0)
    cells = [[f"tag, {answered:,} answers", *row("", _CLIENTS, found)[1:]]]
    notes = [f"{before:,.0f} MB resident before them, {after:,.0f} MB after them."]
    facts = {"not answered": float(requests - answered), "memory grown": after / before}
    return Table("Serve many requests: textrnn serve", HEAD, cells, facts, notes)


def killed(seconds: float) -> Table:
    """One of two workers ended by SIGKILL in the middle: what is lost, and what is answered."""
    path, bodies = asked()["tag"]
    with textrnn_serve("--models", "ner-en", "--workers", "2") as (url, pid):
        _wait_for(lambda: len(workers(pid)) == 2)
        ask(url + path, bodies, _CLIENTS, 1.0, pid)
        begun = workers(pid)
        client = asking(url + path, bodies, _CLIENTS, seconds)
        time.sleep(seconds / 2)
        os.kill(max(begun), signal.SIGKILL)
        ended = time.monotonic()
        _wait_for(lambda: len(workers(pid) - begun) == 1)
        again_s = time.monotonic() - ended
        during: Found = json.loads(client.communicate()[0])
        after = ask(url + path, bodies, _CLIENTS, seconds / 2, pid)
    cells = [
        [name, f"{found['statuses'].get('200', 0):,}", f"{lost(found):,}", f"{found['rate']:,.0f}"]
        for name, found in (("while one is killed", during), ("after it", after))
    ]
    head = ("two workers", "answered", "lost", "requests/s")
    notes = [f"{_CLIENTS} clients; another worker was begun {again_s:.1f} s later."]
    return Table(
        "Serve while a worker is killed: textrnn serve",
        head,
        cells,
        {"lost after": float(lost(after))},
        notes,
    )


def workers(parent: int) -> set[int]:
    """The processes of a service that answer."""
    found = set[int]()
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split():
        with suppress(FileNotFoundError):  # one that came and went
            if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text("utf-8"):
                found.add(int(pid))
    return found


def _wait_for(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.05)
