"""Stored folds as other tools know them: a run with parameters, metrics, tags, a curve, files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from bench.companions import path_of
from bench.errors import BenchError
from bench.measurement import accuracy
from bench.measurement.accuracy import NO_ANSWER, predicted
from bench.records import Epoch, FoldRecord
from bench.schema import plain
from bench.store import Damage, load_fold, load_scorable

Value: TypeAlias = str | int | float | bool | None

_ABOVE: tuple[str, ...] = ("dataset", "protocol", "model", "identity", "seed", "fold")
"""What names a fold in a row of a table."""

_LONG = ("fold", "findings", "identity", "seed")
"""Parts of a request that are lists of ids or sentences, or stand in the name of a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One fold, its answers left out."""

    path: Path
    """Of its json."""
    title: str
    """For a person; folds are shown from 1."""
    place: Mapping[str, Value]
    """Dataset, protocol, model, identity, seed, and fold from 0."""
    classes: tuple[str, ...]
    params: Mapping[str, Value]
    """What was asked, under dotted names."""
    metrics: Mapping[str, float]
    """Scores of this fold alone as fractions, and seconds."""
    tags: Mapping[str, Value]
    """Where and when it ran, and what the audit let pass."""
    curve: tuple[Epoch, ...]
    files: tuple[Path, ...]

    @property
    def id(self) -> str:
        """The same for the same fold, whoever exports it."""
        return f"{self.place['identity']}-seed-{self.place['seed']}-fold-{self.place['fold']}"

    @property
    def created(self) -> datetime:
        """When the fold was done."""
        return datetime.fromisoformat(str(self.tags["created"]))

    def predictions(self) -> list[dict[str, Value]]:
        """A row for each test video, read anew from the disk."""
        return [
            {
                **self.place,
                "video": p.video,
                "subject": p.subject,
                "group": p.group,
                "true": p.true,
                "predicted": None if (k := predicted(p)) == NO_ANSWER else self.classes[k],
                "status": p.status,
                **{f"score:{c}": s for c, s in zip(self.classes, p.scores, strict=False)},
            }
            for p in load_fold(self.path).predictions
        ]


def runs(results: Path) -> tuple[list[Run], list[Damage]]:
    """All stored folds in the order of paths, and the files that are damaged.

    Args:
        results: the results folder.

    Raises:
        BenchError: no fold is stored there.
    """
    found: list[Run] = []
    damaged: list[Damage] = []
    for path in sorted((results / "accuracy").rglob("seed-*/fold-*.json")):
        try:
            found.append(_run(path, load_scorable(path)))
        except BenchError as error:
            damaged.append(Damage(path, str(error)))
    if not found:
        raise BenchError(f"{results} holds no stored fold. Run one, or pass --results DIR.")
    return found, damaged


def row(run: Run) -> dict[str, Value]:
    """Everything of a run but its answers, as one row of a table."""
    kinds = (("param", run.params), ("metric", run.metrics), ("tag", run.tags))
    return {**run.place, **{f"{k}:{name}": v for k, part in kinds for name, v in part.items()}}


def columns(rows: Sequence[Mapping[str, Value]]) -> list[str]:
    """The names of all rows, each once, in the order in which they come."""
    return list(dict.fromkeys(name for one in rows for name in one))


def prediction_columns(every: Sequence[Run]) -> list[str]:
    """Columns of the answers of all runs: those of videos, and a score for each class of any."""
    classes = dict.fromkeys(name for run in every for name in run.classes)
    about = ("video", "subject", "group", "true", "predicted", "status")
    return [*_ABOVE, *about, *(f"score:{name}" for name in classes)]


def _run(path: Path, record: FoldRecord) -> Run:
    request = record.request
    named = (request.dataset, request.protocol, request.model.name, request.identity)
    place = dict(zip(_ABOVE, (*named, request.seed, request.fold.index), strict=True))
    asked = {name: part for name, part in plain(request).items() if name not in _LONG}
    files = (path, path.with_suffix(".csv"), *(path_of(path, end) for end in record.beside))
    return Run(
        path=path,
        title=f"{request.model.name} seed {request.seed} fold {request.fold.index + 1}",
        place=place,
        classes=request.classes,
        params=_flat(asked),
        metrics=_metrics(record),
        tags={
            **_flat({"environment": plain(record.environment)}),
            "created": record.created,
            "precision": record.precision,
            "selected_epoch": record.selected_epoch,
            "findings": " ".join(f.text for f in request.findings),
        },
        curve=record.epochs,
        files=files,
    )


def _metrics(record: FoldRecord) -> dict[str, float]:
    counts = accuracy.count(record.predictions, record.request.classes)
    return {
        "uar": accuracy.uar(counts),
        "war": accuracy.war(counts),
        "macro_f1": accuracy.macro_f1(counts),
        "videos": float(len(record.predictions)),
        "seen": float(len(accuracy.seen(record.predictions))),
        **{f"seconds.{part}": seconds for part, seconds in record.seconds.items()},
    }


def _flat(part: Mapping[str, Any], above: str = "") -> dict[str, Value]:
    """Nested plain data under dotted names; a list is JSON."""
    found: dict[str, Value] = {}
    for key, value in part.items():
        name = f"{above}.{key}" if above else str(key)
        if isinstance(value, Mapping):
            found |= _flat(value, name)
        else:
            found[name] = json.dumps(value) if isinstance(value, list) else value
    return found
