"""What a model card tells of a classifier."""

from __future__ import annotations

from textrnn.bundle.manifest import Manifest
from textrnn.heads.card import CardFacts, python_use, window_fact
from textrnn.heads.classifier.calibration import TYPICAL_TOKENS
from textrnn.heads.classifier.parts import BAG_ALONE


def classifier_facts(manifest: Manifest) -> CardFacts:
    """Its pooling, and the bag of n-grams beside the network where there is one."""
    beside = []
    if "bag_share" in manifest.serving:
        longest, share = manifest.training["bag"]["longest"], manifest.serving["bag_share"]
        told = (
            f"logistic regression on n-grams of up to {longest} tokens; {share:.2f} times its "
            f"logits are added to the network's, for a text of {TYPICAL_TOKENS} tokens"
        )
        if BAG_ALONE in manifest.serving:
            told += "; by itself it answers the texts of which it is sure"
        beside.append(("bag of n-grams", told))
    return CardFacts(
        head=" + ".join(manifest.network["head"]["pooling"]) + " pooling",
        use=python_use(manifest, 'classify(["…"])'),
        window=window_fact(manifest),
        beside=beside,
    )
