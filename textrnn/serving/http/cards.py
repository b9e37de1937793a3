"""What is told of the models that are served."""

from __future__ import annotations

from typing import Any

from textrnn.bundle.manifest import Manifest
from textrnn.heads.head import Head
from textrnn.heads.result import INTEGER, TEXT, Columns, Kind

FACTS: Columns = {"name": TEXT, "task": TEXT, "path": TEXT, "language": TEXT, "labels": [TEXT],
                  "bytes": INTEGER, "description": TEXT}  # fmt: skip


def model_facts(head: Head) -> dict[str, Any]:
    """What a client needs to choose a model, and to ask it."""
    bundle, manifest = head.bundle, head.bundle.manifest
    own = {name: _fact(manifest, name, kind) for name, kind in head.client_facts.items()}
    return {
        "name": bundle.name,
        "task": manifest.task,
        "path": f"/v1/{head.command_line[0]}",
        "language": manifest.language,
        "labels": list(manifest.labels),
        "bytes": bundle.size_bytes,
        "description": manifest.description,
        **own,
    }


def _fact(manifest: Manifest, name: str, kind: Kind) -> Any:
    """What is known of a model's network or serving; empty where nothing is."""
    found = manifest.serving.get(name, manifest.network.get(name))
    return found if found is not None else [] if isinstance(kind, list) else ""


def model_card(head: Head) -> dict[str, Any]:
    """The same, with what the model is, scores, licence and the card in Markdown."""
    manifest = head.bundle.manifest
    return {
        **model_facts(head),
        "network": manifest.network,
        "serving": manifest.serving,
        "licence": manifest.licence,
        "scores": manifest.scores,
        "textrnn_version": manifest.textrnn_version,
        "card": head.bundle.card(),
    }
