"""What a bundle says of itself: ``bundle.json``, its manifest."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textrnn.bundle.files import is_plain_name
from textrnn.bundle.json_files import parse_json
from textrnn.bundle.serving_settings import check_serving
from textrnn.configuration import from_dict, require, to_dict
from textrnn.corpora.formats.json_text import json_line
from textrnn.errors import BundleError, ConfigurationError

FORMAT_VERSION = 1
MANIFEST = "bundle.json"
MANIFEST_BYTES = 4 << 20  # the most that it may have
_SHA256 = re.compile("[0-9a-f]{64}")
_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){0,3}")
# The most bytes of files, by their endings. Graphs cannot have more than 2 GiB.
_MOST_BYTES = {".onnx": 2 << 30, ".npz": 2 << 30, ".json": 128 << 20}
_OTHER_BYTES = 16 << 20  # cards, pictures, tables of numbers
_MOST_FILES = 100


@dataclass(frozen=True)
class FileRecord:
    """Size and checksum of one file of a bundle."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """``bundle.json``.

    Attributes:
        name: the model's name.
        task: what it does, as ``classifier``.
        language: ISO 639-1 code, as ``en``.
        labels: the labels, in the order of the network's outputs.
        network: the network's description, as its ``as_dict`` gives it.
        serving: window size and overlap in tokens, precision of the graph.
        training: the settings it was trained with.
        corpora: for each file of texts: name, texts, sha256.
        scores: what was measured, by name.
        description: one line.
        licence: the terms of the weights.
        textrnn_version: what wrote the bundle.
        files: checksums of the other files.
        sha256: of ``bundle.json`` itself, with nothing in this place; empty in bundles written
            before there was one.
        format_version: 1.
    """

    name: str
    task: str
    language: str
    labels: tuple[str, ...]
    network: dict[str, Any]
    serving: dict[str, Any]
    training: dict[str, Any] = field(default_factory=dict)
    corpora: tuple[dict[str, Any], ...] = ()
    scores: dict[str, Any] = field(default_factory=dict)
    description: str = ""
    licence: str = ""
    textrnn_version: str = ""
    files: Mapping[str, FileRecord] = field(default_factory=dict)
    sha256: str = ""
    format_version: int = FORMAT_VERSION

    def __post_init__(self) -> None:
        check_serving(self.serving)
        require(len(self.files) <= _MOST_FILES, f"files: at most {_MOST_FILES} may be named")
        for name, record in self.files.items():
            is_inside = name == Path(name).name and "\\" not in name
            require(is_inside, f"names a file outside the bundle: {name!r:.80}")
            require(
                is_plain_name(name) and name.lower() != MANIFEST,
                f"names a file that a bundle cannot have: {name!r:.80}",
            )
            require(
                bool(_SHA256.fullmatch(record.sha256)) and record.bytes >= 0,
                f"{name}: a sha256 or a number of bytes that cannot be",
            )
            most = _MOST_BYTES.get(Path(name).suffix, _OTHER_BYTES)
            require(record.bytes <= most, f"{name}: {record.bytes:,} bytes; at most {most:,} fit")
        lower = {name.lower() for name in self.files}
        require(len(lower) == len(self.files), "files: two names differ by their case alone")

    def require_task(self, task: str, needed_by: str = "") -> None:
        """See that the model is of a task.

        Args:
            task: the one that is wanted.
            needed_by: what asks, for the message.

        Raises:
            ConfigurationError: it is of another.
        """
        wanted = f"; {needed_by} needs a {task}" if needed_by else f", not a {task}"
        require(self.task == task, f"{self.name} is a {self.task}{wanted}")


def parse_manifest(content: bytes, path: Path) -> Manifest:
    """The manifest of a ``bundle.json``.

    Args:
        content: the file's.
        path: the bundle's, for messages.

    Raises:
        BundleError: it is damaged, or its format is newer than this textrnn.
    """
    data = parse_json(content, f"{path}: {MANIFEST}")
    version = data.get("format_version") if isinstance(data, dict) else None
    if version != FORMAT_VERSION:
        raise _other_format(data, version, path)
    try:
        manifest = from_dict(Manifest, data, where=MANIFEST)
    except (ConfigurationError, RecursionError) as error:
        raise BundleError(f"{path}: {error}") from error
    signature = f'"sha256": "{manifest.sha256}"'.encode("utf-8", "surrogatepass")
    unsigned = content.replace(signature, b'"sha256": ""')
    if manifest.sha256 and hashlib.sha256(unsigned).hexdigest() != manifest.sha256:
        raise BundleError(
            f"{path}: {MANIFEST} is damaged, or was changed by hand: its sha256 is not the one in "
            "it; install or copy the model again"
        )
    return manifest


def manifest_content(manifest: Manifest) -> bytes:
    """``bundle.json``, with its own checksum."""
    # Where there is no number, as for a score of nothing, JSON has null.
    data = json.loads(json_line(to_dict(replace(manifest, sha256=""))))
    unsigned = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    data["sha256"] = hashlib.sha256(unsigned.encode("utf-8")).hexdigest()
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _other_format(data: Any, version: Any, path: Path) -> BundleError:
    """The error that a bundle is of a format that this textrnn does not read."""
    writer = data.get("textrnn_version") if isinstance(data, dict) else None
    if not isinstance(version, int):
        return BundleError(f"{path}: not a model bundle ({MANIFEST} has no format_version)")
    known = isinstance(writer, str) and _VERSION.fullmatch(writer)
    newer = f"textrnn {writer} or a newer one" if known else "A newer textrnn"
    by = f", written by textrnn {writer}" if known else ""
    return BundleError(
        f"{path}: bundle format {version!r:.40}{by}; this textrnn reads format {FORMAT_VERSION}. "
        f"{newer} may read it"
    )
