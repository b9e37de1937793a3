"""The folders where models of one's own lie, and what is found there. Nothing is made by looking.

A model goes by the name of its folder or, where no folder is called so, by the one on its card.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from textrnn.bundle.bundle import Bundle
from textrnn.bundle.manifest import MANIFEST
from textrnn.configuration import require
from textrnn.errors import BundleError, ConfigurationError, ModelNotFoundError

VARIABLE = "TEXTRNN_MODELS"
_LONGEST_NAME = 100


def user_folder() -> Path:
    """The folder of a user's models, which need not be there: ``TEXTRNN_MODELS``, or
    ``textrnn/models`` where the system has data of users.
    """
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or home / ".local" / "share"
    return Path(base) / "textrnn" / "models"


def model_folders() -> list[Path]:
    """Where models are looked for, in this order: the current folder, its ``models``, the user's
    folder.
    """
    return [Path(), Path("models"), user_folder()]


def is_name(text: str) -> bool:
    """Whether a text can be the name of a model's folder, and is no path that leads elsewhere.

    Example:
        >>> is_name("tickets"), is_name("models/tickets"), is_name("..")
        (True, False, False)
    """
    is_plain = text.isprintable() and text == text.strip() and not text.startswith(".")
    return 0 < len(text) <= _LONGEST_NAME and is_plain and not set(text) & set("/\\:")


def require_name(name: str) -> None:
    """See that a model may be called so.

    Raises:
        ConfigurationError: it may not.
    """
    require(
        is_name(name),
        f"{name!r:.120} cannot be a model's name, which has no /, \\ or :, no point at its "
        f"beginning, and at most {_LONGEST_NAME} characters; give another (name=…)",
    )


def bundles_in(
    folder: Path, *, on_damage: Callable[[BundleError], None] = lambda error: None
) -> Iterator[Bundle]:
    """The models that lie in a folder, by their folders' names.

    Args:
        folder: it need not be there.
        on_damage: told of those whose manifest cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:  # there is none, or it is closed to us
        return
    for place in filter(_is_model, (folder / name for name in names)):
        try:
            yield Bundle.open(place)
        except BundleError as error:
            on_damage(error)
        except ModelNotFoundError:  # it has gone meanwhile
            continue


def find_bundle(name: str) -> Path | None:
    """Where the model of a name lies, in the first of the folders that has one.

    Raises:
        ConfigurationError: several in one folder have that name on their cards.
    """
    if not is_name(name):
        return None
    for folder in model_folders():
        if _is_model(folder / name):
            return folder / name
        named = [bundle.path for bundle in bundles_in(folder) if bundle.name == name]
        if len(named) > 1:
            raise ConfigurationError(
                f"several models are called {name!r:.80}: {', '.join(map(str, named))}; name one "
                "by its path"
            )
        if named:
            return named[0]
    return None


def _is_model(place: Path) -> bool:
    try:
        return (place / MANIFEST).is_file()
    except (OSError, ValueError):  # a name that no folder can have, a closed folder
        return False
