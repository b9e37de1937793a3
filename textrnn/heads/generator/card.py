"""What a model card tells of a generator."""

from __future__ import annotations

from textrnn.bundle.manifest import Manifest
from textrnn.heads.card import CardFacts, python_use


def generator_facts(manifest: Manifest) -> CardFacts:
    """Its output, and whether it writes or only reads backward."""
    tokens, tied = manifest.serving["window_tokens"], manifest.network["head"]["tied"]
    use = python_use(manifest, 'generate("…")[0].text')
    if manifest.serving.get("backward"):
        use = (
            "It reads backward and does not write: other models begin with it.\n\n"
            f"```\ntextrnn train classifier --train reviews.csv --init-from {manifest.name} …\n```"
        )
    return CardFacts(
        head="next token, tied to the embedding" if tied else "next token",
        use=use,
        window=f"gradients through {tokens} tokens; the state goes on without end",
    )
