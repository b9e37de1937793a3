"""ONNX Runtime for browsers, as npm installs it."""

from __future__ import annotations

import json
from pathlib import Path

from textrnn.browser.packing import packed
from textrnn.errors import InputError

PACKAGE, VERSION = "onnxruntime-web", "1.30.0"  # with which answers are held against Python's
INSTALL = f"npm install {PACKAGE}@{VERSION}"
_MODULE = "dist/ort.wasm.bundle.min.mjs"
_WASM = "dist/ort-wasm-simd-threaded.wasm"
_LICENCE = Path(__file__).with_name("onnxruntime-web.license")


def runtime_files(folder: Path) -> dict[str, bytes]:
    """The files of the runtime in a site by their paths, its licence beside them.

    Args:
        folder: where npm installed it: ``node_modules``.

    Raises:
        InputError: it is not there, or of another version.
    """
    package = folder / PACKAGE
    try:
        found = json.loads((package / "package.json").read_text("utf-8")).get("version")
        module, wasm = (package / _MODULE).read_bytes(), (package / _WASM).read_bytes()
    except (OSError, ValueError, AttributeError) as error:
        raise InputError(f"{folder}: no {PACKAGE} is there; {INSTALL}") from error
    if found != VERSION:
        raise InputError(f"{folder}: {PACKAGE} {found} is there; {INSTALL}")
    return {
        "runtime/ort.js": module,
        "runtime/ort.wasm.gz": packed(wasm),
        "runtime/LICENSE": _LICENCE.read_bytes(),
    }
