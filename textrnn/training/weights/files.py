"""``weights.npz``: a network's weights as a bundle keeps them for further training."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.bundle.bundle import Bundle
from textrnn.catalog import described_network
from textrnn.errors import BundleError
from textrnn.runtime.onnx_file import read_onnx
from textrnn.runtime.quantize import quantize


def pack_weights(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz``: float16, since fine-tuning needs no more and the package stays small; what
    does not fit stays float32.
    """
    content = io.BytesIO()
    most = np.finfo(np.float16).max
    packed: dict[str, Any] = {
        name: value.astype(np.float16 if np.abs(value).max(initial=0.0) < most else np.float32)
        for name, value in weights.items()
    }
    np.savez_compressed(content, **packed)
    return content.getvalue()


def pack_whole_weights(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """``weights.npz`` in 8 bits, with a scale for each row of the embedding and for each output of
    the other kernels: half of :func:`pack_weights`, and as exact as the 8-bit graph.
    """
    content = io.BytesIO()
    packed: dict[str, Any] = {}
    for name, value in weights.items():
        if value.ndim == 1:
            packed[name] = value
        else:
            axis = 1 if name == "embedding" else tuple(range(value.ndim - 1))
            packed[name], packed[f"{name}/scale"] = quantize(value, axis=axis, name=name)
    np.savez_compressed(content, **packed)
    return content.getvalue()


def pack_beside_graph(weights: Mapping[str, NDArray[np.float32]], precision: str) -> bytes:
    """``weights.npz`` beside a graph of a precision that has the embedding: one in 8 bits has it in
    the same 8 bits already.
    """
    if precision == "int8":
        return pack_whole_weights({k: v for k, v in weights.items() if k != "embedding"})
    return pack_weights(weights)


def read_weights(bundle: Bundle) -> dict[str, NDArray[np.float32]]:
    """The weights of a model, float32, as far as they are in ``weights.npz``, and its embedding
    where that is in its graph alone (:attr:`textrnn.network.Network.embedding_in_graph`).

    Raises:
        BundleError: a file is missing or damaged.
    """
    weights = unpack_weights(bundle.read("weights.npz"))
    if "embedding" not in weights and described_network(bundle).embedding_in_graph:
        constants = read_onnx(bundle.read("model.onnx")).constants
        stored = {name.rpartition("_")[0]: constant for name, constant in constants.items()}
        if not stored.keys() >= {"embedding", "embedding/scale"}:
            raise BundleError(f"{bundle.name}: neither its weights nor its graph have an embedding")
        whole, scale = (stored[name].values() for name in ("embedding", "embedding/scale"))
        weights = {"embedding": whole.astype(np.float32) * scale.astype(np.float32), **weights}
    return weights


def unpack_weights(content: bytes) -> dict[str, NDArray[np.float32]]:
    """The weights that :func:`pack_weights` or :func:`pack_whole_weights` packed, float32.

    Raises:
        BundleError: the file is damaged.
    """
    with open_arrays(content, "weights.npz") as file:
        one = np.float32(1.0)
        return {
            name: file[name].astype(np.float32) * file.get(f"{name}/scale", one)
            for name in file
            if not name.endswith("/scale")
        }


def check_weights(weights: Mapping[str, NDArray[np.float32]], bundle: Bundle) -> None:
    """See that weights are those of a bundle's network.

    Raises:
        BundleError: they are not.
    """
    for name, shape in described_network(bundle).weight_shapes().items():
        if name not in weights or weights[name].shape != shape:
            raise BundleError(f"{bundle.path}: weights.npz does not fit its network: {name!r}")
        if not np.isfinite(weights[name]).all():
            raise BundleError(f"{bundle.path}: weights.npz: {name!r} is not finite")
