"""Shards over Ray Data: on one machine without any set-up, on a cluster by its address."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from textrnn.errors import ConfigurationError, MissingExtraError
from textrnn.shards import Shard, ShardReport, ShardSettings, ShardWorker


def answer_shards_on_ray(
    shards: Sequence[Shard],
    settings: ShardSettings,
    on_done: Callable[[ShardReport], None],
    *,
    address: str | None = None,
) -> None:
    """Answer shards in actors that each load the model once and have a core of their own.

    Ray starts an actor that dies again, and its shard with it: the answers of a shard appear as a
    whole, so that nothing is lost or doubled.

    Args:
        shards: paths that all machines see.
        settings: what is done; the number of threads is 1 whatever they say.
        on_done: called with each shard's report, in the order in which they end.
        address: of a cluster; a small one is started on this machine where there is none.

    Raises:
        MissingExtraError: Ray is not installed.
        ConfigurationError: no cluster answers at that address.
    """
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingExtraError("the engine ray", "ray") from error
    try:
        ray.init(
            address=address,
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ConfigurationError(f"--address {address}: no cluster answers: {error}") from error
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        cores = int(ray.cluster_resources().get("CPU", 1))  # type: ignore[no-untyped-call]
        paths = [{"source": str(s.source), "target": str(s.target)} for s in shards]
        reports = ray.data.from_items(paths, override_num_blocks=len(paths)).map(
            _Actor,  # type: ignore[arg-type]
            fn_constructor_args=(settings,),
            compute=ray.data.ActorPoolStrategy(size=min(cores, len(paths))),
            num_cpus=1,
        )
        for row in reports.iter_rows():
            on_done(ShardReport(**row))
    finally:
        ray.shutdown()


class _Actor:
    """A worker whose shards and reports are rows, as Ray Data has them."""

    def __init__(self, settings: ShardSettings) -> None:
        self._worker = ShardWorker(replace(settings, threads=1))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        return asdict(self._worker(Shard(Path(row["source"]), Path(row["target"]))))
