"""The cores that a process may use: its CPU set, and what its control groups grant."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from textrnn.runtime.cores import available_cores, chosen_threads

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


@pytest.mark.parametrize(
    ("own", "above", "expected"),
    [
        ("max 100000", "max 100000", CORES),
        ("50000 100000", "max 100000", 1),
        ("max 100000", "100000 100000", 1),
        ("150000 100000", "max 100000", min(2, CORES)),
        ("6400000 100000", "max 100000", CORES),  # more than there are
        ("nonsense", "100000 0", CORES),
    ],
)
def test_version_2(tmp_path: Path, own: str, above: str, expected: int) -> None:
    write(tmp_path / "membership", "0::/a.slice/b.scope\n")
    write(tmp_path / "groups" / "a.slice" / "b.scope" / "cpu.max", own)
    write(tmp_path / "groups" / "a.slice" / "cpu.max", above)
    found = available_cores(cgroups=tmp_path / "groups", membership=tmp_path / "membership")
    assert found == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", CORES), ("100000", 1)])
def test_version_1(tmp_path: Path, quota: str, expected: int) -> None:
    write(tmp_path / "membership", "5:memory:/x\n4:cpu,cpuacct:/docker/123\n")
    # A container sees its own group at the root of what is mounted.
    write(tmp_path / "groups" / "cpu" / "cpu.cfs_quota_us", quota)
    write(tmp_path / "groups" / "cpu" / "cpu.cfs_period_us", "100000")
    found = available_cores(cgroups=tmp_path / "groups", membership=tmp_path / "membership")
    assert found == expected


def test_without_control_groups(tmp_path: Path) -> None:
    assert available_cores(cgroups=tmp_path, membership=tmp_path / "absent") == CORES
    assert 1 <= available_cores() <= CORES


def test_no_more_threads_are_begun_than_help() -> None:
    most = max(64, available_cores())
    assert [chosen_threads(n) for n in (1, 7, 10**6, 10**30)] == [1, 7, most, most]
