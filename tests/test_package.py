"""What is handed on: the wheel has all that serves and its terms, the source distribution the rest.

`make package` builds both as others do, and tries the wheel on each Python.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = {"build", "dist", "runs", ".git", ".venv", ".types"}
NOTICE = (ROOT / "NOTICE").read_text("utf-8")
TERMS = dict(re.findall(r"^  (\S+) +([^:,]+)[:,]", NOTICE, re.MULTILINE))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository by links, so that nothing is written into it, with a wheel built from it."""
    tree = tmp_path_factory.mktemp("tree")
    for path in ROOT.iterdir():
        if path.name not in LEFT_OUT and not path.name.endswith(".egg-info"):
            (tree / path.name).symlink_to(path)
    call = [sys.executable, "setup.py", "-q", "bdist_wheel", "--compression", "stored"]
    subprocess.run(call, cwd=tree, check=True, capture_output=True)
    return tree


@pytest.fixture(scope="module")
def wheel(tree: Path) -> zipfile.ZipFile:
    (path,) = (tree / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return BytesParser().parsebytes(wheel.read(name))


def test_the_wheel_has_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
    inside = (name for room in ("corpora", "embeddings", "cli") for name in files(room))
    assert found == {*files("textrnn"), *(f"textrnn/{name}" for name in inside)}


def files(folder: str) -> list[str]:
    """The files of a folder that git would keep."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]


def test_it_says_on_which_terms_it_is(wheel: zipfile.ZipFile) -> None:
    told = metadata(wheel)
    assert told["License-Expression"].startswith("Apache-2.0 AND ")
    assert "LicenseRef-research-only" in told["License-Expression"]
    held = {Path(name).name for name in wheel.namelist() if "/licenses/" in name}
    assert held == {"LICENSE", "NOTICE"} == set(told.get_all("License-File") or ())


def test_its_page_on_an_index_links_to_nothing_that_is_not_there(wheel: zipfile.ZipFile) -> None:
    page = metadata(wheel).get_payload()
    assert isinstance(page, str)
    assert page.startswith("# textrnn\n")
    assert [link for link in re.findall(r"\]\(([^)]*)\)", page) if "://" not in link] == []


def test_the_source_distribution_is_the_repository(tree: Path) -> None:
    listed = set((tree / "textrnn.egg-info" / "SOURCES.txt").read_text("utf-8").splitlines())
    kept = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    wanted = {name for name in kept if name and (ROOT / name).exists()}
    wanted = wanted or {"tests/test_package.py", "docs/files.md", "recipes/ner-en.toml"}
    assert wanted - listed == set()


def test_the_notice_names_every_model_and_vectors_with_their_terms() -> None:
    for path in (ROOT / "textrnn" / "models").glob("*/bundle.json"):
        licence = json.loads(path.read_text("utf-8"))["licence"]
        wanted = "for research" if licence.startswith("research") else licence
        assert TERMS.get(path.parent.name) == wanted
    for path in (ROOT / "embeddings" / "shipped").glob("*.md"):
        assert f"| licence | {TERMS.get(path.stem)} |" in path.read_text("utf-8")


def test_the_notice_names_what_others_made() -> None:
    for name in ("variants.json", "traditional.json", "rhymes.json"):
        assert name in NOTICE
        assert list((ROOT / "textrnn").rglob(name)), name
