"""Whatever is in a file, reading it ends, with its content or with an error that is ours."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from damage import accidents, damage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import CSV, READERS, error_of

from textrnn import corpora
from textrnn.bundle.bundle import Bundle
from textrnn.errors import BundleError, ModelNotFoundError

pytestmark = pytest.mark.train

# The folder of one test is written over and over.
fuzzed = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

Accidents = list[tuple[str, int, int, bytes]]


@pytest.mark.parametrize("name", READERS)
@fuzzed
@given(happened=accidents)
def test_a_damaged_file_is_read_or_refused(name: str, happened: Accidents, tmp_path: Path) -> None:
    file, valid, read = READERS[name]
    path = tmp_path / file
    path.write_bytes(damage(valid, happened))
    error = error_of(lambda: read(path))
    assert error is None or file in str(error)


@pytest.mark.parametrize(("suffix", "pack"), [
    (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)
])  # fmt: skip
@fuzzed
@given(happened=accidents)
def test_a_damaged_packed_file_is_read_or_refused(
    suffix: str, pack: Callable[[bytes], bytes], happened: Accidents, tmp_path: Path
) -> None:
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(damage(pack(CSV), happened))
    error = error_of(lambda: list(corpora.read_labelled(path)))
    assert error is None or path.name in str(error)


def zipped(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return content.getvalue()


@fuzzed
@given(happened=accidents)
def test_a_damaged_zipped_bundle_is_whole_or_refused(
    happened: Accidents, tiny_bundle: Path, tmp_path: Path
) -> None:
    """Either every file is as it was written, or the bundle is refused."""
    path = tmp_path / "tiny.zip"
    path.write_bytes(damage(zipped(tiny_bundle), happened))
    try:
        bundle = Bundle.open(path)
        found = {name: bundle.read(name) for name in bundle.manifest.files}
    except (BundleError, ModelNotFoundError):  # the latter where it is no zip any more
        return
    assert found == {name: (tiny_bundle / name).read_bytes() for name in found}


@fuzzed
@given(data=st.data(), happened=accidents)
def test_a_damaged_file_of_a_bundle_is_refused(
    data: st.DataObject, happened: Accidents, tiny_bundle: Path, tmp_path: Path
) -> None:
    whole = Bundle.open(tiny_bundle).manifest
    name = data.draw(st.sampled_from(["bundle.json", *whole.files]))
    for file in tiny_bundle.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / name).write_bytes(damage((tiny_bundle / name).read_bytes(), happened))
    try:
        bundle = Bundle.open(tmp_path)
        found = {name: bundle.read(name) for name in bundle.manifest.files}
    except BundleError:
        return
    assert found == {name: (tiny_bundle / name).read_bytes() for name in found}
    assert bundle.manifest == whole
