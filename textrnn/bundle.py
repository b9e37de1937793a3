"""One model on disk: a folder or a zip of plain data, never of code.

::

    bundle.json      the manifest: what the model is, how it was made, sha256 of every file
    tokenizer.json   the tokenizer
    model.onnx       the graph that serves
    weights.npz      the trained weights, for fine-tuning
    README.md        the model card

Files are checked against the manifest's sha256 before they are used; pickles are never read.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textrnn.configuration import from_dict, to_dict
from textrnn.corpora.writing import open_folder_output
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError

FORMAT_VERSION = 1
MANIFEST = "bundle.json"
# What reading a file or a damaged zip can end with: a zip may ask for what Python cannot do.
_UNREADABLE = (
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class FileRecord:
    """Size and checksum of one file of a bundle."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class FileCheck:
    """What :meth:`Bundle.verify` found for one file; ``found`` is None where it is missing."""

    name: str
    ok: bool
    expected: str
    found: str | None


@dataclass(frozen=True)
class Manifest:
    """``bundle.json``.

    Attributes:
        name: the model's name.
        task: what it does: ``classifier``.
        language: ISO 639-1 code, as ``en``.
        labels: the labels, in the order of the network's outputs.
        network: the network's description, as :meth:`textrnn.network.Network.as_dict` gives it.
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


class Bundle:
    """A model bundle, opened for reading: ``Bundle.open(path)``."""

    def __init__(self, path: Path, manifest: Manifest, archive: zipfile.ZipFile | None) -> None:
        self.path = path
        self.manifest = manifest
        self._archive = archive

    @classmethod
    def open(cls, path: str | Path) -> Bundle:
        """Open a bundle's folder or zip and read its manifest.

        Raises:
            ModelNotFoundError: there is no bundle at that path.
            BundleError: the manifest is damaged, or its format is newer than this textrnn.
        """
        path = Path(path)
        archive = None
        if path.is_file() and zipfile.is_zipfile(path):
            try:
                archive = zipfile.ZipFile(path)
            except _UNREADABLE as error:
                raise BundleError(f"{path}: a damaged zip: {error}") from error
        elif not (path / MANIFEST).is_file():
            reason = f"it has no {MANIFEST}" if path.exists() else "there is nothing there"
            raise ModelNotFoundError(f"{path}: not a model bundle ({reason})")
        content = _read(path, archive, MANIFEST)
        if content is None:
            raise ModelNotFoundError(f"{path}: not a model bundle (it has no {MANIFEST})")
        return cls(path, _parse_manifest(content, path), archive)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def size_bytes(self) -> int:
        """Size of all files together, the manifest apart."""
        return sum(record.bytes for record in self.manifest.files.values())

    def read(self, name: str) -> bytes:
        """The content of one file, checked.

        Raises:
            BundleError: the file is missing or not what the manifest says.
        """
        content = _read(self.path, self._archive, name)
        record = self.manifest.files.get(name)
        if content is None or record is None:
            raise BundleError(f"{self.path}: {name} is missing from the bundle")
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise BundleError(
                f"{self.path}: {name} is damaged: its sha256 is not the one in {MANIFEST}; "
                "install or copy the model again"
            )
        return content

    def card(self) -> str:
        """The model card, Markdown."""
        return self.read("README.md").decode("utf-8")

    def verify(self) -> list[FileCheck]:
        """Compare every file with its checksum."""
        checks = []
        for name, record in self.manifest.files.items():
            content = _read(self.path, self._archive, name)
            found = None if content is None else hashlib.sha256(content).hexdigest()
            checks.append(FileCheck(name, found == record.sha256, record.sha256, found))
        return checks


def check_target(path: Path) -> None:
    """See that a bundle may be written to ``path``.

    Raises:
        ConfigurationError: something else is there, which would be lost.
    """
    if path.is_dir() and ((path / MANIFEST).is_file() or not any(path.iterdir())):
        return
    if path.exists():
        raise ConfigurationError(
            f"{path}: is there already and is no model; name a folder that is new or a model's"
        )


def write_bundle(path: Path, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Write a bundle's folder, whole or not at all.

    Args:
        path: the folder; one that is there already is replaced, as a whole.
        manifest: its ``files`` are filled in here.
        files: the content of the other files.

    Raises:
        ConfigurationError: something that is no bundle is there.
    """
    check_target(path)
    records = {
        name: FileRecord(hashlib.sha256(content).hexdigest(), len(content))
        for name, content in files.items()
    }
    content = _manifest_content(replace(manifest, files=records))
    with open_folder_output(path) as folder:
        for name, data in {**files, MANIFEST: content}.items():
            (folder / name).write_bytes(data)


def _read(path: Path, archive: zipfile.ZipFile | None, name: str) -> bytes | None:
    """One file's content, or None where there is no such file."""
    try:
        return (path / name).read_bytes() if archive is None else archive.read(name)
    except (FileNotFoundError, KeyError):
        return None
    except _UNREADABLE as error:
        raise BundleError(f"{path}: {name} cannot be read: {error}") from error


def _manifest_content(manifest: Manifest) -> bytes:
    """``bundle.json``, with its own checksum."""
    data = to_dict(replace(manifest, sha256=""))
    unsigned = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    data["sha256"] = hashlib.sha256(unsigned.encode("utf-8")).hexdigest()
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _parse_manifest(content: bytes, path: Path) -> Manifest:
    try:
        data = json.loads(content)
    except ValueError as error:
        raise BundleError(f"{path}: {MANIFEST} is not JSON: {error}") from error
    version = data.get("format_version") if isinstance(data, dict) else None
    if version != FORMAT_VERSION:
        raise BundleError(
            f"{path}: bundle format {version!r}; this textrnn reads format {FORMAT_VERSION}. "
            "A newer textrnn may read it: pip install -U textrnn"
        )
    try:
        manifest = from_dict(Manifest, data, where=MANIFEST)
    except ConfigurationError as error:
        raise BundleError(f"{path}: {error}") from error
    for name in manifest.files:
        if name != Path(name).name or "\\" in name:
            raise BundleError(f"{path}: {MANIFEST} names a file outside the bundle: {name!r}")
    signature = f'"sha256": "{manifest.sha256}"'.encode("utf-8", "surrogatepass")
    unsigned = content.replace(signature, b'"sha256": ""')
    if manifest.sha256 and hashlib.sha256(unsigned).hexdigest() != manifest.sha256:
        raise BundleError(
            f"{path}: {MANIFEST} is damaged, or was changed by hand: its sha256 is not the one in "
            "it; install or copy the model again"
        )
    return manifest
