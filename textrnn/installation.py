"""Where this textrnn was installed from, and what adds an optional part to it.

``pip install 'textrnn[train]'`` works for what an index has. What was installed from a checkout or
a wheel is named by its path, which pip wrote beside the package (PEP 610).
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

_NAME = "textrnn"


def command_for(extra: str) -> str:
    """The command that installs what an extra brings, for the Python that runs."""
    return f"{_pip()} install {_wanted(extra)}"


def _pip() -> str:
    """``pip`` where that is the pip of this Python, or else how it is called."""
    found = shutil.which("pip")
    if found and os.path.dirname(found) == os.path.dirname(sys.executable):
        return "pip"
    return f"{shlex.quote(sys.executable)} -m pip"


def _wanted(extra: str) -> str:
    """What pip is asked for: the same textrnn with the extra, or the packages it stands for."""
    try:
        installed = metadata.distribution(_NAME)
    except metadata.PackageNotFoundError:  # a copy that no installer knows of
        return f"'{_NAME}[{extra}]'"
    origin = installed.read_text("direct_url.json")
    if origin is None:
        return f"'{_NAME}[{extra}]'"
    told = json.loads(origin)
    url = urlsplit(told.get("url", ""))
    path = url2pathname(url.path)
    if url.scheme != "file" or not Path(path).exists():
        return " ".join(f"'{name}'" for name in _packages(installed.requires or (), extra))
    flag = "-e " if told.get("dir_info", {}).get("editable") else ""
    return flag + shlex.quote(f"{path}[{extra}]")


def _packages(requirements: Iterable[str], extra: str) -> list[str]:
    """The requirements of an extra, with what else their markers say."""
    found = []
    for requirement in requirements:
        name, _, marker = requirement.partition(";")
        conditions = [part.strip() for part in marker.split(" and ")]
        own = [part for part in conditions if part.replace("'", '"') == f'extra == "{extra}"']
        if own:
            rest = " and ".join(part for part in conditions if part not in own)
            found.append("; ".join(filter(None, (name.strip(), rest))))
    return found
