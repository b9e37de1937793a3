"""What a plan takes from the model that its weights begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network, model_path
from textrnn.configuration import require, setting_of
from textrnn.training.named import COUNT, Values

UNLABELLED_UNREAD = (
    "note: unlabelled texts are of no use: the vocabulary is that of the model begun with; "
    "init_from='none' makes one of them, too"
)
UNITS = ("embedding", "units")  # where a plan has the size of its embedding


def sizes_of_model(plan: Any, task: str, model: Path) -> Values:
    """The sizes of a network that a plan has where none are given, by the paths of its fields.

    Args:
        plan: the plan.
        task: its task; from a model of the same the head is taken, too.
        model: the name or path of the model.

    Raises:
        ModelNotFoundError: there is no such model.
        BundleError: it is damaged.
        ConfigurationError: its network, or that of the plan, has no encoders.
    """
    bundle = Bundle.open(model_path(model))
    network = described_network(bundle).as_dict()
    for part in ("embedding", "encoders"):
        require(part in network, f"{bundle.name} has no {part} to begin with")
        require(hasattr(plan, part), f"a {task} has no {part} that begin with another model's")
    encoders, encoder = network["encoders"], network["encoders"][0]
    sizes: Values = {
        UNITS: network["embedding"]["units"],
        ("encoders", COUNT): len(encoders),
    }
    of_encoder = ["cell", "units"]
    if bundle.manifest.task == task:
        of_encoder += ["bidirectional", "merge"]
        head = fields(plan.head) if hasattr(plan, "head") else ()
        names = [field.name for field in head if not setting_of(field).is_rate]
        sizes |= {("head", name): _frozen(network["head"][name]) for name in names}
        if decoders := network.get("decoders"):
            sizes |= {("decoder", "layers"): len(decoders)}
            sizes |= {("decoder", "units"): decoders[0]["units"]}
    return sizes | {("encoders", name): encoder[name] for name in of_encoder}


def require_one_beginning(embeddings: Sequence[Path], init_from: Sequence[Path]) -> None:
    """See that an embedding begins with one thing alone.

    Raises:
        ConfigurationError: there are word vectors and a model.
    """
    require(
        not embeddings or not init_from,
        "an embedding begins with word vectors or with another model's rows, not with both",
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
