"""How long textrnn takes to start, beside Python itself and beside importing what it trains with.

    python benchmarks/startup.py [RUNS]

Each line is a fresh process; the runs of all lines alternate, and the median counts.
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import time

import textrnn

MAIN = "from textrnn.cli.main import main; main()"
LINES = {
    "python -c pass": ["-c", "pass"],
    "import textrnn": ["-c", "import textrnn"],
    "textrnn --help": ["-c", MAIN, "--help"],
    "textrnn classify, one line": ["-c", MAIN, "classify", "--text", "What a day!"],
    "textrnn generate, one verse": ["-c", MAIN, "generate", "--seed", "床前明月光"],
    "import onnxruntime": ["-c", "import onnxruntime"],
    "import keras (TensorFlow)": ["-c", "import keras"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    times: dict[str, list[float]] = {name: [] for name in LINES}
    for _ in range(runs):
        for name, arguments in LINES.items():
            times[name].append(seconds(arguments))
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    print(f"textrnn {textrnn.__version__}, {machine}, median of {runs} runs (least to most)\n")
    for name, values in times.items():
        middle = statistics.median(values)
        print(f"{name:28} {middle:6.3f} s  ({min(values):.3f} to {max(values):.3f})")


if __name__ == "__main__":
    main()
