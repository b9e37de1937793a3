"""What may import what, in the code and in a fresh process."""

from __future__ import annotations

import ast
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

import textrnn
import textrnn.corpora
import textrnn.embeddings
from check_head import HEAVY, loaded_after

ROOT = Path(__file__).parents[2]
ALLOWED = {  # room: what it may import of ours
    "corpora": ("textrnn.corpora", "textrnn.errors", "textrnn.offline"),
    "embeddings": ("textrnn.embeddings", "textrnn.corpora", "textrnn.errors", "textrnn.offline"),
}


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("room", ALLOWED)
def test_lower_rooms_know_nothing_of_upper_ones(room: str) -> None:
    for file in (ROOT / room).rglob("*.py"):
        for name in imports(file):
            if name.split(".")[0] == "textrnn":
                assert name.startswith(ALLOWED[room]), f"{file} imports {name}"


@pytest.mark.parametrize("folder", ["formats", "store"])
def test_formats_and_the_store_of_vectors_know_the_ground_alone(folder: str) -> None:
    below = ("arguments", "dtypes", "subwords", folder)
    for file in (ROOT / "embeddings" / folder).glob("*.py"):
        for name in imports(file):
            if name.startswith("textrnn.embeddings"):
                assert name.split(".")[2] in below, f"{file} imports {name}"


def test_the_floors_of_corpora_know_those_below_alone() -> None:
    heights = {"files": 0, "formats": 1, "checks": 3}  # what lies beside these folders is on 2
    front = ROOT / "corpora" / "__init__.py"  # which loads names from wherever they are
    for file in {*(ROOT / "corpora").rglob("*.py")} - {front}:
        height = heights.get(file.parent.name, 2)
        for name in imports(file):
            if name.startswith("textrnn.corpora"):
                assert heights.get(name.split(".")[2], 2) <= height, f"{file} imports {name}"


def test_the_library_knows_nothing_of_the_command_line() -> None:
    for file in (ROOT / "textrnn").rglob("*.py"):
        for name in imports(file):
            assert name.split(".")[0] not in ("click", "rich"), f"{file} imports {name}"
            assert not name.startswith("textrnn.cli"), f"{file} imports {name}"


def test_every_package_is_installed() -> None:
    """setup.py finds folders by their ``__init__.py``; one without would be left out of wheels."""
    for room in ("textrnn", "corpora", "embeddings", "cli"):
        for file in (ROOT / room).rglob("*.py"):
            assert (file.parent / "__init__.py").exists(), f"{file.parent} has no __init__.py"


def test_importing_the_library_loads_next_to_nothing() -> None:
    loaded = loaded_after("import textrnn")
    assert not loaded & (HEAVY | {"numpy", "onnxruntime", "tokenizers", "click", "rich"})


@pytest.mark.parametrize(
    "package", [textrnn, textrnn.corpora, textrnn.embeddings], ids=lambda p: p.__name__
)
def test_names_that_wait_to_be_used_are_all_there(package: ModuleType) -> None:
    code = ast.parse(Path(package.__file__ or "").read_text("utf-8"))
    (guarded,) = (node for node in code.body if isinstance(node, ast.If))
    promised = {a.name for n in guarded.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert promised == package._HOMES.keys()
    assert promised <= set(package.__all__) == set(dir(package))
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        _ = package.no_such_name


def test_help_loads_next_to_nothing() -> None:
    code = "from textrnn.cli.main import cli; cli(['--help'], standalone_mode=False)"
    assert not loaded_after(code) & (HEAVY | {"numpy", "onnxruntime", "tokenizers", "rich"})


@pytest.mark.parametrize("module", [textrnn, textrnn.corpora, textrnn.embeddings])
def test_exported_names_exist(module: object) -> None:
    for name in module.__all__:  # type: ignore[attr-defined]
        assert getattr(module, name) is not None


def test_public_names() -> None:
    assert set(textrnn.__all__) == {
        "Bundle", "Classification", "Classifier", "ConfigurationError",
        "BundleError",
        "InputError",
        "ModelNotFoundError",
        "Entity", "Generation", "Generator", "Router",
        "TaggedText", "TaggedToken", "Tagger", "TextRNNError", "TokenWeight", "Tokenizer",
        "__version__", "load", "shipped_models",
        "train_classifier", "train_generator", "train_tagger",
    }  # fmt: skip
    assert set(textrnn.__all__) <= set(dir(textrnn))


def test_version_is_the_package_s() -> None:
    assert metadata.version("textrnn") == textrnn.__version__
