"""A static site: the page of a service over models that answer in the browser itself."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textrnn.browser.packing import packed_model
from textrnn.browser.runtime import runtime_files
from textrnn.bundle.bundle import Bundle
from textrnn.bundle.places import is_name
from textrnn.catalog import load, model_path
from textrnn.configuration import require, some_of
from textrnn.corpora.files.outputs import refuse_inputs
from textrnn.corpora.files.writing import open_folder_output
from textrnn.errors import ConfigurationError
from textrnn.serving.http.cards import model_facts
from textrnn.serving.page import FIRST, page_files

_HERE = Path(__file__).parent
_INDEX = "site.json"  # the models, and all files: by it a folder is known as a site
_KEPT = "kept.js"  # what the service worker keeps before it is asked
_CHARSET = b'<meta charset="utf-8">'
# Comments on lines of their own, a fifth of our modules: who visits need not fetch them.
_COMMENTS = re.compile(rb"^[ \t]*(?:/\*.*?\*/[ \t]*|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
# Nothing is asked of another host; WebAssembly is compiled, and nothing else made into code.
_POLICY = (
    b'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    b"script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; "
    b"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'\">"
)


@dataclass(frozen=True)
class SiteBytes:
    """How much a visitor fetches.

    Attributes:
        page: the page and what answers there.
        runtime: ONNX Runtime.
        models: each model, fetched when it is first asked.
    """

    page: int
    runtime: int
    models: Mapping[str, int]


def export_site(models: Sequence[str], out: Path, *, runtime: Path) -> SiteBytes:
    """Write a site, whole or not at all; one that is there is replaced.

    Args:
        models: names, folders or zips.
        out: the folder to be.
        runtime: where npm installed onnxruntime-web: ``node_modules``.

    Raises:
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
        ConfigurationError: a model's task is none that a browser can answer, two have one name, or
            something that is no site is in the folder.
        InputError: the runtime is not there, or the folder cannot be written.
    """
    bundles = [Bundle.open(model_path(name)) for name in models]
    _check_models(bundles)
    _check_target(out, [runtime, *(bundle.path for bundle in bundles)])
    page, fetched = _own_files(), runtime_files(runtime)
    packs = {bundle.name: _packed(bundle) for bundle in bundles}
    files = {**page, **fetched}
    kept = ["./", _INDEX, *files]
    for name, pack in packs.items():
        files |= {f"models/{name}/{file}": content for file, content in pack.files.items()}
    facts = [pack.facts for pack in packs.values()]
    index = {"models": facts, "files": sorted([*files, _INDEX, _KEPT])}
    files[_INDEX] = json.dumps(index, ensure_ascii=False).encode("utf-8")
    files[_KEPT] = _kept_script(kept, files)
    with open_folder_output(out) as folder:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    sizes = {name: _bytes(pack.files) for name, pack in packs.items()}
    return SiteBytes(_bytes(page), _bytes(fetched), sizes)


@dataclass(frozen=True)
class _Pack:
    """A model's files, and what is told of it."""

    files: dict[str, bytes]
    facts: dict[str, Any]


def _packed(bundle: Bundle) -> _Pack:
    with load(bundle.path, threads=1) as head:
        files = packed_model(head)
        return _Pack(files, {**model_facts(head), "fetched": _bytes(files)})


def answered_tasks() -> list[str]:
    """The tasks that a browser can answer: those that have a folder in ``js/``."""
    return sorted(path.parent.name for path in _HERE.glob("js/*/model.js"))


def _own_files() -> dict[str, bytes]:
    """The page, with our client in place of a service's, and what answers."""
    files = page_files()
    files[FIRST] = files[FIRST].replace(_CHARSET, _CHARSET + _POLICY, 1)
    for path in [*_HERE.glob("*.js"), *_HERE.glob("js/**/*.js")]:
        files[path.relative_to(_HERE).as_posix()] = path.read_bytes()
    return {
        name: _COMMENTS.sub(b"", content) if name.endswith(".js") else content
        for name, content in files.items()
    }


def _kept_script(kept: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    """What the service worker reads: another version, where any file is another."""
    version = hashlib.sha256()
    for name, content in sorted(files.items()):
        version.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    lines = {"VERSION": version.hexdigest()[:16], "KEPT": kept}
    return "".join(f"const {n} = {json.dumps(v)};\n" for n, v in lines.items()).encode("utf-8")


def _check_models(bundles: Sequence[Bundle]) -> None:
    """See that a browser can answer for all of them, each by its name.

    Raises:
        ConfigurationError: it cannot.
    """
    require(bool(bundles), "name at least one model")
    tasks = answered_tasks()
    for bundle in bundles:
        if bundle.manifest.task not in tasks:
            raise ConfigurationError(
                f"{bundle.path}: a {bundle.manifest.task} cannot answer in a browser; "
                f"{some_of(tasks)} can"
            )
    names = [bundle.name for bundle in bundles]
    for name in names:
        require(is_name(name), f"{name!r:.120} cannot be a model's name in a site")
        require(names.count(name) == 1, f"two models are called {name}; name one of them")


def _check_target(out: Path, inputs: Iterable[Path]) -> None:
    """See that nothing but a site would be lost.

    Raises:
        ConfigurationError: something else is there.
        InputError: what is read would be lost.
    """
    if Path(os.path.realpath(out)) in (here := Path.cwd(), *here.parents):
        raise ConfigurationError(f"{out}: the folder that you are in; name a new one")
    refuse_inputs(out, inputs)
    if not out.is_dir() or not any(out.iterdir()):
        return
    try:
        known = set(json.loads((out / _INDEX).read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            f"{out}: is there already and is no site; name a folder that is new or a site's"
        ) from None
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if not path.is_dir()}
    if strange := sorted(found - known):
        raise ConfigurationError(
            f"{out}: holds {strange[0]}, which is no part of the site there and would be lost; "
            "move it, or name another folder"
        )


def _bytes(files: Mapping[str, bytes]) -> int:
    return sum(map(len, files.values()))
