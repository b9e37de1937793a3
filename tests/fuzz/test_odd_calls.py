"""Commands called with options drawn at random: an answer or one line of error, and old output
stays whole after an error.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textrnn.cli.main import cli
from textrnn.cli.parts.errors import report_errors

pytestmark = pytest.mark.train

WORDS = [
    "",
    "0",
    "1",
    "-1",
    "2",
    "0.5",
    "nan",
    "1e999",
    "x",
    "en",
    "LOC",
    "床",
    "a b",
    "\udcff",
    "-",
    "100000",
    "9" * 30,
    "\x1b[2J",
    "[/b]",
    "/dev/null",
    "base64",
    "rot13",
    "punycode",
    "undefined",
    "utf-16",
]
# Numbers of what is really made or read; a large one is obeyed, however long it takes.
_COUNTS = {"--num", "--length", "--min-length", "--beam", "--samples", "--units",
           "--epochs", "--window", "--readings", "--top-k"}  # fmt: skip
FILES = {
    "texts.txt": b"a dull film\nAnna met Otto in Oslo.\n",
    "empty.txt": b"",
    "blank.txt": b"\n \n",
    "bytes.txt": b"fine\n\xff\xfe\n",
    "long.txt": b"lovely " * 3000,
    "rows.csv": b"text,label\na dull film,negative\na lovely song,positive\n",
    "rows.jsonl": b'{"text": "a dull film", "label": "negative"}\n',
    "records.json": b'[{"text": "a dull film", "id": 1}, {"text": null}, {"body": "x"}]',
    "rows.tsv": b'sentence\tid\n"a dull\nfilm"\t1\nfine\n',
    "wide.csv": "\ufefftext;id\n=1;2\n".encode("utf-16-le"),
    "names.conll": b"Anna B-PER\nleft O\n\n",
    "vectors.txt": b"the 1 2 3\nof 4 5 6\nfilm 1 0 1\n",
    "pack.gz": b"\x1f\x8b\x08 and no more",
    "rows.json": b'[{"text": "a dull film", "label": "negative"}, 3, null]',
    "deep.json": b"[" * 3000,
    "store.npz": b"PK\x03\x04 and no more",
    "rows.parquet": b"PAR1 and no more PAR1",
    "semicolons.csv": b'sep=;\ntext;label\n"a; dull\nfilm";negative\n',
    "odd.txt": "\x1b[2J[/b] \u202e\ufffd 👍👍 龘 \x00".encode(),
}
# Commands that go to the network, wait for a person, or train a network if all goes well.
LEFT_OUT = {"download", "train", "cross-validate", "tune"}


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if name in LEFT_OUT:
            continue
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


def find(path: tuple[str, ...]) -> click.Command:
    command: click.Command | None = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    return command


@st.composite
def arguments(draw: st.DrawFn, command: click.Command, models: list[str]) -> list[str]:
    """Some of the command's options, with values that may or may not suit them."""
    files = [*FILES, "missing.txt", "folder", "-"]
    found: list[str] = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            most = 2 if parameter.nargs == -1 else parameter.nargs
            least = 1 if parameter.required and draw(st.integers(0, 9)) else 0
            values = st.sampled_from([*files, *files, *models, *WORDS])
            found += draw(st.lists(values, min_size=least * most, max_size=most))
            continue
        assert isinstance(parameter, click.Option)
        name = parameter.opts[-1]
        if name in ("--help", "--interactive", "--engine") or draw(st.integers(0, 3)):
            continue
        found.append(name)
        if parameter.is_flag:
            continue
        if isinstance(parameter.type, click.Choice):
            known = [str(choice) for choice in parameter.type.choices]
            found.append(draw(st.sampled_from([*known, *known, "bogus"])))
        elif name in ("--model", "--models"):
            found.append(draw(st.sampled_from([*models, *models, "folder", "x"])))
        elif name in ("--output", "--output-folder"):
            found.append(draw(st.sampled_from(["old.txt", "new.html", "folder", "no/new", ""])))
        else:
            words = [word for word in WORDS if not word.isdigit() or int(word) < 10]
            found.append(draw(st.sampled_from([*(words if name in _COUNTS else WORDS), *files])))
    return found


@pytest.fixture(scope="module")
def port_in_use() -> Iterator[str]:
    with socket.create_server(("", 0)) as listening:
        yield str(listening.getsockname()[1])


def run(call: list[str]) -> tuple[int, str]:
    """The exit code and what was said on standard error; standard input has two lines."""
    kept = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(b"a dull film\nAnna left.\n"), "utf-8")
    sys.stdout = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    sys.stderr = err = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    try:
        code = report_errors(lambda: cli(call, standalone_mode=False, prog_name="textrnn"))
        err.seek(0)
        return code, err.read()
    finally:
        sys.stdin, sys.stdout, sys.stderr = kept


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def fill(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    os.chdir(folder)
    (folder / "folder").mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    (folder / "old.txt").write_bytes(b"old")


@pytest.mark.parametrize("path", list(commands(cli)), ids=" ".join)
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_call_is_answered_or_refused(
    path: tuple[str, ...],
    data: st.DataObject,
    here: Path,
    tiny_bundle: Path,
    tiny_tagger: Path,
    tiny_generator: Path,
    port_in_use: str,
) -> None:
    models = [str(model) for model in (tiny_bundle, tiny_tagger, tiny_generator)]
    call = [*path, *data.draw(arguments(find(path), models))]
    if path == ("serve",):  # or it would serve for ever
        call += ["--port", port_in_use]
    if path in [("lab", "gradients"), ("lab", "memory")]:  # or it would train for a minute
        call += ["--steps", "2"]
    answer_or_refuse(path, call, here)


def answer_or_refuse(path: tuple[str, ...], call: list[str], here: Path) -> None:
    """Run a call in a folder filled anew, and see how it ends."""
    fill(here)
    code, said = run(call)
    assert "Traceback" not in said
    assert code in (0, 1, 2)
    if code:
        # These two end with 1, and with no error, where they found something wrong.
        found = code == 1 and path in [("corpora", "check"), ("models", "verify")]
        assert found or "rror: " in said
        assert (here / "old.txt").read_bytes() == b"old"
    left = [file.name for file in here.rglob(".*")]
    assert not left, left
