"""A trained tagger as the files of a bundle."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.heads.tagger.features import Features
from textrnn.heads.tagger.gazetteer import Gazetteer
from textrnn.heads.tagger.graph import compile_tagger
from textrnn.heads.tagger.network import TaggerNetwork, table_shapes
from textrnn.runtime.quantize import quantize
from textrnn.training.weights.files import pack_weights


def pack_tagger(
    network: TaggerNetwork,
    weights: dict[str, NDArray[np.float32]],
    features: Features,
    *,
    gazetteer: Gazetteer | None,
    precision: str,
) -> dict[str, bytes]:
    """What serves, and the weights, by the files' names.

    Args:
        network: the description.
        weights: all that it has.
        features: the vocabularies.
        gazetteer: lists of names; None where there are none.
        precision: of what serves: ``int8`` or ``float32``.
    """
    tables = set(table_shapes(network))
    files = {
        "features.json": features.to_json().encode("utf-8"),
        **compile_tagger(network, weights, precision=precision),
        "tables.npz": pack_tables(weights, tables, int8=precision == "int8"),
        "weights.npz": pack_weights({k: v for k, v in weights.items() if k not in tables}),
    }
    if gazetteer is not None:
        files["gazetteer.npz"] = gazetteer.to_bytes()
    return files


def pack_tables(
    weights: dict[str, NDArray[np.float32]], tables: Iterable[str], *, int8: bool
) -> bytes:
    """``tables.npz``: what serving looks up in NumPy, the tables' rows and the CRF's moves.

    Rows take 8 bits a number, with a scale for each row, where ``int8`` asks for that; the file is
    not compressed, so that it opens fast.
    """
    arrays: dict[str, Any] = {k: v for k, v in weights.items() if k.startswith("crf/")}
    for name in sorted(tables):
        if int8:
            arrays[name], arrays[f"{name}/scale"] = quantize(weights[name], axis=1, name=name)
        else:
            arrays[name] = weights[name]
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()
