"""Ask each shipped model from eight threads: ``python tests/fuzz/shared_models.py [CALLS]``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

import textrnn
from sharing import share


def main() -> int:
    """Print a line a model; 1 where an answer was wrong."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    wrong = 0
    for name in textrnn.shipped_models():
        trial = share(name, calls=calls)
        wrong += trial.wrong_during + trial.wrong_after
        print(  # noqa: T201
            f"{name}: {trial.calls:,} calls, {trial.wrong_during} wrong during, "
            f"{trial.wrong_after} after",
            flush=True,
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
