"""What a model card tells of a forecaster."""

from __future__ import annotations

from textrnn.bundle.manifest import Manifest
from textrnn.counted import counted
from textrnn.heads.card import CardFacts, python_use

_RELATIVE = {"last": ", less their last value", "mean": ", less their mean, by their deviation"}


def forecaster_facts(manifest: Manifest) -> CardFacts:
    """Its columns, and how a window becomes a forecast."""
    network, serving = manifest.network, manifest.serving
    head = network["head"]
    how = "segments" if head["architecture"] == "segments" else f"steps, {head['strategy']}"
    if head["quantiles"]:
        how += f", quantiles {', '.join(f'{level:g}' for level in head['quantiles'])}"
    rows = [
        ("features", ", ".join(network["features"])),
        ("calendar", ", ".join(network["calendar"])),
        ("step", serving.get("step") or ""),
        ("season", counted(serving["season"], "step") if serving.get("season") else ""),
    ]
    return CardFacts(
        head=f"{counted(network['horizon'], 'step')} ahead, by {how}",
        use=_use(manifest),
        window=counted(network["window"], "step") + _RELATIVE.get(network["normalize"], ""),
        beside=[(name, value) for name, value in rows if value],
        counted="window",
    )


def _use(manifest: Manifest) -> str:
    """A table read, and forecast."""
    serving, network = manifest.serving, manifest.network
    columns = [serving.get("time"), serving.get("group"), *network["targets"], *network["features"]]
    return python_use(
        manifest,
        "forecast(series).values",
        imports="from textrnn.corpora import read_series",
        before=f'series = read_series("series.csv")[0]  # of {", ".join(filter(None, columns))}',
    )
