"""What was measured of one model: its results, their confusions, and every fold by itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.measurement.accuracy import Counts, count, uar, war
from bench.records import FoldRecord, FoldRequest
from bench.report.gather import Material
from bench.store import fold_path
from bench.tables import Column, Section
from bench.tables.key import key_of, title_of
from bench.tables.section import NOTHING, decimals, percent, words


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for each other, all folds and seeds pooled."""

    classes: tuple[str, ...]
    answers: tuple[str, ...]
    """The classes, and `no answer` where a video has none."""
    counts: tuple[tuple[int, ...], ...]
    """Row = true class, column = answer."""

    @property
    def recalls(self) -> list[str]:
        """Share of the videos of each true class that was found, in percent."""
        return [
            f"{100 * row[i] / sum(row):.2f}" if sum(row) else NOTHING
            for i, row in enumerate(self.counts)
        ]

    @property
    def tenths(self) -> list[list[int]]:
        """Share of the videos of each true class, in tenths: how dark a cell is."""
        return [[round(10 * n / max(sum(row), 1)) for n in row] for row in self.counts]


@dataclass(frozen=True, slots=True)
class Result:
    """One identity of a model: the folds and seeds that belong together."""

    title: str
    """That of its table on the leaderboard, which says all that sets it apart."""
    dataset: str
    """Its title."""
    synthetic: bool
    folds: tuple[FoldRecord, ...]
    """The newest record of each fold of each seed."""
    counts: Counts
    """Confusion, shape (K, K + 1), all folds and seeds pooled."""

    @property
    def request(self) -> FoldRequest:
        """What all its folds have in common."""
        return self.folds[0].request

    @property
    def confusion(self) -> Confusion:
        """As it is shown."""
        classes = self.request.classes
        missed = bool(self.counts[:, -1].any())
        shown = self.counts if missed else self.counts[:, :-1]
        rows = tuple(tuple(int(n) for n in row) for row in shown)
        return Confusion(classes, (*classes, "no answer") if missed else classes, rows)


def of_model(material: Material, model: str) -> tuple[Result, ...]:
    """Every result of a model, by dataset, protocol and identity."""
    grouped: dict[tuple[str, str, str, str], list[FoldRecord]] = defaultdict(list)
    for record in material.of(model):
        r = record.request
        grouped[r.dataset, r.protocol, r.protocol_hash, r.identity].append(record)
    return tuple(_result(material, grouped[place]) for place in sorted(grouped))


def runs(found: Iterable[Result], *, named: bool = False) -> list[Section]:
    """Every fold by itself, with the path of its record; nothing where there is none.

    Args:
        found: results of one model or of many.
        named: a first column says of which system.
    """
    rows = tuple(_run(result, record) for result in found for record in result.folds)
    columns = (
        *((Column("System", words("system"), "left"),) if named else ()),
        Column("Result", words("result"), "left"),
        Column("Fold", words("fold")),
        Column("Seed", words("seed")),
        Column("UAR %", percent("uar"), accuracy=True),
        Column("WAR %", percent("war"), accuracy=True),
        Column("Videos", words("videos")),
        Column("Epochs", words("epochs")),
        Column("Train s", decimals("train_s", 1)),
        Column("Test s", decimals("test_s", 1)),
        Column("Made", words("created"), "left"),
        Column("Commit", words("commit"), "left"),
        Column("Record", words("record"), "left"),
    )
    notes = (
        "Each fold by itself, the newest record of each; the leaderboard pools them. Paths are "
        "relative to the results folder; the answers lie beside a record as csv.",
        "Result: a system with all that it was trained and tested under, as its path names it.",
    )
    return [Section("Every fold", {}, columns, rows, notes)] if rows else []


def _result(material: Material, folds: Sequence[FoldRecord]) -> Result:
    r = folds[0].request
    entry = material.registry.datasets.get(r.dataset)
    dataset = entry.title if entry else r.dataset
    title = title_of(key_of(r), dataset)
    counts = np.zeros((len(r.classes), len(r.classes) + 1), dtype=np.int64)
    for record in folds:
        counts += count(record.predictions, r.classes)
    return Result(
        title=title.removesuffix(" (SYNTHETIC DATA)"),
        dataset=dataset,
        synthetic=r.synthetic,
        folds=tuple(folds),
        counts=counts,
    )


def _who(result: Result) -> dict[str, Any]:
    r = result.request
    return {
        "system": r.model.title,
        "model": r.model.name,
        "identity": r.identity,
        "result": r.identity[:12],
    }


def _run(result: Result, record: FoldRecord) -> dict[str, Any]:
    commit = record.environment.commit
    return {
        **_who(result),
        "fold": record.request.fold.index + 1,
        "seed": record.request.seed,
        **_scores(record),
        "videos": len(record.predictions),
        "epochs": len(record.epochs),
        "train_s": record.seconds.get("train"),
        "test_s": record.seconds.get("test"),
        "created": record.created[:16].replace("T", " "),
        "commit": commit[:12] if commit else None,
        "record": fold_path(Path(), record.request).as_posix(),
    }


def _scores(record: FoldRecord) -> dict[str, Any]:
    if not record.predictions:
        return {"uar": None, "war": None}
    counts = count(record.predictions, record.request.classes)
    return {"uar": uar(counts), "war": war(counts)}
