"""What a model card tells of a translator."""

from __future__ import annotations

from textrnn.bundle.manifest import Manifest
from textrnn.heads.card import CardFacts, python_use
from textrnn.text.language import language_name

_SEARCH = ("gate_shift", "length_penalty", "length_reward")  # as validation pairs chose them


def translator_facts(manifest: Manifest) -> CardFacts:
    """Its languages, its attention, how long sentences may be."""
    network, serving = manifest.network, manifest.serving
    head, decoders = network["head"], network["decoders"]
    layers = " and ".join(f"{one['cell']} of {one['units']}" for one in decoders)
    how = f"{head['attention']} attention"
    if head["input_feeding"]:
        how += " with input feeding"
    if head["copying"]:
        how += ", copying"
    size, written = network["source_vocabulary_size"], network["vocabulary_size"]
    stop = serving.get("full_stop", "")
    searched = [f"{name} {serving[name]:g}" for name in _SEARCH if name in serving]
    rows = [
        ("into", language_name(str(serving.get("target_language", "")))),
        ("decoder", layers),
        ("vocabularies", f"{size:,} tokens read, {written:,} written" if size else "one for both"),
        ("searched with", ", ".join(searched)),
        ("a sentence without an end", stop and f"is read as if {stop} stood there"),
    ]
    most = serving.get("max_tokens")
    return CardFacts(
        head=f"translations, by {how}",
        use=python_use(manifest, 'translate(["…"])[0].text'),
        window=f"{most} tokens of a sentence; longer ones are cut" if most else "whole sentences",
        beside=[(name, value) for name, value in rows if value],
        counted="pair",
    )
