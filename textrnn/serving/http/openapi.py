"""What is served, as OpenAPI 3.1 describes it: made of what the heads say of themselves."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import Any, Union, get_args, get_origin

from textrnn.heads.result import INTEGER, NUMBER, TEXT, Kind
from textrnn.serving.http.asked import (
    FULL,
    MODEL,
    RECORD,
    RECORDS,
    STREAM,
    input_names,
    text_names,
)
from textrnn.serving.http.cards import FACTS
from textrnn.serving.http.problems import PROBLEM
from textrnn.serving.http.served_task import ServedTask
from textrnn.serving.http.service import Service
from textrnn.version import __version__

Schema = dict[str, Any]

_TYPES = {TEXT: "string", INTEGER: "integer", NUMBER: "number"}
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}
_PROBLEM: Schema = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_ANSWER_PROBLEMS = {
    "400": "The body is no JSON.",
    "404": "A model of that name is not served.",
    "408": "The request did not arrive in time.",
    "413": "Too much at once.",
    "415": "Content-Type: application/json is needed.",
    "422": "A field or its value is wrong.",
    "500": "A fault of the service.",
    "503": "Too many requests wait; Retry-After says when to come again.",
    "504": "The answer takes too long; the work was stopped.",
}


def openapi(service: Service, *, has_token: bool) -> Schema:
    """The description of a service.

    Args:
        service: what is served.
        has_token: whether clients must know a token.
    """
    paths: Schema = {task.path: {"post": _task_operation(task)} for task in service.tasks}
    facts = _facts(service.tasks)
    models = {"type": "object", "required": ["models"],
              "properties": {"models": {"type": "array", "items": facts}}}  # fmt: skip
    for path, about, schema in (
        ("/v1/models", "What is served.", models),
        ("/healthz", "The process lives.", {"type": "object"}),
        ("/readyz", "The models answer.", {"type": "object"}),
    ):
        paths[path] = {"get": {"summary": about, "responses": {"200": _json(about, schema)}}}
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    paths["/v1/models/{name}"] = {
        "get": {
            "summary": "A model's card.",
            "parameters": [name],
            "responses": {
                "200": _json("The card.", _card(facts)),
                "404": _problem("No such model is served."),
            },
        }
    }
    found: Schema = {
        "openapi": "3.1.0",
        "info": {"title": "textrnn", "version": __version__},
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}},
    }
    if has_token:
        _require_token(found)
    return found


def _facts(tasks: Sequence[ServedTask]) -> Schema:
    """What is told of each model: of all the same, and what is to be known of its task."""
    own = {name: kind for task in tasks for name, kind in task.kind.client_facts.items()}
    properties = {name: kind_schema(kind) for name, kind in {**FACTS, **own}.items()}
    return {"type": "object", "required": list(FACTS), "properties": properties}


def _card(facts: Schema) -> Schema:
    """The same of one model, with its card."""
    texts = {name: {"type": "string"} for name in ("card", "licence", "textrnn_version")}
    rest = {name: {"type": "object"} for name in ("network", "serving", "scores")}
    properties = {**facts["properties"], **texts, **rest}
    return {**facts, "required": [*FACTS, *texts, *rest], "properties": properties}


def _require_token(found: Schema) -> None:
    """Say that all but the two that tell how the service is need a token."""
    found["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, methods in found["paths"].items():
        if path.startswith("/v1/"):
            for operation in methods.values():
                operation["security"] = [{"token": []}]
                operation["responses"]["401"] = _problem("The token is needed.")


def _task_operation(task: ServedTask) -> Schema:
    kind, labels = task.kind, _labels(task)
    answer = {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "language": {"type": ["string", "null"]},
            **{name: kind_schema(one) for name, one in kind.column_kinds(labels, {}).items()},
        },
    }
    several = {"type": "object", "required": ["answers"],
               "properties": {"answers": {"type": "array", "items": answer}}}  # fmt: skip
    answered = _json("An answer, or one for each of a list.", {"anyOf": [several, answer]})
    if kind.writes:
        answered["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    problems = {status: _problem(about) for status, about in _ANSWER_PROBLEMS.items()}
    body = {"required": True, "content": {"application/json": {"schema": _request(task)}}}
    about = f"Ask {' or '.join(task.batchers)}."
    return {"summary": about, "requestBody": body, "responses": {"200": answered, **problems}}


def _request(task: ServedTask) -> Schema:
    """The schema of a task's requests."""
    kind = task.kind
    text = {"type": "string"}
    record = {"type": "object"}
    inputs: Schema = {RECORD: record, RECORDS: {"type": "array", "items": record}}
    if names := text_names(kind):
        inputs |= {names[0]: text, names[1]: {"type": "array", "items": text}}
    about = "Whether answers have all that the library's have, with numbers that are not rounded."
    fields = {
        **inputs,
        MODEL: {"type": "string", "enum": ["", *task.batchers]},
        FULL: {"type": "boolean", "description": about},
    }
    if kind.writes:
        about = "Whether the answer comes as it is written, by server-sent events."
        fields[STREAM] = {"type": "boolean", "description": about}
    for name, option in kind.answer_options().items():
        fields[name] = {**type_schema(option.kind), "description": option.about}
    return {
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "oneOf": [{"required": [name]} for name in input_names(kind)],
    }


def _labels(task: ServedTask) -> list[str]:
    manifests = (batcher.head.bundle.manifest for batcher in task.batchers.values())
    return sorted({label for manifest in manifests for label in manifest.labels})


def kind_schema(kind: Kind) -> Schema:
    """The schema of a column's values."""
    if isinstance(kind, str):
        return {"type": _TYPES[kind]}
    if isinstance(kind, list):
        return {"type": "array", "items": kind_schema(kind[0])}
    properties = {name: kind_schema(one) for name, one in kind.items()}
    return {"type": "object", "properties": properties}


def type_schema(kind: Any) -> Schema:
    """The schema of what a type allows."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [type_schema(one) for one in arguments]}
    if kind is type(None):
        return {"type": "null"}
    if kind in _SCALARS:
        return {"type": _SCALARS[kind]}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": type_schema(arguments[1])}
    return {"type": "array", "items": type_schema(arguments[0])} if arguments else {}


def _json(about: str, schema: Schema) -> Schema:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


def _problem(about: str) -> Schema:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": about, "content": {PROBLEM: {"schema": schema}}}
