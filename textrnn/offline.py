"""Nothing leaves this machine, and nothing is left in the user's home, by packages that we load.

Each room may import this module. ``import textrnn`` calls :func:`stay_offline`, before any of them
can be loaded; what the user has set on purpose stays as it is set. Processes begun from this one,
such as Ray's workers, inherit the settings.
"""

from __future__ import annotations

# Imported with textrnn itself: what only some of its functions need is imported there.
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SETTINGS = {
    # ONNX Runtime would keep an id in ~/.cache and ask for the address of a telemetry host; its
    # function disable_telemetry_events() comes too late to prevent either.
    "ORT_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
_FOLDERS = {"keras": "KERAS_HOME", "matplotlib": "MPLCONFIGDIR"}  # for settings and caches
_NOWHERE = "http://127.0.0.1:9"  # the port "discard", where nobody listens


def stay_offline() -> None:
    """Tell packages that report on their use not to."""
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)


def prepare_import(package: str) -> None:
    """Call before a package is imported that would write to the user's home or open a socket.

    Args:
        package: ``keras``, ``matplotlib`` or ``gensim``.
    """
    if package in sys.modules:
        return
    if package in ("keras", "matplotlib"):
        _keep_out_of_home("matplotlib")  # which Keras imports, too
    if package == "keras":
        _keep_out_of_home("keras")
    if package in ("keras", "gensim"):
        _import_urllib3()


class _Prepares:
    """Finds nothing, but prepares for a package when that is looked for."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Prepare, once, where the package is imported."""
        if name == self.package and self in sys.meta_path:
            sys.meta_path.remove(self)
            prepare_import(name)


def prepare_later(package: str) -> None:
    """:func:`prepare_import`, but only when the package is imported, whoever does so."""
    if package not in sys.modules:
        sys.meta_path.insert(0, _Prepares(package))


@contextmanager
def local_ray() -> Iterator[None]:
    """Settings under which Ray's processes stay on this machine's loopback and out of the home.

    Without them Ray looks for the machine's address in its network, asks the addresses at which
    clouds tell about machines which one this is, and writes a secret to ~/.ray.
    """
    import secrets

    settings = {
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_AUTH_TOKEN": secrets.token_hex(16),
        "http_proxy": _NOWHERE,
        "no_proxy": "127.0.0.1,localhost,::1",
    }
    earlier = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in earlier.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _keep_out_of_home(package: str) -> None:
    """Have a package write to a folder that goes with this process, unless the user has one."""
    variable = _FOLDERS[package]
    if package in sys.modules or os.environ.get(variable) or _has_folders(package):
        return
    import atexit
    import shutil
    import tempfile

    folder, owner = tempfile.mkdtemp(prefix=f"textrnn-{package}-"), os.getpid()
    os.environ[variable] = folder

    def remove() -> None:
        if os.getpid() == owner:  # and not in a fork
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


def _has_folders(package: str) -> bool:
    """Whether the package has been here before, so that nothing new comes into the home."""
    home = Path(os.path.expanduser("~"))
    if package == "keras":
        return (home / ".keras" / "keras.json").is_file()
    bases = (os.environ.get("XDG_CONFIG_HOME") or home / ".config",
             os.environ.get("XDG_CACHE_HOME") or home / ".cache")  # fmt: skip
    return all((Path(base) / package).is_dir() for base in bases)


def _import_urllib3() -> None:
    """Import urllib3, if it is there, without the socket by which it tries out IPv6."""
    import socket

    known = socket.has_ipv6
    socket.has_ipv6 = False
    try:
        with suppress(ImportError):
            from urllib3.util import connection

            connection.HAS_IPV6 = known
    finally:
        socket.has_ipv6 = known
