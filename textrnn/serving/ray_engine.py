"""Shards over Ray Data: on one machine without any set-up, on a cluster by its address."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from textrnn.catalog import model_path, shipped_models
from textrnn.errors import ConfigurationError, MissingExtraError, TextRNNError
from textrnn.offline import local_ray
from textrnn.serving.shards import Shard, ShardReport, ShardSettings, ShardWorker

_DEATHS = 5  # of one actor, and of one shard's


def answer_shards_on_ray(
    shards: Sequence[Shard],
    settings: ShardSettings,
    on_done: Callable[[ShardReport], None],
    *,
    address: str | None = None,
) -> None:
    """Answer shards in actors that each load the model once and have a core of their own.

    Ray starts an actor that dies again, and its shard with it: the answers of a shard appear as a
    whole, so that nothing is lost or doubled. After some deaths it gives up.

    Args:
        shards: paths that all machines see.
        settings: what is done; the number of threads is 1 whatever they say.
        on_done: called with each shard's report, in the order in which they end.
        address: of a cluster, ``auto`` for the one on this machine; by default a small one is
            started here and ended with the run.

    Raises:
        MissingExtraError: Ray is not installed.
        ConfigurationError: no cluster answers at that address, or none can be started.
        TextRNNError: Ray gave up; what was answered until then was reported.
    """
    with local_ray() if address is None else nullcontext(), _running(address) as ray:
        try:
            for row in _reports(ray, shards, settings):
                on_done(ShardReport(**row))
        except ray.exceptions.RayError as error:
            reason = str(error).strip().splitlines()[-1]
            raise TextRNNError(
                f"Ray gave up; call again to go on with what is not answered yet: {reason}"
            ) from error


@contextmanager
def _running(address: str | None) -> Iterator[Any]:
    """The package Ray, connected to a cluster or to one of its own, until the work is done."""
    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise MissingExtraError("the engine ray", "ray") from error
    end = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=address or "local",
            include_dashboard=None if address else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, OSError, ValueError, RuntimeError) as error:
        what = f"address={address!r}: no cluster answers" if address else "Ray does not start"
        raise ConfigurationError(f"{what}: {error}") from error
    try:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, end)  # Ray has put its own there
        yield ray
    finally:
        ray.shutdown()


def _reports(
    ray: Any, shards: Sequence[Shard], settings: ShardSettings
) -> Iterable[dict[str, Any]]:
    """The shards' reports as rows, as they end."""
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    cores = int(ray.cluster_resources().get("CPU", 1))
    # Actors may run in another folder; a shipped model lies where each machine has textrnn.
    shipped = settings.model in ("", *shipped_models())
    model = settings.model if shipped else str(model_path(settings.model).absolute())
    rows = [
        {"source": str(s.source.absolute()), "target": str(s.target.absolute()), "name": str(s)}
        for s in shards
    ]
    reports = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
        _Actor,
        fn_constructor_args=(replace(settings, model=model),),
        compute=ray.data.ActorPoolStrategy(size=min(cores, len(rows))),
        num_cpus=1,
        ray_remote_args_fn=lambda: {"max_restarts": _DEATHS, "max_task_retries": _DEATHS},
    )
    found: Iterable[dict[str, Any]] = reports.iter_rows()
    return found


class _Actor:
    """A worker whose shards and reports are rows, as Ray Data has them."""

    def __init__(self, settings: ShardSettings) -> None:
        self._worker = ShardWorker(replace(settings, threads=1))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        shard = Shard(Path(row["source"]), Path(row["target"]), row["name"])
        return asdict(self._worker(shard))
