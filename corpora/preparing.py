"""The files that a recipe names: fetched from their homes, checked, laid where it reads them."""

from __future__ import annotations

import hashlib
import lzma
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from textrnn.corpora.files.downloading import OnBytes, download
from textrnn.corpora.files.writing import write_file
from textrnn.corpora.layouts import content_of
from textrnn.corpora.recipe_files import RecipeFile, recipe_files, where_else
from textrnn.errors import InputError

ARCHIVES = "archives"  # below the data folder, what was fetched: other recipes may need it


@dataclass
class Prepared:
    """What became of a recipe's files, by their paths below the data folder.

    Attributes:
        laid: those that were fetched.
        there: those that were there before.
        missing: those that cannot be fetched and are not there, each with where people get it.
    """

    laid: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def prepare(
    paths: Iterable[str],
    folder: Path,
    *,
    known: Mapping[str, RecipeFile] | None = None,
    on_file: Callable[[str], None] = lambda name: None,
    on_bytes: OnBytes = lambda done, total: None,
    on_wait: Callable[[], object] = lambda: None,
) -> Prepared:
    """Fetch files that are not there yet, and see that those that are known are what they must be.

    What is fetched stays below ``folder/archives``.

    Args:
        paths: of the files, below the folder.
        folder: the data folder; it is made where there is none.
        known: the files that can be fetched, by their paths; by default
            :func:`textrnn.corpora.recipe_files.recipe_files`.
        on_file: called with the name of each archive before it is fetched.
        on_bytes: called with how much of it is there.
        on_wait: called where another process is fetching it.

    Returns:
        What became of them.

    Raises:
        InputError: the network fails, or a file is not the one that it should be: fetched, or as
            it lies there.
    """
    known = recipe_files() if known is None else known
    found = Prepared()
    for path in dict.fromkeys(paths):
        target, file = folder / path, known.get(path)
        if target.exists():
            if file is not None:
                _check(_unpacked(target, file.bytes), file, target)
            found.there.append(path)
        elif file is None:
            found.missing[path] = where_else(path)
        else:
            archive = folder / ARCHIVES / _archive_name(file)
            on_file(archive.name)
            download(file.url, archive, on_bytes=on_bytes, on_wait=on_wait)
            content = content_of(archive, file.layout, file.name, file.bytes)
            _check(content, file, archive)
            _lay(content, target)
            found.laid.append(path)
    return found


def _archive_name(file: RecipeFile) -> str:
    """The last part of an address, with a mark of all of it: many files are called train.tsv."""
    mark = hashlib.sha256(file.url.encode("utf-8")).hexdigest()[:8]
    return f"{mark}-{file.url.rsplit('/', 1)[-1]}"


def _check(content: bytes, file: RecipeFile, place: Path) -> None:
    if len(content) == file.bytes and hashlib.sha256(content).hexdigest() == file.sha256:
        return
    raise InputError(
        f"{place}: not the file that recipes name {file.path}: its content has {len(content):,} "
        f"bytes and another sha256 than the {file.bytes:,} bytes expected; remove it and try again"
    )


def _unpacked(path: Path, most_bytes: int) -> bytes:
    """The content of a file that lies in the data folder, a byte more than it may have at most."""
    try:
        with (lzma.open if path.suffix == ".xz" else open)(path, "rb") as file:
            content: bytes = file.read(most_bytes + 1)
            return content
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _lay(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_file(target, lzma.compress(content) if target.suffix == ".xz" else content)
