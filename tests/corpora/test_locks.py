"""A lock is one holder's, and leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from textrnn.corpora.files.locks import hold_lock


def test_a_lock_has_one_holder_and_goes_with_it(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    with hold_lock(lock):
        for _ in range(2):  # who was refused takes nothing away
            with pytest.raises(BlockingIOError), hold_lock(lock):
                pass
        assert lock.exists()
    assert os.listdir(tmp_path) == []
    with pytest.raises(KeyError), hold_lock(lock):
        raise KeyError
    assert os.listdir(tmp_path) == []


def test_a_lock_is_no_link(tmp_path: Path) -> None:
    (tmp_path / ".lock").symlink_to("elsewhere")
    with pytest.raises(OSError, match="symbolic link"), hold_lock(tmp_path / ".lock"):
        pass
    assert os.listdir(tmp_path) == [".lock"]


def test_a_lock_waits_for_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".lock")
    with hold_lock(tmp_path / ".lock"):
        pass
