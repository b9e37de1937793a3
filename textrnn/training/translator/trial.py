"""What graphs make of texts, before they are a bundle that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textrnn.bundle.bundle import write_bundle
from textrnn.bundle.manifest import Manifest
from textrnn.corpora.files.writing import open_scratch
from textrnn.heads.translator.translator import Translator


def try_translator(
    folder: Path,
    manifest: Manifest,
    files: Mapping[str, bytes],
    texts: Sequence[str],
    **options: Any,
) -> list[str]:
    """The translations of some texts.

    Args:
        folder: written beside, for as long as it takes.
        manifest: of a translator.
        files: what serves: graphs and tokenizers.
        texts: the texts.
        **options: of :meth:`textrnn.heads.translator.translator.Translator.answer`.
    """
    with open_scratch(folder) as scratch:
        write_bundle(scratch / "sample", manifest, files)
        with Translator.load(scratch / "sample") as translator:
            return [found.text for found in translator.translate(texts, **options)]
