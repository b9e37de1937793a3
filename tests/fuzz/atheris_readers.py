"""Coverage-guided fuzzing of a reader with Atheris, for an hour or a night; no part of the tests.

    pip install atheris
    python tests/fuzz/atheris_readers.py READER [-max_total_time=600]

READER is one of tests/support/readers.py: lines, csv, conll, spans, glove, recipe and so on. It
starts from the small valid file there. What is raised besides textrnn's own errors ends it, and
libFuzzer writes the file that did it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
with atheris.instrument_imports(include=["textrnn", "readers"]):
    from readers import READERS, error_of


def main() -> None:
    """Fuzz one reader."""
    if len(sys.argv) < 2 or sys.argv[1] not in READERS:
        sys.exit(f"name a reader: {', '.join(READERS)}")
    name = sys.argv.pop(1)
    file, valid, read = READERS[name]
    with tempfile.TemporaryDirectory() as folder:
        path, seeds = Path(folder) / file, Path(folder) / "seeds"
        seeds.mkdir()
        (seeds / "valid").write_bytes(valid)

        def once(content: bytes) -> None:
            path.write_bytes(content)
            error = error_of(lambda: read(path))
            assert error is None or file in str(error), error

        atheris.Setup([*sys.argv, str(seeds)], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
