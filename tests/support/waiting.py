"""Waiting until something is so: no test depends on how fast a machine is."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

LONGEST_S = 600  # until a test that waits for ever is ended


def wait_for(is_so: Callable[[], object], *, by: subprocess.Popen[Any] | None = None) -> None:
    """Wait until something is so, which another thread or process makes so.

    Args:
        is_so: whether it is.
        by: the process that makes it so, and would do so no more once it has ended.
    """
    deadline = time.monotonic() + LONGEST_S
    while not is_so():
        assert time.monotonic() < deadline
        assert by is None or by.poll() is None or is_so()
        time.sleep(0.01)
