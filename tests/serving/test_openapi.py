"""The description is true to what is served: schemathesis asks what it says can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from small_bundles import (
    put_manifest,
    small_classifier,
    small_forecaster,
    small_generator,
    small_tagger,
)

from serving import Client, served
from textrnn.serving.http.limits import Limits

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("models")
    models = [small_classifier(folder / "classifier"), small_forecaster(folder / "steps")]
    models += [small_tagger(folder / "tagger"), small_generator(folder / "generator")]
    for model in models:
        put_manifest(model, {"name": model.name})
    with served([str(model) for model in models], limits=Limits(characters=2000)) as found:
        yield found


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_what_is_described_is_what_is_served(client: Client, mode: GenerationMode) -> None:
    description = schemathesis.openapi.from_url(f"{client.address}/openapi.json")
    operations = [found.ok() for found in description.get_all_operations()]
    assert len(operations) == 8
    for operation in operations:

        @settings(max_examples=8, database=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        with suppress(Unsatisfiable):  # of a GET without parameters nothing can be wrong
            ask()


def test_options_are_described(client: Client) -> None:
    body = client.get("/openapi.json").json["paths"]["/v1/classify"]["post"]["requestBody"]
    fields = body["content"]["application/json"]["schema"]["properties"]
    assert fields["abstain"] == {
        "type": "number",
        "description": "the answer is ``uncertain`` where no label is as probable as this.",
    }
    assert fields["model"]["enum"] == ["", "classifier"]


def test_what_is_told_of_models_is_described(client: Client) -> None:
    paths = client.get("/openapi.json").json["paths"]
    models = client.get("/v1/models").json["models"]
    item = schema_of(paths["/v1/models"])["properties"]["models"]["items"]
    assert set(item["required"]) == set.intersection(*(set(model) for model in models))
    assert set(item["properties"]) == {name for model in models for name in model}
    assert item["properties"]["labels"] == {"type": "array", "items": {"type": "string"}}
    assert item["properties"]["horizon"] == {"type": "integer"}
    card = schema_of(paths["/v1/models/{name}"])
    assert set(client.get("/v1/models/classifier").json) == set(card["required"])


def schema_of(path: dict[str, Any]) -> dict[str, Any]:
    """What a path answers to GET."""
    content: dict[str, Any] = path["get"]["responses"]["200"]["content"]
    found: dict[str, Any] = content["application/json"]["schema"]
    return found


def test_a_page_tells_how_to_ask(client: Client) -> None:
    page = client.get("/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f"{client.address}/v1/tag" in page.body.decode()
    assert "<script" not in page.body.decode()
