"""All comparisons, one after the other, as RESULTS.md and a chart: what ``make bench`` runs.

    python benchmarks/report.py [--data DIR] [--torch PYTHON] [--spacy PYTHON [--spacy-model NAME]]
        [--fasttext PYTHON] [--minilm PYTHON] [--ctranslate2 PYTHON] [--runs N]
        [--only PROGRAM …]
    python benchmarks/report.py --quote

What others brought lives in environments of its own and is left out where none is named; so is what
needs reviews or tagged sentences, without --data (shared/data, which users do not have). What was
found is kept in results.json, a table by its name: a table that is not measured again stays, with
its date. The second form measures nothing: it writes RESULTS.md, the chart and the figures that
documents quote (quotes.py) by what is kept. Of a table that was measured on another day before, the
former ratios stand below it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from contest import Result, Row, Table
from quotes import documents, name_of, quote

HERE = Path(__file__).parent
KEPT, RESULTS, CHART = HERE / "results.json", HERE / "RESULTS.md", HERE / "results.svg"
VECTORS = HERE / ".results" / "vectors.txt"
ORDER = ["startup", "classify", "reviews", "tag", "generate", "translate", "forecasting",
         "training", "embeddings", "stream", "serve", "limits"]  # fmt: skip
WITHOUT_RUNS = ("stream", "serve")
EIGHT_BITS = ("amx_int8", "avx512_vnni", "avx_vnni")  # as Linux calls them
# How many times as fast as whom textrnn is to be, by the beginning of a result's title.
RATIOS = [
    ("Start-up", "Keras script", 8.0),
    ("Classify", "Keras predict", 3.0),
    ("Reviews", "textrnn, exact", 2.5),
    ("Tag", "Keras predict", 6.0),
    ("Tag", "spaCy", 8.0),
    ("Training a classifier", "Keras tutorial", 8.0),
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
    ("kept", "rate with five times as many clients as have a place over the peak", 0.9, True),
    ("not answered", "of 100,000 requests of 16 clients, those that were not answered", 0, False),
    ("lost after", "requests lost after a worker was killed and another begun", 0, False),
    ("longest start-up", "start-up of a one-line call, s", 0.22, False),
]

Entry = dict[str, Any]


def main() -> None:
    """Run the programs, write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=os.environ.get("TEXTRNN_DATA"))
    parser.add_argument("--torch", help="the Python that has PyTorch")
    parser.add_argument("--spacy", help="the Python that has spaCy, FastAPI and uvicorn")
    parser.add_argument("--spacy-model", help="a trained pipeline that is installed there")
    parser.add_argument("--fasttext", help="the Python that has fastText")
    parser.add_argument("--minilm", help="the Python that has MiniLM-L6 (reviews.py)")
    parser.add_argument("--ctranslate2", help="the Python that has CTranslate2")
    parser.add_argument("--runs", type=int, help="of each contestant [as each program has it]")
    parser.add_argument("--only", nargs="+", choices=ORDER, default=ORDER)
    parser.add_argument("--quote", action="store_true", help="measure nothing, write documents")
    options = parser.parse_args()
    for name in [] if options.quote else options.only:
        arguments = arguments_of(name, options)
        if arguments is None:
            print(f"{name}: left out, it needs --data", flush=True)
            continue
        if options.runs and name not in WITHOUT_RUNS:
            arguments += ["--runs", str(options.runs)]
        print(f"{name} …", flush=True)
        run(name, arguments)
    entries = kept()
    RESULTS.write_text(report(entries), encoding="utf-8")
    draw([found for entry in entries if isinstance(found := table_of(entry), Result)], CHART)
    for path in documents():
        text = path.read_text("utf-8")
        if (quoted := quote(text, entries)) != text:
            path.write_text(quoted, encoding="utf-8")
            print(f"other figures: {path.relative_to(HERE.parent)}")
    print(f"written: {RESULTS.name}, {CHART.name}")


def arguments_of(name: str, options: argparse.Namespace) -> list[str] | None:
    """What a program is called with; None where it cannot be."""
    data = Path(options.data) if options.data else None
    torch, pipeline, fasttext, minilm, ctranslate2 = (
        [f"--{name}", given] if (given := getattr(options, name.replace("-", "_"))) else []
        for name in ("torch", "spacy-model", "fasttext", "minilm", "ctranslate2")
    )
    conll = ["--train", str(data / "en/conll2003/eng.train.xz")] if data else []
    spacy = ["--spacy", options.spacy, *conll] if options.spacy and conll else []
    if name in ("startup", "serve"):
        return spacy
    if name == "classify":
        return [*([str(data / "en/imdb/unsup.txt.xz")] if data else []), *torch]
    if name == "tag":
        return [*([str(data / "en/news/wmt_newstest/wmt_newstest.txt.xz")] if data else []),
                *torch, *spacy, *(pipeline if spacy else [])]  # fmt: skip
    if name == "reviews":
        reviews = data / "en/imdb" if data else None
        return reviews and [str(reviews / "test.jsonl.xz"), "--train",
                            str(reviews / "train.jsonl.xz"), *fasttext, *minilm]  # fmt: skip
    if name == "generate":
        return torch
    if name == "translate":
        return ctranslate2
    if name == "training":
        return [str(data / "en/imdb/train.jsonl.xz"), *torch] if data else None
    if name == "embeddings":
        if not VECTORS.exists():
            VECTORS.parent.mkdir(exist_ok=True)
            call = [sys.executable, str(HERE / "embeddings.py"), "--make", str(VECTORS)]
            subprocess.run(call, check=True)
        return [str(VECTORS)]
    return []


def run(name: str, arguments: list[str]) -> None:
    """Run a program and keep its tables, with what it was called with, where and when."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.json"
        call = [sys.executable, str(HERE / f"{name}.py"), *arguments, "--json", str(path)]
        subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
        found = json.loads(path.read_text("utf-8"))
    shown = " ".join(shorten(argument) for argument in arguments)
    how = {
        "program": name,
        "call": f"python benchmarks/{name}.py {shown}".strip(),
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
    }
    entries = {name_of(entry): entry for entry in kept()}
    for one in found:
        name = name_of(one)
        entries[name] = {**how, **one, **ratios_before(entries.get(name, {}), how["date"])}
    ordered = sorted(entries.values(), key=lambda entry: ORDER.index(entry["program"]))
    KEPT.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def ratios_before(old: Entry, today: str) -> Entry:
    """What a table keeps of the one that it replaces: the ratios of the last other day."""
    if old.get("date") == today:
        return {"before": old["before"]} if "before" in old else {}
    ratios = {row["name"]: row["ahead"] for row in old.get("rows", []) if row["ahead"] is not None}
    if not ratios:
        return {}
    return {"before": {"date": old["date"], "machine": old["machine"], "ratios": ratios}}


def kept() -> list[Entry]:
    """The tables that were measured last, in their order."""
    return json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else []


def shorten(argument: str) -> str:
    """An argument without the folders of this machine."""
    return Path(argument).name if os.sep in argument else argument


def table_of(entry: Entry) -> Result | Table:
    """What a program found."""
    names = ("title", "unit", "rows", "notes", "head", "cells", "facts")
    found = {name: entry[name] for name in names if name in entry}
    if "rows" not in found:
        return Table(**found)
    return Result(**{**found, "rows": [Row(**row) for row in found["rows"]]})


def report(entries: list[Entry]) -> str:
    """RESULTS.md."""
    lines = [
        "# Results",
        "",
        "Written by `make bench`; the programs beside this file say what each contestant does. "
        "Rows of one table were measured in one run, each in a process of its own, in turn; values "
        "are medians, ratios medians of the pairs of runs. Memory is the most that the process had "
        "resident. Below each table stand the command, the day and the machine, and the ratios of "
        "another day, where it was measured before.",
        "",
        "![Bars of what the tables say](results.svg)",
        "",
        "## Goals",
        "",
        "| goal | asked | found | |",
        "| --- | ---: | ---: | --- |",
        *goals(entries),
    ]
    for entry in entries:
        lines += ["", table_of(entry).markdown(), ""]
        lines += [f"`{entry['call']}`, {entry['date']}, {entry['machine']}."]
        if before := entry.get("before"):
            ratios = ", ".join(
                f"{name} {ratio:{'.1f' if ratio >= 1 else '.2f'}}"
                for name, ratio in before["ratios"].items()
            )
            lines += ["", f"{before['date']}, {before['machine']}: {ratios} × as fast."]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """The processor, its cores, whether it multiplies in 8 bits, the system and Python."""
    info = Path("/proc/cpuinfo")
    told = dict(
        (part.strip() for part in line.split(":", 1))
        for line in (info.read_text("utf-8").splitlines() if info.exists() else [])
        if ":" in line
    )
    processor = told.get("model name") or platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0))
    eight = [name for name in EIGHT_BITS if name in told.get("flags", "").split()]
    products = f"{', '.join(eight) or 'no'} instructions for 8-bit products"
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{processor}, {cores} cores, {products}, {system}"


def goals(entries: list[Entry]) -> list[str]:
    """A line of the table for each goal that can be judged by what was measured."""
    lines = []
    for begin, name, least in RATIOS:
        for entry in entries:
            for row in entry.get("rows", []):
                if entry["title"].startswith(begin) and row["name"] == name:
                    met = row["ahead"] >= least
                    lines.append(
                        f"| {name_of(entry)}: as fast as {name} | ≥ {least:g} × "
                        f"| {row['ahead']:.2f} × | {'met' if met else '**missed**'} |"
                    )
    facts = [fact for entry in entries for fact in entry.get("facts", {}).items()]
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
        medians = [row.median for row in result.rows]
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
            ratio = f"   1/{row.ahead:.1f}" if row.ahead is not None and row.ahead >= 1 else ""
            panel.text(
                speed + max(speeds) * 0.01, place, f"{shown} {result.unit}{ratio}",
                va="center", fontsize=8,
            )  # fmt: skip
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
