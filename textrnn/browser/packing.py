"""A model as the files that a browser reads.

Every file is packed by gzip. Arrays, which a bundle has in ``.npz``, are laid out as safetensors
has them: a header in JSON, then the numbers, which JavaScript takes as they lie.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.arrays import open_arrays
from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import Manifest
from textrnn.heads.head import Head
from textrnn.serving.http.cards import model_card

_KINDS = {
    "int8": "I8", "uint8": "U8", "uint16": "U16", "int32": "I32", "uint32": "U32", "int64": "I64",
    "float32": "F32", "float64": "F64",
}  # fmt: skip
# What training, cards and tests of novelty alone need.
_LEFT_OUT = {"weights.npz", "fingerprint.npz", "history.csv", "training.png", "README.md"}
_VARIANTS = "text/variants.json"
_VERSE = (_VARIANTS, "text/traditional.json", "heads/generator/rhymes.json")
_ROOT = Path(__file__).parents[1]


def packed_model(head: Head) -> dict[str, bytes]:
    """The files of a model in a site by their names: ``model.json`` and what it names, packed.

    Raises:
        BundleError: the bundle is damaged.
    """
    bundle = head.bundle
    names = [name for name in bundle.manifest.files if name not in _LEFT_OUT]
    contents = {name: _content(bundle, name) for name in names}
    for path in _tables(bundle.manifest):
        contents[Path(path).name] = (_ROOT / path).read_bytes()
    contents["model.json"] = _json({**model_card(head), "files": list(contents)})
    return {f"{name}.gz": packed(content) for name, content in contents.items()}


def packed(content: bytes) -> bytes:
    """Bytes packed by gzip, the same ones whenever it is done."""
    return gzip.compress(content, mtime=0)


def laid_out(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays in the layout of safetensors."""
    header, begin = dict[str, Any](), 0
    for name, values in arrays.items():
        end = begin + values.nbytes
        header[name] = {
            "dtype": _KINDS[values.dtype.name],
            "shape": values.shape,
            "data_offsets": [begin, end],
        }
        begin = end
    head = _json(header)
    numbers = (np.ascontiguousarray(values).tobytes() for values in arrays.values())
    return b"".join([len(head).to_bytes(8, "little"), head, *numbers])


def _content(bundle: Bundle, name: str) -> bytes:
    """A file as JavaScript reads it; of names that arrays hold nothing is left."""
    content = bundle.read(name)
    if name == "features.json":  # JavaScript does not keep the order of keys that are numbers
        data = json.loads(content)
        return _json({**data, "lexicon": list(data["lexicon"].items())})
    if not name.endswith(".npz"):
        return content
    with open_arrays(content, name) as file:
        arrays = {key: file[key] for key in file}
    return laid_out({key: values for key, values in arrays.items() if values.dtype.kind != "U"})


def _tables(manifest: Manifest) -> tuple[str, ...]:
    """The tables of textrnn that a model's texts need."""
    if manifest.task == "generator" and manifest.language == "zh":
        return _VERSE
    return (_VARIANTS,) if manifest.serving.get("simplify") else ()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
