"""Texts that come as they are written, by server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_generator

import textrnn
from serving import Client, served
from textrnn.serving.http.limits import Limits
from waiting import wait_for

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_generator(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def client(model: Path) -> Iterator[Client]:
    with served([str(model), "sentiment-en"]) as found:
        yield found


def events(body: bytes) -> list[tuple[str, Any]]:
    found = []
    for block in body.decode().removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_the_pieces_are_the_answer(client: Client, model: Path) -> None:
    asked = {"seed": "a", "length": 40, "min_length": 30, "random_state": 5}
    reply = client.post("/v1/generate", {**asked, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    *pieces, (last, answer) = events(reply.body)
    assert {name for name, _ in pieces} == {"piece"}
    assert last == "answer"
    (right,) = textrnn.load(model).generate("a", length=40, min_length=30, random_state=5)
    assert answer == right.in_language("en").as_dict() == client.post("/v1/generate", asked).json
    assert "".join(piece["piece"] for _, piece in pieces) == right.continuation
    assert len(pieces) > 10


def test_what_is_wrong_is_told_before_the_first_piece(client: Client) -> None:
    wrong = client.post("/v1/generate", {"seed": "a", "stream": True, "temperature": -1})
    assert (wrong.status, "temperature" in wrong.json["detail"]) == (422, True)
    several = client.post("/v1/generate", {"seeds": ["a"], "stream": True})
    assert (several.status, several.json["detail"]) == (
        422, "stream: one text at a time is streamed",
    )  # fmt: skip


def test_answers_that_come_whole_are_not_streamed(client: Client) -> None:
    reply = client.post("/v1/classify", {"text": "a", "stream": True})
    assert (reply.status, "unknown field 'stream'" in reply.json["detail"]) == (422, True)


def test_who_goes_away_frees_the_place_though_all_places_are_busy(model: Path) -> None:
    endless = Limits(characters=1_000_000, answer_s=90)
    asked = {"seed": "a", "length": 100_000, "min_length": 100_000, "stream": True}
    with served([str(model)], limits=endless) as client:
        with ExitStack() as open_streams:
            for _ in range(endless.streams):
                sent = client.sent("POST", "/v1/generate", json.dumps(asked).encode(), **JSON)
                assert open_streams.enter_context(sent).readline() == b"event: piece\n"
        wait_for(lambda: b"textrnn_streams 0.0" in client.get("/metrics").body)
