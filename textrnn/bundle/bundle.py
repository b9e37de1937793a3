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
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textrnn.bundle.files import BundleFiles, is_plain_name
from textrnn.bundle.json_files import parse_json
from textrnn.bundle.serving_settings import check_serving
from textrnn.configuration import from_dict, require, to_dict
from textrnn.corpora.files.outputs import refuse_inputs
from textrnn.corpora.files.writing import open_folder_output
from textrnn.corpora.formats.json_text import json_line
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError

FORMAT_VERSION = 1
MANIFEST = "bundle.json"
_SHIPPED = Path(__file__).parents[1] / "models"
_SHA256 = re.compile("[0-9a-f]{64}")
_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){0,3}")
# The most bytes of files, by their endings. Graphs cannot have more than 2 GiB.
_MANIFEST_BYTES = 4 << 20
_MOST_BYTES = {".onnx": 2 << 30, ".npz": 2 << 30, ".json": 128 << 20}
_OTHER_BYTES = 16 << 20  # cards, pictures, tables of numbers
_MOST_FILES = 100


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
        content = files.read(MANIFEST, most=_MANIFEST_BYTES)
        if content is None:
            raise ModelNotFoundError(f"{path}: not a model bundle ({_lack(path, files.is_zip)})")
        return cls(path, _parse_manifest(content, path), files)

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
        yield MANIFEST, self._files.read(MANIFEST, most=_MANIFEST_BYTES) or b""
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
    content = _manifest_content(replace(manifest, files=records))
    with open_folder_output(path) as folder:
        for name, data in {**files, MANIFEST: content}.items():
            (folder / name).write_bytes(data)


def _manifest_content(manifest: Manifest) -> bytes:
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
    wanted = f"'textrnn>={writer}'" if known else "textrnn"
    by = f", written by textrnn {writer}" if known else ""
    return BundleError(
        f"{path}: bundle format {version!r:.40}{by}; this textrnn reads format {FORMAT_VERSION}. "
        f"A newer textrnn may read it: pip install -U {wanted}"
    )


def _parse_manifest(content: bytes, path: Path) -> Manifest:
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
