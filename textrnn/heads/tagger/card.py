"""What a model card tells of a tagger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textrnn.bundle.manifest import Manifest
from textrnn.heads.card import CardFacts, python_use, window_fact


def tagger_facts(manifest: Manifest) -> CardFacts:
    """Its tags, and what a token brings beside its row of the embedding."""
    head = manifest.network["head"]
    return CardFacts(
        head=f"{head['decoder'].upper()} over {head['scheme'].upper()} tags",
        use=python_use(manifest, 'tag("…").entities'),
        window=window_fact(manifest),
        beside=list(_features(manifest.network)),
    )


def _features(network: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if network["characters"]:
        spelling = network["characters"]
        yield "spelling", f"{spelling['kind'].upper()} {spelling['units']} of characters"
    if network["shape_units"]:
        yield "word shapes", f"{network['shape_units']} units"
    if network["bigram_count"]:
        yield "bigrams", f"{network['bigram_count']:,} rows, {network['bigram_units']} units"
    if network["lexicon_count"]:
        words, units = network["lexicon_count"], network["lexicon_units"]
        yield "lexicon", f"{words:,} words, 4 x {units} units"
    if network["gazetteer_kinds"]:
        yield "gazetteer", f"{network['gazetteer_kinds']} kinds of names"
