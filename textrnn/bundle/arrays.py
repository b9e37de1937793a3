"""Arrays that a bundle's ``.npz`` files hold."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from textrnn.bundle.files import check_members
from textrnn.errors import BundleError

_HEADER_BYTES = 10_000  # as NumPy itself has it
_MOST = 1e9  # of a weight; float32 holds sums of products of such
_KINDS = "biufU"  # of what textrnn writes: numbers and, as names, strings
# Where the shape is not known before, what is packed may unpack to so much: zeros pack well.
_UNPACKED_TIMES, _UNPACKED_MORE = 50, 4 << 20

Shape = Sequence[int | None]


class Arrays(Mapping[str, NDArray[Any]]):
    """The arrays of an ``.npz`` file, whose shapes are known before they are unpacked."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._shapes: dict[str, tuple[tuple[int, ...], np.dtype[Any]]] = {}
        check_members(archive, name)
        for info in archive.infolist():
            self._shapes[info.filename.removesuffix(".npy")] = self._header(info)

    def __getitem__(self, key: str) -> NDArray[Any]:
        shape, dtype = self._shapes[key]
        info = self._archive.getinfo(f"{key}.npy")
        bytes_ = math.prod(shape) * dtype.itemsize
        if bytes_ > _UNPACKED_TIMES * info.compress_size + _UNPACKED_MORE:
            raise BundleError(
                f"{self._name}: {key!r} has {info.compress_size:,} bytes and would unpack to "
                f"{bytes_:,}"
            )
        with self._archive.open(info) as file:
            return npy.read_array(file, allow_pickle=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)

    def __contains__(self, key: object) -> bool:
        return key in self._shapes

    def take(self, key: str, shape: Shape, kinds: str) -> NDArray[Any]:
        """An array of a shape and kind.

        Args:
            key: its name.
            shape: what it must have; None for any length.
            kinds: the kinds of numbers it may hold, as NumPy calls them: ``f`` for floats.

        Raises:
            BundleError: it is missing, of another shape or kind, or holds what no weight is.
        """
        if key not in self._shapes:
            raise BundleError(f"{self._name} lacks {key!r}")
        found, dtype = self._shapes[key]
        fits = len(found) == len(shape) and all(
            want is None or have == want for have, want in zip(found, shape, strict=True)
        )
        if not fits or dtype.kind not in kinds:
            wanted = " x ".join("any" if size is None else f"{size:,}" for size in shape)
            have = " x ".join(f"{size:,}" for size in found)
            raise BundleError(
                f"{self._name}: {key!r} is {have or 'one'} of {dtype}; the manifest's network "
                f"asks for {wanted or 'one'}"
            )
        array = self[key]
        if dtype.kind == "f" and not float(np.abs(array).max(initial=0.0)) <= _MOST:  # nor NaN
            raise BundleError(
                f"{self._name}: {key!r} holds numbers that are not finite, or very large"
            )
        return array

    def number(self, key: str, *, least: int = 0, most: int) -> int:
        """A whole number.

        Raises:
            BundleError: it is missing, none, or out of range.
        """
        value = int(self.take(key, (), "iu"))
        if not least <= value <= most:
            raise BundleError(f"{self._name}: {key!r} is {value}; from {least} to {most:,} fit")
        return value

    def _header(self, info: zipfile.ZipInfo) -> tuple[tuple[int, ...], np.dtype[Any]]:
        """Shape and type of a member, and that it has just the bytes for them."""
        with self._archive.open(info) as file:
            version = npy.read_magic(file)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
            if version not in read:
                raise BundleError(f"{self._name} is damaged: {info.filename} is no array")
            shape, _, dtype = read[version](file, max_header_size=_HEADER_BYTES)
            expected = file.tell() + math.prod(shape) * dtype.itemsize
        if dtype.kind not in _KINDS or info.file_size != expected or min(shape, default=0) < 0:
            raise BundleError(f"{self._name} is damaged: {info.filename} is not as its head says")
        return tuple(shape), dtype


def check_hashes(hashes: NDArray[np.uint32], name: str) -> None:
    """See that hashes can be searched.

    Raises:
        BundleError: they are not in order.
    """
    if not (hashes[1:] > hashes[:-1]).all():
        raise BundleError(f"{name} is damaged: its hashes are not in order")


@contextmanager
def open_arrays(content: bytes, name: str) -> Iterator[Arrays]:
    """The arrays of an ``.npz`` file, while they are read.

    Args:
        content: the file's.
        name: the file's, for the message.

    Raises:
        BundleError: it is damaged, or what is made of it in the block cannot be made.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield Arrays(archive, name)
    except BundleError:
        raise
    except Exception as error:  # what damage does to NumPy's reader has no common class
        raise BundleError(f"{name} is damaged: {error}") from error
