"""What a training learns from, known again by its digests: a run that goes on has the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from textrnn.errors import ConfigurationError
from textrnn.training.loop.run_folder import RunFolder

_FILE = "read.json"


class DataDigests:
    """The sha256 of each kind of what a run learns from.

    Args:
        folder: the run's, which keeps them.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._digests: dict[str, str] = {}

    def require_same(self, **read: Iterable[Any]) -> None:
        """See that a run that goes on learns from what the stopped one did, before anything else
        follows from it.

        Args:
            read: each kind of what is learned from, as ``training_texts``; the same is shown the
                same by ``repr``, wherever it lies.

        Raises:
            ConfigurationError: one of them is other than it was.
        """
        for name, parts in read.items():
            digest = hashlib.sha256()
            for part in parts:
                digest.update(f"{part!r}\n".encode("utf-8", "surrogatepass"))
            self._digests[name] = digest.hexdigest()
        kept = json.loads(self._folder.read(_FILE) or b"{}")
        others = [name for name in kept if self._digests.get(name) != kept[name]]
        if others:
            raise ConfigurationError(
                f"{self._folder.checkpoint}: the {others[0].replace('_', ' ')} are not those of "
                "the stopped training; resume with the same ones, or begin anew (force=True)"
            )

    def keep(self) -> None:
        """Write them into the run's folder, for a run that goes on."""
        self._folder.write(_FILE, json.dumps(self._digests).encode("ascii"))
