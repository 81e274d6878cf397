"""Measured beside reported: for each row of the paper the results that may stand there."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench.measurement import accuracy
from bench.records import FoldRecord, Prediction
from bench.tables.accounts import KINDS
from bench.tables.paper.settings import FOLDS, Known, Run, answers, deviations
from bench.tables.reported import Quotes
from bench.tables.section import Row
from bench.verdicts import of_interval

Outcome: TypeAlias = tuple[str, bool]
"""Whom a video shows, and whether it was answered right."""

Records: TypeAlias = Sequence[Sequence[FoldRecord]]
"""The folds of each seed of one run."""

Measure: TypeAlias = Callable[[Records], Mapping[str, Any]]
"""One run to the numbers of its row: `measured`, `measured_sd`, `low`, `high`, and more."""

LEVEL = 0.05
"""Share of intervals that may miss."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What was measured for the rows of one table of the paper."""

    rows: tuple[tuple[Row, ...], ...]
    """For each quoted row its measured ones, or one that only has a verdict."""
    found: tuple[tuple[Run, ...], ...] = ()
    """For each quoted row every result that answers it, in whatever setting."""

    @property
    def measured(self) -> bool:
        """Whether any number stands there."""
        return any(row.get("entry") for mine in self.rows for row in mine)


def unscored(quotes: Quotes) -> Scored:
    """Rows beside which nobody looked for results."""
    return Scored(tuple(({},) for _ in quotes))


def scored(quotes: Quotes, runs: Sequence[Run], known: Known, measure: Measure) -> Scored:
    """The results that answer each quoted row: one row an identity, never mixed.

    Args:
        quotes: rows of one table.
        runs: results of any system, in the order of printing.
        known: entries of the registry.
        measure: a run to its numbers.
    """
    found = [tuple(r for r in runs if answers(quote, r.request, known)) for quote in quotes]
    rows = [
        _rows(quote, mine, measure) or ({"verdict": "other setting" if mine else "not run"},)
        for quote, mine in zip(quotes, found, strict=True)
    ]
    keys = dict.fromkeys(key for mine in rows for row in mine for key in row)
    alike = [tuple({key: row.get(key) for key in keys} for row in mine) for mine in rows]
    return Scored(tuple(alike), tuple(found))


def proportion(seeds: Sequence[Sequence[Sequence[Outcome]]]) -> dict[str, float | None]:
    """A share of videos: pooled over folds, averaged over seeds, with what it may vary by.

    Args:
        seeds: outcomes of each fold of each seed.

    Returns:
        fractions; `measured_sd` is the sample standard deviation over the folds of a seed,
        averaged over the seeds, None with fewer than two folds; `low` and `high` are the 95 %
        interval of a bootstrap over subjects, None with fewer than two of them.
    """
    pooled = [[hit for fold in folds for _, hit in fold] for folds in seeds]
    if not all(pooled):
        return {"measured": None, "measured_sd": None, "low": None, "high": None}
    each = [[statistics.fmean(hit for _, hit in fold) for fold in folds if fold] for folds in seeds]
    spreads = [statistics.stdev(shares) for shares in each if len(shares) > 1]
    low, high = _interval([outcome for folds in seeds for fold in folds for outcome in fold])
    return {
        "measured": statistics.fmean(statistics.fmean(hits) for hits in pooled),
        "measured_sd": statistics.fmean(spreads) if spreads else None,
        "low": low,
        "high": high,
    }


def war(records: Records) -> dict[str, Any]:
    """Share of all test videos that were answered right, as the paper's accuracy."""
    return proportion([[_right(record) for record in seed] for seed in records])


def cells(run: Run, measure: Measure) -> dict[str, Any]:
    """The numbers of a run, and where they come from."""
    records, request = run.records(), run.request
    return {
        **measure(records),
        "entry": request.model.name,
        "identity": request.identity,
        "videos": len({p.video for seed in records for r in seed for p in r.predictions}),
        "folds": min(len(seed) for seed in run.seeds),
        "folds_of": request.folds,
        "seeds": len(run.seeds),
        "selection": request.selection,
        "folds_by": request.protocol,
        "protocol_hash": request.protocol_hash,
        "preset": request.preset.name,
        "weights": request.weights.origin,
        "recipe": request.recipe.name,
        "objective": request.objective.name,
        "preprocessing": request.preprocessing_fingerprint,
        "partial_seeds": run.partial,
        "audit": " ".join(_audit(records)),
    }


def _audit(records: Records) -> list[str]:
    """What the audit of the folds let pass, each finding once."""
    found = dict.fromkeys(f for seed in records for r in seed for f in r.request.findings)
    return [f"{title}: {f.text}" for kind, title in KINDS.items() for f in found if f.kind == kind]


def whom(prediction: Prediction) -> str:
    """What makes videos kin: the person, else the recording, else nothing."""
    return prediction.subject or prediction.group or prediction.video


def _right(record: FoldRecord) -> list[Outcome]:
    labels = {name: label for label, name in enumerate(record.request.classes)}
    return [(whom(p), accuracy.predicted(p) == labels.get(p.true)) for p in record.predictions]


def _rows(quote: Mapping[str, str], runs: Sequence[Run], measure: Measure) -> tuple[Row, ...]:
    """Every result that may stand beside a quoted row."""
    rows: list[Row] = []
    for run in runs:
        if deviations(quote, run):
            continue
        found = cells(run, measure)
        interval = None if found["low"] is None else (100 * found["low"], 100 * found["high"])
        said = "no apex" if found["measured"] is None else of_interval(interval, quote["value"])
        rows.append({"verdict": said, **found, "folds_paper": FOLDS[quote["dataset"]]})
    return tuple(rows)


def _interval(outcomes: Sequence[Outcome]) -> tuple[float | None, float | None]:
    import numpy as np

    from bench.statistics import resampling  # scipy, only where something was measured
    from bench.statistics.answers import Answers

    labels = {name: n for n, name in enumerate(sorted({name for name, _ in outcomes}))}
    cluster = np.array([labels[name] for name, _ in outcomes], dtype=np.int64)
    zeros = np.zeros(len(outcomes), dtype=np.int64)
    right = np.array([hit for _, hit in outcomes], dtype=np.bool_)[None, None]
    asked = Answers(right, zeros, zeros, cluster, 0.0, folds=1, clusters=len(labels), classes=1)
    drawn = resampling.resample(asked)["war"].ravel()
    found = resampling.interval(drawn, len(labels), LEVEL)
    return (found.low, found.high) if found else (None, None)
