"""Each command in a process of its own: nothing new in the home, no socket opened."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from terminal import TEXTRNN
from textrnn.offline import local_ray

SETTINGS = ("ORT_", "RAY_", "HF_", "MPL", "KERAS_HOME", "XDG_", "TEXTRNN_", "HOME")
REVIEWS = "text,label\n" + "".join(
    f"a dull film of part {n},negative\na lovely song in {n} keys,positive\n" for n in range(12)
)


def leaks(call: list[str], folder: Path) -> list[str]:
    """What a process left in an empty home, and the sockets that it opened."""
    home = folder / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    watched = ["strace", "-f", "-e", "trace=network", "-o", str(folder / "calls")]
    subprocess.run(
        [*(watched if shutil.which("strace") else []), *call],
        cwd=folder,
        env={**kept, "HOME": str(home)},
        capture_output=True,
        check=True,
        input=b"",
    )
    calls = (folder / "calls").read_text("utf-8") if (folder / "calls").exists() else ""
    loopback = r'"(::1|::|::ffff:127\.0\.0\.1|127\.0\.0\.1|0\.0\.0\.0)"'
    if "ray" in call:
        addresses = re.findall(r"(?:connect|sendto)\(.*(inet_\w+\(.*?\))", calls)
        sockets = [address for address in addresses if not re.search(loopback, address)]
    else:
        sockets = re.findall(r"socket\(AF_INET.*", calls)
    return [*(str(path) for path in home.rglob("*")), *sockets]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "texts.txt").write_text("a dull film\nAnna met Otto in Oslo.\n", "utf-8")
    (tmp_path / "reviews.csv").write_text(REVIEWS, "utf-8")
    (tmp_path / "vectors.txt").write_text("the 1 2 3\nof 4 5 6\nfilm 1 0 1\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "call",
    [
        "classify texts.txt",
        "tag texts.txt",
        "generate --seed night --length 5",
        "explain texts.txt",
        "models verify ner-en",
        "corpora check reviews.csv",
        "corpora stats reviews.csv --plot plot.png",
        "embeddings train texts.txt --min-frequency 1 --units 4 --output v.npz",
        "embeddings plot vectors.txt the of film --output v.png",
        "embeddings neighbors vectors.txt the",
    ],
)
def test_a_command_leaves_nothing_and_asks_nobody(call: str, folder: Path) -> None:
    assert leaks([*TEXTRNN, *call.split()], folder) == []


@pytest.mark.train
@pytest.mark.parametrize(
    "call",
    [
        "train classifier --train reviews.csv --out model --epochs 1 --units 4",
        "evaluate sentiment-en reviews.csv --report scores",
        "tag texts.txt --output-folder answers --engine ray",
    ],
)
def test_so_do_those_that_load_much(call: str, folder: Path) -> None:
    assert leaks([*TEXTRNN, *call.split()], folder) == []


def test_so_does_the_library(folder: Path) -> None:
    code = "import textrnn; textrnn.load('sentiment-en').classify(['good'])"
    assert leaks([sys.executable, "-c", code], folder) == []


def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import os, textrnn; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"0\n"
    monkeypatch.setenv("http_proxy", "mine")
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    with local_ray():
        assert os.environ["http_proxy"] != "mine"
    assert os.environ["http_proxy"] == "mine"
    assert "RAY_AUTH_TOKEN" not in os.environ
