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
FOLDERS = ("textrnn", "corpora", "embeddings", "cli")
TASKS = sorted(file.parent.name for file in (ROOT / "textrnn/heads").glob("*/__init__.py"))
# From the ground up: a room, which is a module or a package with what lies in it, may import what
# stands in lines above its own. Rooms in one line know nothing of each other. ``__init__`` are the
# public names of a package, which lie above all that it holds.
ROOMS = [
    ("installation",),
    ("errors", "version", "offline", "renamed", "counted"),
    ("configuration",),
    ("corpora.files",),
    ("corpora.formats",),
    ("corpora.formats.tagged",),
    ("corpora",),
    ("corpora.series",),
    ("corpora.checks",),
    ("corpora.__init__",),
    ("embeddings.arguments", "embeddings.dtypes", "embeddings.subwords"),
    ("embeddings.formats",),
    ("embeddings.store",),
    ("embeddings",),
    ("reports",),
    ("bundle",),
    ("text",),
    ("network",),
    ("decoding",),
    ("runtime",),
    ("heads",),
    tuple(f"heads.{task}" for task in TASKS),
    ("catalog",),
    ("training.settings",),
    ("training.loop",),
    ("training.layers",),
    ("training.weights",),
    ("training",),
    ("training.recipes",),
    tuple(f"training.{task}" for task in TASKS),
    ("explaining", "lab", "compressing"),
    ("experiments",),
    ("serving",),
    ("browser",),
    ("sklearn",),
    ("__init__",),
    ("cli.parts",),
    ("cli",),
    ("__main__",),
]
FLOORS = {f"textrnn.{room}": floor for floor, line in enumerate(ROOMS) for room in line}


def module_name(file: Path) -> str:
    """What a file is imported as."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "textrnn" else ("textrnn", *parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(f): f for folder in FOLDERS for f in (ROOT / folder).rglob("*.py")}


def room_of(module: str) -> str:
    """The room in which a module lies: the longest name of the table that its own begins with."""
    if f"{module}.__init__" in FLOORS:
        return f"{module}.__init__"
    names = module.split(".")
    prefixes = (".".join(names[:end]) for end in range(len(names), 0, -1))
    return next(prefix for prefix in prefixes if prefix in FLOORS)


def imports(file: Path) -> set[str]:
    """All that a file imports, also later or for its types alone; of ours also what it names in
    strings, to be imported when it is needed.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            module = node.module or ""
            inside = {f"{module}.{alias.name}" for alias in node.names} & FILES.keys()
            found |= inside or {module}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.partition(":")[0]  # as "module:Class" stands in the catalogue
            found |= {name} & (FILES.keys() - {"textrnn"})
    return found


@pytest.mark.parametrize("module", sorted(FILES))
def test_rooms_import_from_the_ground_up(module: str) -> None:
    room = room_of(module)
    for name in imports(FILES[module]):
        if name.split(".")[0] == "textrnn" and (other := room_of(name)) != room:
            assert FLOORS[other] < FLOORS[room], f"{module} imports {name}"


def test_every_room_of_the_table_is_there() -> None:
    assert {room_of(module) for module in FILES} == FLOORS.keys()


def test_the_library_knows_nothing_of_the_command_line() -> None:
    library = set((ROOT / "textrnn").rglob("*.py")) - {ROOT / "textrnn" / "__main__.py"}
    for file in library:
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
        "Entity", "Forecast", "Forecaster", "Generation", "Generator", "Router",
        "TaggedText", "TaggedToken", "Tagger", "TextRNNError", "TokenWeight", "Tokenizer",
        "WeakModelWarning",
        "ClassifierPlan", "ForecasterPlan", "GeneratorPlan", "TaggerPlan", "__version__", "load",
        "Translation", "Translator", "TranslatorPlan", "shipped_models", "train_classifier",
        "train_forecaster", "train_generator", "train_tagger", "train_translator",
        "CrossValidation", "NetworkComparison", "Tuning", "compare", "cross_validate", "tune",
        "Compression", "compress",
        "tune_recipe",
    }  # fmt: skip
    assert set(textrnn.__all__) <= set(dir(textrnn))


def test_version_is_the_package_s() -> None:
    assert metadata.version("textrnn") == textrnn.__version__
