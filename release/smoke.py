"""Ask an installed textrnn for all that needs no extra: each model, and the command.

It is run in an empty folder by the Python that textrnn is installed in: ``python -I smoke.py``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import textrnn
from textrnn.catalog import shipped_models

COMMAND = shutil.which("textrnn", path=Path(sys.executable).parent) or "textrnn"
TEXTS = {
    "sentiment-en": ("A joy from start to finish.", "label", "positive"),
    "sentiment-zh": ("房间很脏，不推荐。", "label", "negative"),
    "ner-en": ("Ada Lovelace was born in London.", "entities", "Ada Lovelace"),
    "ner-zh": ("李娜昨天到了北京。", "entities", "李娜"),
    "classical-zh": ("学而时习之，不亦说乎？", "text", "学"),
    "en-zh": ("It will rain tomorrow.", "text", "雨"),
    "zh-en": ("明天会下雨。", "text", "rain"),
    "poetry-zh": ("床前明月光", "text", "床前明月光"),
    "prose-en": ("It was", "text", "It was"),
}


def main() -> None:
    """Raise, or say in a line what was tried."""
    from_here = Path(textrnn.__file__).parent.parent
    assert from_here.name == "site-packages", f"textrnn is imported from {from_here}"
    told = metadata.distribution("textrnn")
    assert told.version == textrnn.__version__
    shipped = {Path(file).name for file in told.files or () if ".dist-info" in str(file)}
    assert {"LICENSE", "NOTICE"} <= shipped, shipped

    for name, (text, key, wanted) in TEXTS.items():
        (answer,) = textrnn.load(name).answer([text])
        assert wanted in str(answer.as_dict()[key]), (name, answer)
    left = set(shipped_models()) - TEXTS.keys()
    assert left == {"town-load"}, f"models that are not tried: {left}"

    hours = Path(textrnn.__file__).parent / "serving" / "page" / "samples" / "town.csv"
    assert len(_run("forecast", "town-load", str(hours), "--horizon", "3").splitlines()) == 4
    assert _run("classify", "--text", "A joy.").startswith("positive\t")
    assert textrnn.__version__ in _run("--version")
    assert "glove-en" in _run("embeddings", "list")
    refused = subprocess.run([COMMAND, "serve"], capture_output=True, text=True, check=False)
    assert ".whl[serve]'" in refused.stderr, refused.stderr
    print(f"all {len(shipped_models())} models answer under Python {sys.version.split()[0]}")


def _run(*call: str) -> str:
    """What the command prints."""
    done = subprocess.run([COMMAND, *call], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (call, done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
