"""All comparisons, one after the other, as RESULTS.md and a chart: what ``make bench`` runs.

    python benchmarks/report.py [--data DIR] [--torch PYTHON] [--spacy PYTHON] [--only PROGRAM …]

PyTorch and spaCy live in environments of their own and are left out where none is named; so is what
needs reviews or tagged sentences, without --data (shared/data, which users do not have). With
--only, some programs are run again and the others' last results are kept (benchmarks/.results).
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from contest import Result, Row

HERE = Path(__file__).parent
KEPT = HERE / ".results"
RESULTS, CHART = HERE / "RESULTS.md", HERE / "results.svg"
ORDER = ["startup", "classify", "tag", "generate", "training", "embeddings", "stream", "serve",
         "limits"]  # fmt: skip
# How many times as fast as whom textrnn is to be, by the beginning of a result's title.
RATIOS = [
    ("Start-up", "Keras script", 8.0),
    ("Classify", "Keras predict", 3.0),
    ("Tag", "Keras predict", 4.0),
    ("Tag", "spaCy", 8.0),
    ("Training a classifier", "Keras tutorial", 3.0),
    ("Serve", "FastAPI, spaCy", 3.0),
]
# What a table's fact is to be at least (or at most), by its name.
FACTS = [
    (
        "rate at the end",
        "rate at the end of a long stream over that of a new process beside it",
        0.95,
        True,
    ),
    ("most memory, MB", "resident memory in a long stream, MB", 500.0, False),
    ("least share of wall time in the session", "share of wall time in the session", 0.7, True),
    ("p99 over p50", "slowest of 100 requests of 16 clients over the median one", 10, False),
    ("kept", "rate with five times as many clients as may wait over the peak", 0.9, True),
    ("longest start-up", "start-up of a one-line call, s", 0.35, False),
]

Entry = dict[str, Any]


def main() -> None:
    """Run the programs, write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=os.environ.get("TEXTRNN_DATA"))
    parser.add_argument("--torch", help="the Python that has PyTorch")
    parser.add_argument("--spacy", help="the Python that has spaCy, FastAPI and uvicorn")
    parser.add_argument("--only", nargs="+", choices=ORDER, default=ORDER)
    options = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        arguments = arguments_of(name, options)
        if arguments is None:
            (KEPT / f"{name}.json").unlink(missing_ok=True)
            print(f"{name}: left out, it needs --data", flush=True)
            continue
        print(f"{name} …", flush=True)
        run(name, arguments)
    found = [json.loads((KEPT / f"{name}.json").read_text("utf-8")) for name in ORDER
             if (KEPT / f"{name}.json").exists()]  # fmt: skip
    RESULTS.write_text(report(found), encoding="utf-8")
    draw([result for entry in found for result in results_of(entry)], CHART)
    print(f"written: {RESULTS.name}, {CHART.name}")


def arguments_of(name: str, options: argparse.Namespace) -> list[str] | None:
    """What a program is called with; None where it cannot be."""
    data = Path(options.data) if options.data else None
    torch = ["--torch", options.torch] if options.torch else []
    conll = ["--train", str(data / "en/conll2003/eng.train.xz")] if data else []
    spacy = ["--spacy", options.spacy, *conll] if options.spacy and conll else []
    if name in ("startup", "serve"):
        return spacy
    if name == "classify":
        return [*([str(data / "en/imdb/unsup.txt.xz")] if data else []), *torch]
    if name == "tag":
        return [*([str(data / "en/news/wmt_newstest/wmt_newstest.txt.xz")] if data else []),
                *torch, *spacy]  # fmt: skip
    if name == "generate":
        return torch
    if name == "training":
        return [str(data / "en/imdb/train.jsonl.xz"), *torch] if data else None
    if name == "embeddings":
        vectors = KEPT / "vectors.txt"
        if not vectors.exists():
            call = [sys.executable, str(HERE / "embeddings.py"), "--make", str(vectors)]
            subprocess.run(call, check=True)
        return [str(vectors)]
    return []


def run(name: str, arguments: list[str]) -> None:
    """Run a program and keep its results with what it was called with."""
    path = KEPT / f"{name}.json"
    call = [sys.executable, str(HERE / f"{name}.py"), *arguments, "--json", str(path)]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
    shown = " ".join(shorten(argument) for argument in arguments)
    entry = {
        "call": f"python benchmarks/{name}.py {shown}".strip(),
        "date": datetime.date.today().isoformat(),
        "results": json.loads(path.read_text("utf-8")),
    }
    path.write_text(json.dumps(entry), encoding="utf-8")


def shorten(argument: str) -> str:
    """An argument without the folders of this machine."""
    return Path(argument).name if os.sep in argument else argument


def results_of(entry: Entry) -> list[Result]:
    """The comparisons among a program's results."""
    return [
        Result(one["title"], one["unit"], [Row(**row) for row in one["rows"]], one["notes"])
        for one in entry["results"]
        if "rows" in one
    ]


def report(found: list[Entry]) -> str:
    """RESULTS.md."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`; the programs beside this file say what each contestant does. "
        "Rows of one table were measured in one run, each in a process of its own, in turn; values "
        "are medians, ratios medians of the pairs of runs. Memory is the most that the process had "
        "resident.",
        "",
        f"Machine: {machine()}.",
        "",
        "![Bars of what the tables say](results.svg)",
        "",
        "## Goals",
        "",
        "| goal | asked | found | |",
        "| --- | ---: | ---: | --- |",
        *goals(found),
    ]
    for entry in found:
        for one in entry["results"]:
            lines += ["", one["markdown"], "", f"`{entry['call']}`, {entry['date']}."]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """The processor, its cores, the system and Python."""
    info = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (info.read_text("utf-8").splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    processor = names[0] if names else platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0))
    return f"{processor}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def goals(found: list[Entry]) -> list[str]:
    """A line of the table for each goal that can be judged by what was measured."""
    results = [result for entry in found for result in results_of(entry)]
    lines = []
    for begin, name, least in RATIOS:
        for result in results:
            for row in result.rows:
                if result.title.startswith(begin) and row.name == name:
                    ratio = result.ahead(row)
                    shown = f"{ratio:.2f} ×"
                    lines.append(
                        f"| {result.title.partition(':')[0]}: as fast as {name} | ≥ {least:.0f} × "
                        f"| {shown} | {'met' if ratio >= least else '**missed**'} |"
                    )
    facts = [fact for e in found for one in e["results"] for fact in one.get("facts", {}).items()]
    for key, what, limit, at_least in FACTS:
        for name, value in facts:
            if name == key:
                met = value >= limit if at_least else value <= limit
                lines.append(
                    f"| {what} | {'≥' if at_least else '≤'} {limit:g} | {value:.3g} "
                    f"| {'met' if met else '**missed**'} |"
                )
    return lines


def draw(results: list[Result], path: Path) -> None:
    """Bars: a panel for each comparison, longer is faster, and how far ours is ahead."""
    if not results:
        return
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "textrnn", "font.size": 9}
    import matplotlib.pyplot as plt

    heights = [len(result.rows) + 1.2 for result in results]
    figure, panels = plt.subplots(
        len(results), 1, figsize=(8, 0.27 * sum(heights)), height_ratios=heights, squeeze=False
    )
    for result, panel in zip(results, panels[:, 0], strict=True):
        medians = [statistics.median(row.values) for row in result.rows]
        speeds = [1 / value if result.unit == "s" else value for value in medians]
        colours = [
            "#2a7f62" if row.name.startswith("textrnn") else "#b8bcc2" for row in result.rows
        ]
        panel.barh(range(len(speeds)), speeds, color=colours)
        panel.set_yticks(range(len(speeds)), [row.name for row in result.rows])
        panel.invert_yaxis()
        panel.set_xlim(0, max(speeds) * 1.3)
        panel.set_title(result.title, loc="left", fontsize=9, fontweight="bold")
        panel.xaxis.set_visible(False)
        panel.spines[:].set_visible(False)
        panel.tick_params(left=False)
        for place, (row, value, speed) in enumerate(zip(result.rows, medians, speeds, strict=True)):
            whole = result.unit != "s" or value >= 100
            shown = f"{value:,.0f}" if whole else f"{value:.2g}"
            ratio = f"   1/{result.ahead(row):.1f}" if place and result.ahead(row) >= 1 else ""
            panel.text(
                speed + max(speeds) * 0.01, place, f"{shown} {result.unit}{ratio}",
                va="center", fontsize=8,
            )  # fmt: skip
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
