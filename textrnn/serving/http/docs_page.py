"""A page that says how the service is asked, without scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from textrnn.reports.html import PAGE_END, page_beginning, safe_html
from textrnn.serving.http.asked import input_names
from textrnn.serving.http.served_task import ServedTask
from textrnn.serving.http.service import Service

_STYLE = """body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 1rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .5rem; border: 1px solid; }
td, th { text-align: left; vertical-align: top; padding-right: 1rem; }
"""  # noqa: E501


def docs_page(service: Service, address: str) -> str:
    """How the service is asked.

    Args:
        service: what is served.
        address: its URL, as the client has it.
    """
    parts = [page_beginning(title="textrnn", style=_STYLE)]
    parts += ['<p><a href="/openapi.json">openapi.json</a>, <a href="/v1/models">models</a></p>']
    for task in service.tasks:
        parts.extend(_about(task, address))
    return "\n".join(parts) + PAGE_END


def _about(task: ServedTask, address: str) -> Iterator[str]:
    kind = task.kind
    name, *_ = input_names(kind)
    value = kind.command_line[2] if kind.reads_texts else {}
    asked = json.dumps({name: value}, ensure_ascii=False)
    call = f"curl -H 'Content-Type: application/json' -d '{asked}' {address}{task.path}"
    yield f"<h2>POST {safe_html(task.path)}</h2>"
    yield f"<p>Models: {safe_html(', '.join(task.batchers))}. One of these fields, and options:"
    yield f"{safe_html(', '.join(input_names(kind)))}.</p><pre>{safe_html(call)}</pre>"
    yield "<table><tr><th>option</th><th>what it means</th></tr>"
    for option, told in kind.answer_options().items():
        about = told.about.replace("``", "")
        yield f"<tr><td>{safe_html(option)}</td><td>{safe_html(about)}</td></tr>"
    yield "</table>"
