"""Runs for `wandb sync`, which a person may call later; nothing is sent, and no login asked."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.export.runs import Run, prediction_columns

_PROJECT = "video-fer-bench"


def write(runs: Sequence[Run], out: Path) -> list[Path]:
    """Write one offline run a fold: configuration, scores, curve, and its answers as a table."""
    # read when the library is imported
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    settings = wandb.Settings(
        silent=True,
        console="off",
        disable_code=True,
        disable_git=True,
        x_disable_meta=True,
        x_disable_stats=True,
    )
    try:
        for run in runs:
            _write(run, out, settings)
    finally:
        wandb.teardown()
    return [out / "wandb"]


def _write(run: Run, out: Path, settings: object) -> None:
    import wandb

    place = run.place
    session = wandb.init(
        mode="offline",
        dir=str(out),
        project=_PROJECT,
        id=run.id,
        name=run.title,
        group=str(place["identity"]),
        job_type="fold",
        tags=[str(place["dataset"]), str(place["model"])],
        config={**place, **run.params, **{f"tag.{name}": v for name, v in run.tags.items()}},
        settings=settings,  # pyright: ignore[reportArgumentType]
    )
    for epoch in run.curve:
        curve = {"loss": epoch.loss, "lr": epoch.lr, "validation": epoch.validation}
        session.log({k: v for k, v in curve.items() if v is not None}, step=epoch.epoch)
    names: list[Any] = [*prediction_columns([run])]
    rows: list[Any] = [[one.get(name) for name in names] for one in run.predictions()]
    session.log({"predictions": wandb.Table(columns=names, data=rows)})
    session.summary.update(dict(run.metrics))
    session.finish()
