"""Files and stores of word vectors, damaged thousands of times, each read in a process of its own
under bounds of time and memory; no part of the tests, which do the same some hundred times.

    python tests/fuzz/damaged_vectors.py [--times 5000] [--random-state 0] [--only store]

Right is: the vectors as they were written, or others where the file itself is another valid one, or
one of textrnn's own errors. Wrong is any other exception, a signal, more than 10 seconds or 3 GB,
and of stores, whose bytes are all checked, any other vector.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from vector_files import FORMATS, damage, everything

from textrnn.embeddings import convert
from textrnn.errors import TextRNNError

SECONDS, MEMORY = 10, 3 << 30


def run(read: Callable[[], object]) -> tuple[str, object]:
    """What became of reading, in a child under bounds: ``read``, ``refused`` or what went wrong."""
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiving)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.alarm(SECONDS)
        try:
            answer: tuple[str, object] = ("read", read())
        except TextRNNError as error:
            is_one_line = "\n" not in str(error) and len(str(error)) < 1000
            answer = ("refused" if is_one_line else "long", str(error)[:2000])
        except BaseException as error:
            answer = (f"{type(error).__name__}", str(error)[:500])
        with os.fdopen(sending, "w") as file:
            json.dump(answer, file)
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as file:
        content = file.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code or not content:
        return (f"ended with {code}", "")
    kind, found = json.loads(content)
    return kind, found


def try_once(name: str, whole: bytes, folder: Path, rng: random.Random) -> tuple[str, object]:
    """Damage a file of a format and read it; of a text also its store, beside it."""
    path = folder / "a.vec"
    damaged = damage(whole, rng)
    path.write_bytes(damaged)
    if name == "text" and rng.random() < 0.5:  # the store is damaged, and the text is not
        path.write_bytes(whole)
        beside = folder / "a.vec.f32.textrnn-vectors"
        convert(path, beside)
        beside.write_bytes(damage(beside.read_bytes(), rng))
        right = run(lambda: everything(path, cache=False))
        found = run(lambda: everything(path, cache=True))
        beside.unlink()
        return found if found == right else ("wrong", found)
    kind, found = run(lambda: everything(path, cache=False))
    if name.startswith("store") and kind == "read" and damaged != whole:
        return "wrong", found
    return kind, found


def main() -> None:
    """Damage and read, and keep what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=5000)
    parser.add_argument("--random-state", type=int, default=0)
    parser.add_argument("--only", default="", help="formats whose names begin so")
    parser.add_argument("--keep", type=Path, help="a folder for the files that went wrong")
    options = parser.parse_args()
    rng = random.Random(options.random_state)
    made = {name: make() for name, make in FORMATS.items() if name.startswith(options.only)}
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.times):
            name = rng.choice(list(made))
            kind, found = try_once(name, made[name], Path(folder), rng)
            counts[name, kind] += 1
            if kind not in ("read", "refused"):
                print(f"{number}: {name}: {kind}: {found}")  # noqa: T201
                if options.keep:
                    options.keep.mkdir(exist_ok=True)
                    content = (Path(folder) / "a.vec").read_bytes()
                    (options.keep / f"{number}-{name}").write_bytes(content)
    for (name, kind), count in sorted(counts.items()):
        print(f"{name:20} {kind:20} {count:6}")  # noqa: T201
    sys.exit(any(kind not in ("read", "refused") for _, kind in counts))


if __name__ == "__main__":
    main()
