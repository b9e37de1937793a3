"""What is asked over HTTP is answered as the library answers it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from small_bundles import small_forecaster, small_translator

import textrnn
from serving import Client, served
from textrnn import catalog
from textrnn.bundle.bundle import write_bundle
from textrnn.bundle.manifest import Manifest

ENGLISH, CHINESE = "A wonderful film.", "房间很脏，不推荐"
SHIPPED = ["sentiment-en", "sentiment-zh", "ner-en", "poetry-zh", "prose-en"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of shipped models, a forecaster, a translator, and a head that nobody has heard
    of.
    """
    folder = tmp_path_factory.mktemp("models")
    small_forecaster(folder / "steps", serving={"time": "day", "step": "1 day"})
    small_translator(folder / "small")
    manifest = Manifest("toy", "vowels", "en", (), {"vowels": "aeiou"}, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(catalog.TASKS, "vowels", "toy_head:VowelCounter")
        write_bundle(folder / "toy", manifest, {"README.md": b"# toy\n"})
        models = [*SHIPPED, *(str(folder / name) for name in ("steps", "toy", "small"))]
        with served(models) as found:
            yield found


def answers(kind: Any, texts: list[str], **options: Any) -> list[dict[str, Any]]:
    return [one.as_dict() for one in textrnn.Router(kind, threads=1).stream(texts, **options)]


def test_one_text_is_answered_by_an_object(client: Client) -> None:
    reply = client.post("/v1/classify", {"text": ENGLISH})
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json == answers(textrnn.Classifier, [ENGLISH])[0]


def test_a_list_is_answered_in_order_each_text_by_the_model_of_its_language(
    client: Client,
) -> None:
    texts = [ENGLISH, CHINESE, "5", "", ENGLISH]
    reply = client.post("/v1/classify", {"texts": texts, "abstain": 0.99})
    assert reply.json == {"answers": answers(textrnn.Classifier, texts, abstain=0.99)}
    assert client.post("/v1/classify", {"texts": []}).json == {"answers": []}


def test_the_model_can_be_named(client: Client) -> None:
    reply = client.post("/v1/classify", {"text": CHINESE, "model": "sentiment-en"})
    (right,) = textrnn.load("sentiment-en").classify([CHINESE])
    assert reply.json == right.in_language("zh").as_dict()
    wrong = client.post("/v1/tag", {"text": CHINESE, "model": "sentiment-en"})
    assert (wrong.status, wrong.json["title"]) == (404, "Not Found")


def test_options_are_those_of_the_library(client: Client) -> None:
    text = "Marie Curie left Warsaw for Paris."
    reply = client.post("/v1/tag", {"text": text, "labels": ["LOC"], "readings": 2})
    right = textrnn.load("ner-en").answer([text], labels=["LOC"], readings=2)
    assert reply.json == next(right).in_language("en").as_dict()
    words = client.post("/v1/tag", {"record": {"words": text.split()}})
    assert (
        words.json
        == next(textrnn.load("ner-en").answer([text.split()])).in_language("en").as_dict()
    )


def test_texts_are_written(client: Client) -> None:
    asked = {"seed": "床前明月光", "form": "五绝", "rhyme": True, "random_state": 3}
    (right,) = textrnn.load("poetry-zh").generate(
        "床前明月光", form="五绝", rhyme=True, random_state=3
    )
    assert client.post("/v1/generate", asked).json == right.in_language("zh").as_dict()
    acrostic = {"seed": "", "acrostic": "春夏秋冬", "form": "七绝", "random_state": 3}
    (right,) = textrnn.load("poetry-zh").generate(acrostic="春夏秋冬", form="七绝", random_state=3)
    assert client.post("/v1/generate", acrostic).json == right.in_language("zh").as_dict()


def test_series_are_forecast(client: Client, tmp_path: Path) -> None:
    record = {"x": [1, 2, 3, 4, 5]}
    right = textrnn.load(small_forecaster(tmp_path / "steps")).forecast([1, 2, 3, 4, 5])
    reply = client.post("/v1/forecast", {"record": record})
    assert reply.json["values"] == right.as_dict()["values"] == {"x": [5.0, 5.0]}
    several = client.post("/v1/forecast", {"records": [record, {"values": [9] * 4}], "horizon": 1})
    assert [one["values"] for one in several.json["answers"]] == [{"x": [5.0]}, {"x": [9.0]}]
    short = client.post("/v1/forecast", {"records": [record, {"x": [1]}]})
    assert (short.status, "the model reads the last 4" in short.json["detail"]) == (422, True)


def test_a_head_that_nobody_has_heard_of_is_served(client: Client) -> None:
    assert client.post("/v1/vowels", {"text": "aha", "more": 1}).json["count"] == 3


def test_requests_at_the_same_time_get_their_own_answers(client: Client) -> None:
    texts = [f"{ENGLISH} {'very ' * n}good" for n in range(24)]
    right = answers(textrnn.Classifier, texts)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda t: client.post("/v1/classify", {"text": t}).json, texts))
    for one, expected in zip(found, right, strict=True):
        assert one["text"] == expected["text"]
        assert one["probabilities"] == pytest.approx(expected["probabilities"], abs=2e-6)


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"{", 400, "the request: not JSON"),
        (b"\xff", 400, "not UTF-8"),
        (b"[" * 200_000, 400, "levels of lists"),
        (b"[]", 422, "expected an object"),
        (b"{}", 422, "expected one of text, texts, record, records; received none of them"),
        (b'{"text": "a", "texts": []}', 422, "received text and texts"),
        (b'{"text": ["a"]}', 422, "text: expected a string"),
        (b'{"texts": "a"}', 422, "texts: expected a list"),
        (b'{"texts": [1]}', 422, "texts: expected a string"),
        (b'{"text": "a", "abstian": 1}', 422, "did you mean 'abstain'"),
        (b'{"text": "a", "abstain": 2}', 422, "abstain must be from 0 to 1"),
        (b'{"text": "a", "abstain": "2"}', 422, "abstain: expected float"),
        (b'{"text": "a", "model": 1}', 422, "model: expected a name"),
        (b'{"text": "a", "model": "/etc/passwd"}', 404, "unknown classifier among those served"),
        (b'{"record": {"body": "a"}}', 422, "a record"),
    ],
)
def test_what_is_wrong_is_told(client: Client, body: bytes, status: int, detail: str) -> None:
    reply = client.post("/v1/classify", body)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["status"] == status
    assert detail in reply.json["detail"]


def test_what_is_no_json_is_refused(client: Client) -> None:
    body, plain = b'{"text": "a"}', {"Content-Type": "text/plain"}
    assert client.post("/v1/classify", body, **plain).status == 415
    assert client.get("/v1/classify").status == 405
    assert client.get("/v1/nothing").json["title"] == "Not Found"


def test_models_tell_of_themselves(client: Client) -> None:
    models = client.get("/v1/models").json["models"]
    assert [model["name"] for model in models] == [*SHIPPED, "steps", "toy", "small"]
    assert (models[0]["task"], models[0]["path"]) == ("classifier", "/v1/classify")
    card = client.get("/v1/models/sentiment-en").json
    assert (card["language"], set(card["labels"])) == ("en", {"negative", "neutral", "positive"})
    assert card["card"] == textrnn.load("sentiment-en").bundle.card()
    assert client.get("/v1/models/prose-fr").status == 404


def test_models_tell_what_a_client_must_know(client: Client) -> None:
    facts = {model["name"]: model for model in client.get("/v1/models").json["models"]}
    common = {"name", "task", "path", "language", "labels", "bytes", "description"}
    assert facts["sentiment-en"].keys() == facts["toy"].keys() == common
    own = {name: {k: v for k, v in facts[name].items() if k not in common} for name in facts}
    assert own["small"] == {"target_language": "en"}
    assert own["steps"] == {
        "features": [],
        "time": "day",
        "group": "",
        "step": "1 day",
        "window": 4,
        "horizon": 2,
    }
    assert client.get("/v1/models/steps").json["horizon"] == 2


def test_it_says_that_it_lives_and_can_be_asked(client: Client) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}
