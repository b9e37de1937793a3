"""The model card: what a bundle says of itself, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textrnn.bundle import Manifest


def write_card(manifest: Manifest, *, notes: str = "") -> str:
    """A model card in Markdown.

    Args:
        manifest: the facts.
        notes: Markdown that the recipe adds: uses, weaknesses, how the scores were measured.

    Returns:
        The card.
    """
    parts = [
        f"# {manifest.name}",
        manifest.description,
        _facts(manifest),
        "## Scores",
        _table(("measure", "value"), [(k, _number(v)) for k, v in manifest.scores.items()]),
        notes.strip(),
        "## Texts it learned from",
        _corpora(manifest),
        "## How to use it",
        f'```python\nimport textrnn\n\ntextrnn.load("{manifest.name}").classify(["…"])\n```',
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(manifest: Manifest) -> str:
    network, training = manifest.network, manifest.training
    encoders = ", ".join(_encoder(encoder) for encoder in network["encoders"])
    rows = [
        ("task", manifest.task),
        ("language", manifest.language),
        ("labels", ", ".join(manifest.labels)),
        ("vocabulary", f"{network['vocabulary_size']:,} tokens"),
        ("embedding", f"{network['embedding']['units']} units"),
        ("encoder", encoders),
        ("pooling", " + ".join(network["head"]["pooling"])),
        ("window", f"{manifest.serving['window_tokens']} tokens; longer texts are read in windows"),
        (
            "training texts",
            f"{training['texts']:,}, and {training['validation_texts']:,} to choose by",
        ),
        ("training", f"epoch {training['best_epoch']} kept, {training['elapsed_s']:,} s in all"),
        ("licence", manifest.licence or "not stated"),
    ]
    return _table(("fact", "value"), rows)


def _encoder(encoder: dict[str, Any]) -> str:
    kind = encoder["cell"].upper()
    if not encoder["bidirectional"]:
        return f"{kind} {encoder['units']}"
    return f"bidirectional {kind} {encoder['units']} ({encoder['merge']})"


def _corpora(manifest: Manifest) -> str:
    rows = [
        (c.get("name", ""), c.get("use", ""), f"{c.get('texts', 0):,}", c.get("licence", ""))
        for c in manifest.corpora
    ]
    return _table(("corpus", "use", "texts", "licence"), rows) if rows else "Not stated."


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
