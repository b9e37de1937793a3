"""The files of a forecaster's bundle, and what its graph must be like."""

from __future__ import annotations

from functools import partial

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.configuration import from_dict
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.forecaster.baselines import Baselines
from textrnn.heads.forecaster.intervals import LEVELS, Intervals
from textrnn.heads.forecaster.network import ForecasterNetwork
from textrnn.heads.forecaster.scaling import Scaling
from textrnn.heads.parts import check_size, named, read_serving
from textrnn.runtime.graph_check import ExpectedGraph, count_weights, layer_units, widest
from textrnn.runtime.onnx_file import FLOAT

_HEADS = 1 << 14  # bytes of a file of arrays beside its numbers


def expected_graph(network: ForecasterNetwork) -> ExpectedGraph:
    """What a forecaster's graph must be like: its weights are used for each step of a window or,
    where it is read in segments, for each segment of each target, and in decoding once more.
    """
    shapes, targets = network.weight_shapes(), len(network.targets)
    layers, uses = layer_units(network.encoders), network.window
    if network.head.architecture == "segments":
        layers, uses = 2 * layers, targets * (network.segments_read + network.segments_forecast)
    return ExpectedGraph(
        {"windows": (FLOAT, ("B", network.window, network.inputs))},
        {"forecast": (FLOAT, ("B", network.steps, targets, network.levels))},
        {},
        layers,
        max(network.inputs, widest(shapes)),
        count_weights(shapes),
        uses=uses,
    )


def read_scaling(bundle: Bundle, network: ForecasterNetwork) -> Scaling:
    """The scaling of the columns.

    Raises:
        BundleError: it is missing, or of other columns.
    """
    try:
        scaling = from_dict(Scaling, read_serving(bundle, lambda serving: serving["scaling"]))
    except ConfigurationError as error:
        raise BundleError(f"{bundle.path}: {MANIFEST}: serving: scaling: {error}") from error
    if len(scaling.scale) != len(network.columns):
        raise BundleError(f"{bundle.path}: {MANIFEST}: serving: scaling of other columns")
    return scaling


def read_baselines(bundle: Bundle, network: ForecasterNetwork) -> Baselines:
    """The simple methods.

    Raises:
        BundleError: their file is damaged, or of another network.
    """
    targets = len(network.targets)
    numbers = targets * (network.window + 1) * network.horizon
    check_size(bundle, "baselines.npz", 8 * numbers + _HEADS)
    read = partial(Baselines.from_bytes, bundle.read("baselines.npz"), "baselines.npz")
    return named(
        bundle, lambda: read(window=network.window, horizon=network.horizon, targets=targets)
    )


def read_intervals(bundle: Bundle, network: ForecasterNetwork) -> Intervals:
    """What forecasts are widened by.

    Raises:
        BundleError: its file is damaged, or of another network.
    """
    numbers = len(LEVELS) * network.horizon * len(network.targets)
    check_size(bundle, "intervals.npz", 8 * numbers + _HEADS)
    content = bundle.read("intervals.npz")
    return named(bundle, lambda: Intervals.from_bytes(content, "intervals.npz", network))
