"""Who may ask, and what is told of it afterwards."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from serving import Client, served
from textrnn.heads.classifier.classifier import Classifier
from waiting import wait_for

ORIGIN = "https://example.org"
BEARER = {"Authorization": "Bearer s3cret"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with served(["sentiment-zh"], token="s3cret", origins=(ORIGIN,)) as found:
        yield found


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer s3cre", "Bearer s3cret5", "s3cret"])
def test_without_the_token_nothing_is_answered(client: Client, given: str) -> None:
    reply = client.post("/v1/classify", {"text": "好"}, Authorization=given)
    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert client.get("/v1/models", Authorization=given).status == 401
    assert client.get("/metrics", Authorization=given).status == 401


def test_with_the_token_all_is(client: Client) -> None:
    assert client.post("/v1/classify", {"text": "好"}, **BEARER).status == 200
    assert client.get("/readyz").status == client.get("/healthz").status == 200


def test_pages_of_named_sites_may_ask(client: Client) -> None:
    preflight = {"Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "content-type,authorization"}  # fmt: skip
    with client.sent("OPTIONS", "/v1/classify", Origin=ORIGIN, **preflight) as response:
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    with client.sent("OPTIONS", "/v1/classify", Origin="https://evil.org", **preflight) as refused:
        assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (400, None)


def test_requests_are_counted(client: Client) -> None:
    def counts() -> dict[str, float]:
        lines = client.get("/metrics", **BEARER).body.decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    before = counts()
    client.post("/v1/classify", {"texts": ["好", "坏", "一"]}, **BEARER)
    client.post("/v1/classify", {"txt": "好"}, **BEARER)
    client.get("/v1/models/sentiment-zh", **BEARER)
    client.get("/v1/made-up", **BEARER)
    after = counts()
    added = {name: value - before.get(name, 0.0) for name, value in after.items()}
    assert added['textrnn_texts_total{model="sentiment-zh"}'] == 3
    assert added['textrnn_requests_total{path="/v1/classify",status="200"}'] == 1
    assert added['textrnn_requests_total{path="/v1/classify",status="422"}'] == 1
    assert added['textrnn_requests_total{path="/v1/models/sentiment-zh",status="200"}'] == 1
    assert added['textrnn_requests_total{path="other",status="404"}'] == 1
    assert added['textrnn_texts_together_count{model="sentiment-zh"}'] == 1


def test_a_fault_is_told_without_the_text(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Classifier, texts: object, **options: object) -> None:
        raise RuntimeError(f"cannot read {texts}")

    monkeypatch.setattr(Classifier, "answer", fail)
    with caplog.at_level(logging.INFO, "textrnn.serving"):
        reply = client.post("/v1/classify", {"text": "秘密"}, **BEARER)
        # The request is told after its answer was sent; so may be the one before it.
        wait_for(lambda: "POST /v1/classify 500 " in caplog.text)
    assert (reply.status, reply.json["title"]) == (500, "Internal Server Error")
    assert "a fault: RuntimeError at " in caplog.text
    assert "秘密" not in caplog.text + reply.body.decode()
