"""The files of a classifier's bundle, and what its graph must be like."""

from __future__ import annotations

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.configuration import from_dict, require
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.classifier.bag import BagOfNgrams
from textrnn.heads.classifier.bag_alone import BagAlone
from textrnn.heads.classifier.calibration import MOST_BAG_SHARE, Calibration
from textrnn.heads.classifier.network import ClassifierNetwork
from textrnn.heads.parts import check_numbers, named, read_serving
from textrnn.runtime.graph_check import ExpectedGraph, Lengths, count_weights, layer_units, widest
from textrnn.runtime.onnx_file import FLOAT, INT32

BAG_ALONE = "bag_alone"  # what serving calls when the bag answers by itself

# Of serving's numbers the least and the greatest; training finds none beyond.
_RANGES = {
    "temperature": (0.01, 100.0),
    "temperature_growth": (-4.0, 4.0),
    "bag_share": (0.0, MOST_BAG_SHARE),
    "bag_share_growth": (-4.0, 4.0),
}


def read_calibration(bundle: Bundle) -> Calibration:
    """A classifier's temperature and the share of its bag.

    Raises:
        BundleError: a number is out of range, or none.
    """
    check_numbers(bundle, _RANGES)
    return read_serving(bundle, Calibration.from_dict)


def expected_graph(network: ClassifierNetwork) -> ExpectedGraph:
    """What a classifier's graph must be like."""
    shapes = network.weight_shapes()
    outputs: dict[str, tuple[int, Lengths]] = {"logits": (FLOAT, ("B", len(network.head.labels)))}
    if network.has_attention:
        outputs["attention"] = (FLOAT, ("B", "T"))
    return ExpectedGraph(
        {"tokens": (INT32, ("B", "T")), "lengths": (INT32, ("B",))},
        outputs,
        {"tokens": network.vocabulary_size},
        layer_units(network.encoders),
        widest(shapes),
        count_weights(shapes),
    )


def read_bag(bundle: Bundle) -> BagOfNgrams:
    """A classifier's bag of n-grams, for its labels.

    Raises:
        BundleError: it is damaged, or for others.
    """
    labels = len(bundle.manifest.labels)
    return named(bundle, lambda: BagOfNgrams.from_bytes(bundle.read("bag.npz"), labels=labels))


def read_bag_alone(bundle: Bundle) -> BagAlone | None:
    """When a classifier's bag answers by itself; None where nothing was fitted for that.

    Raises:
        BundleError: the numbers are damaged, or for other labels.
    """
    told = bundle.manifest.serving.get(BAG_ALONE)
    if told is None or "bag.npz" not in bundle.manifest.files:
        return None
    try:
        alone = from_dict(BagAlone, told, where=BAG_ALONE)
        labels = len(bundle.manifest.labels)
        require(len(alone.bias[0]) == labels, f"{BAG_ALONE}: bias: not {labels} labels")
    except ConfigurationError as error:
        raise BundleError(f"{bundle.path}: {MANIFEST}: serving: {error}") from error
    return alone
