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
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from textrnn.bundle.files import BundleFiles
from textrnn.bundle.manifest import (
    MANIFEST,
    MANIFEST_BYTES,
    FileRecord,
    Manifest,
    manifest_content,
    parse_manifest,
)
from textrnn.corpora.files.outputs import refuse_inputs
from textrnn.corpora.files.writing import open_folder_output
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError

_SHIPPED = Path(__file__).parents[1] / "models"


@dataclass(frozen=True)
class FileCheck:
    """What :meth:`Bundle.verify` found for one file; ``found`` is None where it is missing."""

    name: str
    ok: bool
    expected: str
    found: str | None


class Bundle:
    """A model bundle: ``Bundle.open(path)``. No file stays open between two calls."""

    def __init__(self, path: Path, manifest: Manifest, files: BundleFiles) -> None:
        self.path = path
        self.manifest = manifest
        self._files = files

    @classmethod
    def open(cls, path: str | Path) -> Bundle:
        """Read the manifest of a bundle's folder or zip.

        Raises:
            ModelNotFoundError: there is no bundle at that path.
            BundleError: the manifest is damaged, or its format is newer than this textrnn.
        """
        path = Path(path)
        # Installers that save space make the files of a package links.
        files = BundleFiles(path, links=_is_shipped(path))
        content = files.read(MANIFEST, most=MANIFEST_BYTES)
        if content is None:
            raise ModelNotFoundError(f"{path}: not a model bundle ({_lack(path, files.is_zip)})")
        return cls(path, parse_manifest(content, path), files)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.manifest.name

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with textrnn itself, and is as much to be trusted."""
        return _is_shipped(self.path)

    @property
    def size_bytes(self) -> int:
        """Size of all files together, the manifest apart."""
        return sum(record.bytes for record in self.manifest.files.values())

    def read(self, name: str) -> bytes:
        """The content of one file, checked.

        Raises:
            BundleError: the file is missing or not what the manifest says.
        """
        record = self.manifest.files.get(name)
        content = None if record is None else self._files.read(name, most=record.bytes)
        if content is None or record is None:
            raise BundleError(f"{self.path}: {name} is missing from the bundle")
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise BundleError(
                f"{self.path}: {name} is damaged: its sha256 is not the one in {MANIFEST}; "
                "install or copy the model again"
            )
        return content

    def text(self, name: str) -> str:
        """The content of one file, checked, as text.

        Raises:
            BundleError: the file is missing, not what the manifest says, or no UTF-8.
        """
        try:
            return self.read(name).decode("utf-8")
        except UnicodeDecodeError as error:
            raise BundleError(f"{self.path}: {name} is damaged: {error}") from error

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Every file by its name, each checked, with :data:`MANIFEST` as it lies there.

        Raises:
            BundleError: as :meth:`read` does.
        """
        yield MANIFEST, self._files.read(MANIFEST, most=MANIFEST_BYTES) or b""
        for name in self.manifest.files:
            yield name, self.read(name)

    def card(self) -> str:
        """The model card, Markdown."""
        return self.text("README.md")

    def verify(self) -> list[FileCheck]:
        """Compare every file with its checksum, a piece at a time.

        Raises:
            BundleError: a file is none that a bundle may have.
        """
        checks = []
        for name, record in self.manifest.files.items():
            found = self._checksum(name, record)
            checks.append(FileCheck(name, found == record.sha256, record.sha256, found))
        return checks

    def _checksum(self, name: str, record: FileRecord) -> str | None:
        """A file's sha256; None where it is missing."""
        chunks = self._files.chunks(name, most=record.bytes)
        if chunks is None:
            return None
        checksum = hashlib.sha256()
        for chunk in chunks:
            checksum.update(chunk)
        return checksum.hexdigest()


def _lack(path: Path, is_zip: bool) -> str:
    """What a path lacks to be a model."""
    if not path.exists():
        return "there is nothing there"
    if path.suffix.lower() == ".zip" and path.is_file() and not is_zip:
        return "it is no zip, or one that was cut off; copy it again"
    return f"it has no {MANIFEST}"


def _is_shipped(path: Path) -> bool:
    return path.parent.resolve() == _SHIPPED.resolve()


def check_target(path: Path, inputs: Iterable[str | Path | None] = ()) -> None:
    """See that a bundle may be written to ``path``.

    Args:
        path: the folder to be.
        inputs: what is read to make the bundle.

    Raises:
        ConfigurationError: something else is there, which would be lost, or it is the folder that
            the process is in.
        InputError: what is read would be lost.
    """
    if Path(os.path.realpath(path)) in (here := Path.cwd(), *here.parents):
        raise ConfigurationError(f"{path}: the folder that you are in; name a new one")
    refuse_inputs(path, inputs)
    try:
        names = set(os.listdir(path))
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigurationError(
            f"{path}: no folder for a model ({error.strerror}); name one that is new or a model's"
        ) from error
    if MANIFEST in names:
        strange = min(names - {MANIFEST, *Bundle.open(path).manifest.files}, default=None)
        if strange is None:
            return
        raise ConfigurationError(
            f"{path}: holds {strange}, which is no part of the model there and would be lost; move "
            "it, or name another folder"
        )
    if names:
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
    content = manifest_content(replace(manifest, files=records))
    with open_folder_output(path) as folder:
        for name, data in {**files, MANIFEST: content}.items():
            (folder / name).write_bytes(data)
