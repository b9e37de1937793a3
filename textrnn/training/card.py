"""The model card: what a bundle says of itself, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textrnn.bundle.manifest import Manifest
from textrnn.catalog import head_class
from textrnn.configuration import from_dict
from textrnn.counted import counted
from textrnn.heads.card import CardFacts
from textrnn.reports.measured import Measured
from textrnn.training.weakness import weakness_of


def write_card(manifest: Manifest, *, notes: str = "") -> str:
    """A model card in Markdown.

    Args:
        manifest: the facts.
        notes: Markdown that the recipe adds: uses, weaknesses, how the scores were measured.

    Returns:
        The card.
    """
    known = head_class(manifest.task).card_facts(manifest)
    parts = [
        f"# {manifest.name}",
        manifest.description,
        _weakness(manifest),
        _facts(manifest, known),
        "## Scores",
        _table(("measure", "value"), [(k, _number(v)) for k, v in manifest.scores.items()]),
        _sureness(manifest, known),
        notes.strip(),
        f"## {known.counted.capitalize()}s it learned from",
        _corpora(manifest, known),
        "## How to use it",
        known.use,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def card_with(manifest: Manifest, card: str, before: Manifest) -> str:
    """A card as it is where the manifest has changed, its notes kept.

    Args:
        manifest: the facts.
        card: the card that was written before.
        before: the facts of then.

    Returns:
        The new card; the old one where it is not as :func:`write_card` writes them.
    """
    place = "\0"
    try:
        head, tail = write_card(before, notes=place).split(place)
    except KeyError:  # it does not say how it was trained
        return card
    if not card.startswith(head) or not card.endswith(tail):
        return card
    return write_card(manifest, notes=card[len(head) : len(card) - len(tail)])


def _facts(manifest: Manifest, known: CardFacts) -> str:
    network, training = manifest.network, manifest.training
    encoders = ", ".join(map(_encoder, network.get("encoders", ())))
    rows = [
        ("task", manifest.task),
        *([("language", manifest.language)] if manifest.language else []),
        *([("labels", ", ".join(manifest.labels))] if manifest.labels else []),
        *[("vocabulary", f"{n:,} tokens") for n in _told(network, "vocabulary_size")],
        *[("embedding", f"{n['units']} units") for n in _told(network, "embedding")],
        *known.beside,
        *([("encoder", encoders)] if encoders else []),
        ("head", known.head),
        ("window", known.window),
        (f"training {known.counted}s", _texts(training)),
        *[("begins with", line) for line in training.get("begins_with", ())],
        *[("mean of", f"{m['name']} ({m['share']:.0%})") for m in training.get("mean_of", ())],
        *[("compressed", line) for line in _compressed(training)],
        ("training", f"{kept_epochs(training)} kept, {training['elapsed_s']:,} s in all"),
        *[("made with", f"textrnn {version}") for version in [manifest.textrnn_version] if version],
        *([("settings", _settings(training["training"]))] if "training" in training else []),
        ("licence", manifest.licence or "not stated"),
    ]
    return _table(("fact", "value"), rows)


def _compressed(training: Mapping[str, Any]) -> list[str]:
    """Of which model it is a smaller one, and what was done; nothing where it is none."""
    told = training.get("compressed", {})
    return [f"from {told['model']}", *told["steps"]] if told else []


def _weakness(manifest: Manifest) -> str:
    weakness = weakness_of(manifest)
    return f"**It is of no use as it is:** {weakness}." if weakness else ""


def _sureness(manifest: Manifest, known: CardFacts) -> str:
    """How far the validation score can be trusted."""
    if "measured" not in manifest.training:
        return ""
    measured = from_dict(Measured, manifest.training["measured"])
    return f"By the {known.counted}s that chose the epoch: {measured}."


def _told(network: Mapping[str, Any], name: str) -> list[Any]:
    """What a description says of something, once; nothing where its network has no such."""
    return [network[name]] if name in network else []


def kept_epochs(training: Mapping[str, Any]) -> str:
    """Which epochs' weights are kept, in words."""
    averaged = training.get("averaged_epochs", ())
    if averaged:
        return "the mean of epochs " + " and ".join(map(str, averaged))
    return f"epoch {training['best_epoch']}"


def _texts(training: Mapping[str, Any]) -> str:
    """How many texts it learned from, and by which its epoch was chosen."""
    folds = training.get("training", {}).get("folds")
    if folds:
        return f"{training['texts']:,}, which validate one another in {folds} folds"
    return f"{training['texts']:,}, and {training['validation_texts']:,} to choose by"


def _settings(training: Mapping[str, Any]) -> str:
    """How the weights were found: what follows from how much there was to learn from."""
    folds = training.get("folds")
    return (
        f"batches of {training['batch_size']}, at most "
        f"{counted(training['epochs'], 'epoch')}, "
        f"{training['optimizer']} at {training['learning_rate']:g} ({training['schedule']})"
        + (f", {folds} folds" if folds else "")
    )


def _encoder(encoder: dict[str, Any]) -> str:
    kind = encoder["cell"].upper()
    if not encoder["bidirectional"]:
        return f"{kind} {encoder['units']}"
    return f"bidirectional {kind} {encoder['units']} ({encoder['merge']})"


def _corpora(manifest: Manifest, known: CardFacts) -> str:
    rows = [
        (c.get("name", ""), c.get("use", ""), f"{c.get('texts', 0):,}", c.get("licence", ""))
        for c in manifest.corpora
    ]
    header = ("corpus", "use", f"{known.counted}s", "licence")
    return _table(header, rows) if rows else "Not stated."


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
