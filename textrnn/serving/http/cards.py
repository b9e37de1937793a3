"""What is told of the models that are served."""

from __future__ import annotations

from typing import Any

from textrnn.heads.head import Head


def model_facts(head: Head) -> dict[str, Any]:
    """What a client needs to choose a model."""
    bundle, manifest = head.bundle, head.bundle.manifest
    return {
        "name": bundle.name,
        "task": manifest.task,
        "path": f"/v1/{head.command_line[0]}",
        "language": manifest.language,
        "labels": list(manifest.labels),
        "bytes": bundle.size_bytes,
        "description": manifest.description,
    }


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
