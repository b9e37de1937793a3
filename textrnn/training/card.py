"""The model card: what a bundle says of itself, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textrnn.bundle.bundle import Manifest
from textrnn.heads.classifier.calibration import TYPICAL_TOKENS


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
        _use(manifest),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(manifest: Manifest) -> str:
    network, training = manifest.network, manifest.training
    encoders = ", ".join(_encoder(encoder) for encoder in network["encoders"])
    rows = [
        ("task", manifest.task),
        ("language", manifest.language),
        *([("labels", ", ".join(manifest.labels))] if manifest.labels else []),
        ("vocabulary", f"{network['vocabulary_size']:,} tokens"),
        ("embedding", f"{network['embedding']['units']} units"),
        *_further_facts(manifest),
        ("encoder", encoders),
        ("head", _head(manifest)),
        _window(manifest),
        (
            "training texts",
            f"{training['texts']:,}, and {training['validation_texts']:,} to choose by",
        ),
        *[("begins with", line) for line in training.get("begins_with", ())],
        *[("mean of", f"{m['name']} ({m['share']:.0%})") for m in training.get("mean_of", ())],
        ("training", f"{_kept(training)} kept, {training['elapsed_s']:,} s in all"),
        ("licence", manifest.licence or "not stated"),
    ]
    return _table(("fact", "value"), rows)


def _kept(training: Mapping[str, Any]) -> str:
    averaged = training.get("averaged_epochs", ())
    if averaged:
        return "the mean of epochs " + " and ".join(map(str, averaged))
    return f"epoch {training['best_epoch']}"


def _window(manifest: Manifest) -> tuple[str, str]:
    tokens = manifest.serving["window_tokens"]
    if manifest.task == "generator":
        return "window", f"gradients through {tokens} tokens; the state goes on without end"
    return "window", f"{tokens} tokens; longer texts are read in windows"


def _use(manifest: Manifest) -> str:
    if manifest.serving.get("backward"):
        return (
            "It reads backward and does not write: other models begin with it.\n\n"
            f"```\ntextrnn train classifier --train reviews.csv --init-from {manifest.name} …\n```"
        )
    return f'```python\nimport textrnn\n\ntextrnn.load("{manifest.name}").{_call(manifest)}\n```'


def _call(manifest: Manifest) -> str:
    calls = {"tagger": 'tag("…").entities', "generator": 'generate("…")[0].text'}
    return calls.get(manifest.task, 'classify(["…"])')


def _head(manifest: Manifest) -> str:
    head = manifest.network["head"]
    if manifest.task == "generator":
        return "next token, tied to the embedding" if head["tied"] else "next token"
    if manifest.task != "tagger":
        return " + ".join(head["pooling"]) + " pooling"
    return f"{head['decoder'].upper()} over {head['scheme'].upper()} tags"


def _further_facts(manifest: Manifest) -> list[tuple[str, str]]:
    """What there is beside a classifier's network; what a tagger's token brings."""
    network = manifest.network
    if manifest.task == "classifier" and "bag_share" in manifest.serving:
        longest = manifest.training["bag"]["longest"]
        share = manifest.serving["bag_share"]
        added = f"{share} of its scores are added to those of a text of {TYPICAL_TOKENS} tokens"
        return [("bag of n-grams", f"up to {longest} tokens; {added}")]
    if manifest.task != "tagger":
        return []
    facts = []
    if network["characters"]:
        spelling = network["characters"]
        facts.append(("spelling", f"{spelling['kind'].upper()} {spelling['units']} of characters"))
    if network["shape_units"]:
        facts.append(("word shapes", f"{network['shape_units']} units"))
    if network["bigram_count"]:
        facts.append(
            ("bigrams", f"{network['bigram_count']:,} rows, {network['bigram_units']} units")
        )
    if network["lexicon_count"]:
        facts.append(
            ("lexicon", f"{network['lexicon_count']:,} words, 4 x {network['lexicon_units']} units")
        )
    if network["gazetteer_kinds"]:
        facts.append(("gazetteer", f"{network['gazetteer_kinds']} kinds of names"))
    return facts


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
