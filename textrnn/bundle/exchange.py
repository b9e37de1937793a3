"""Bundles as one file, to hand on, and back in a folder: byte for byte as they were made."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from textrnn.bundle.bundle import Bundle, check_target
from textrnn.corpora.files.writing import open_binary_output, open_folder_output

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of a zip's time: the same model gives the same file
_MOST_TIMES = 50  # what packs better is stored as it is, or it would be refused as a bomb


def pack_bundle(bundle: Bundle, file: Path) -> None:
    """Write a zip with all files of a bundle, each checked; whole or not at all.

    Args:
        bundle: the model.
        file: the zip to be; one that is there already is replaced.

    Raises:
        BundleError: a file is missing or damaged.
        InputError: the zip cannot be written there.
    """
    with open_binary_output(file) as out, zipfile.ZipFile(out, "w") as archive:
        for name, content in bundle.contents():
            packs_well = len(zlib.compress(content, 1)) * _MOST_TIMES < len(content)
            method = zipfile.ZIP_STORED if packs_well else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _BEGINNING), content, method)


def copy_bundle(bundle: Bundle, folder: Path) -> None:
    """Write a folder with all files of a bundle, each checked, and none else; whole or not at all.

    Args:
        bundle: the model.
        folder: the folder to be; a model that is there already is replaced.

    Raises:
        BundleError: a file is missing or damaged.
        ConfigurationError: something that is no model is there.
        InputError: it cannot be written there.
    """
    check_target(folder)
    with open_folder_output(folder) as partial:
        for name, content in bundle.contents():
            (partial / name).write_bytes(content)
