"""A folder that `mlflow ui` shows: one run a fold, one experiment a dataset and protocol."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.export.runs import Run

_SETTINGS = {
    # a folder is what can be sent and kept; its tables in a database are the reader's choice
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}

_AT_ONCE = 100
"""Most parameters or tags that one call takes."""


def write(runs: Sequence[Run], out: Path) -> list[Path]:
    """Write one run a fold with its parameters, scores, curve, tags and files."""
    with _set(_SETTINGS):
        from mlflow.tracking import MlflowClient

        client = MlflowClient(tracking_uri=out.resolve().as_uri())
        experiments: dict[str, str] = {}
        for run in runs:
            name = f"{run.place['dataset']} {run.place['protocol']}"
            if name not in experiments:
                experiments[name] = client.create_experiment(name)
            _write(client, experiments[name], run)
    return [out]


def _write(client: Any, experiment: str, run: Run) -> None:
    from mlflow.entities import Metric, Param, RunTag

    end = int(run.created.timestamp() * 1000)
    took = int(1000 * sum(v for name, v in run.metrics.items() if name.startswith("seconds.")))
    id = client.create_run(experiment, start_time=end - took, run_name=run.title).info.run_id
    metrics = [Metric(name, value, end, 0) for name, value in run.metrics.items()]
    metrics += [
        Metric(f"epoch.{name}", value, end, epoch.epoch)
        for epoch in run.curve
        for name in ("loss", "lr", "validation")
        if (value := getattr(epoch, name)) is not None
    ]
    params = [Param(name, str(value)) for name, value in {**run.place, **run.params}.items()]
    tags = [RunTag(name, str(value)) for name, value in {"id": run.id, **run.tags}.items()]
    for kind, items in (("metrics", metrics), ("params", params), ("tags", tags)):
        for first in range(0, len(items), _AT_ONCE):
            client.log_batch(id, **{kind: items[first : first + _AT_ONCE]})
    for file in run.files:
        client.log_artifact(id, str(file))
    client.set_terminated(id, end_time=end)


@contextmanager
def _set(settings: dict[str, str]) -> Iterator[None]:
    """Variables of the environment for as long as the block runs."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
