"""What all heads have in common: each is made of a bundle of its own task."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TypeVar

from textrnn.bundle import Bundle
from textrnn.errors import BundleError

H = TypeVar("H", bound="Head")


class Head:
    """A model, loaded and ready to use.

    Args:
        bundle: the model.
        threads: threads for the network; by default as many as this process has cores.

    Attributes:
        task: what such a head does, as manifests call it.
        bundle: the model.

    Raises:
        BundleError: the bundle is one of another task.
    """

    task: ClassVar[str]

    def __init__(self, bundle: Bundle, *, threads: int | None = None) -> None:
        if bundle.manifest.task != self.task:
            raise BundleError(f"{bundle.path}: a {bundle.manifest.task}, not a {self.task}")
        self.bundle = bundle

    @classmethod
    def load(cls: type[H], path: str | Path, *, threads: int | None = None) -> H:
        """Load a model from a bundle's folder or zip.

        Raises:
            ModelNotFoundError: there is no bundle at that path.
            BundleError: it is damaged, or a model of another task.
        """
        return cls(Bundle.open(path), threads=threads)
