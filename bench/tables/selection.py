"""One training, read off at several epochs: what choosing the epoch on the test videos adds."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError, unknown
from bench.measurement import accuracy
from bench.records import DatasetEntry
from bench.store import Damage
from bench.tables.epochs import Recorded, recorded
from bench.tables.key import Key, apart, key_of, order_of, tell_apart, title_of
from bench.tables.notes import DAGGER
from bench.tables.query import Query
from bench.tables.section import NOTHING, Column, Row, Section, Show, percent, share, spread, words

METRICS: Mapping[str, Callable[[accuracy.Counts], float]] = {
    "uar": accuracy.uar,
    "war": accuracy.war,
    "f1": accuracy.macro_f1,
}


Seeds: TypeAlias = Mapping[int, Sequence[Recorded]]
"""Seed -> its folds, in order."""


def audit(
    results: Path,
    tell: Callable[[Sequence[Damage]], None],
    query: Query | None = None,
    metric: str = "uar",
    entries: Mapping[str, DatasetEntry] | None = None,
) -> list[Section]:
    """Everything that the answers of epochs in a results folder tell.

    Args:
        results: the results folder.
        tell: is given what is damaged.
        query: which datasets and models; None: all.
        metric: uar, war or f1.
        entries: datasets of the registry by name, for titles.

    Raises:
        BenchError: as `selection`; or no fold with answers of epochs is of a name in the query.
    """
    folds, damaged = recorded(results)
    tell(damaged)
    query = query or Query()
    for kind, asked in (("dataset", query.datasets), ("model", query.models)):
        there = {_named(one, kind) for one in folds}
        for name in asked:
            if folds and name not in there:
                raise unknown(f"{kind} among results with the answers of epochs", name, there)
        folds = [one for one in folds if not asked or _named(one, kind) in asked]
    return selection(folds, metric, entries)


def _named(one: Recorded, kind: str) -> str:
    request = one.record.request
    return request.dataset if kind == "dataset" else request.model.name


def selection(
    folds: Sequence[Recorded],
    metric: str = "uar",
    entries: Mapping[str, DatasetEntry] | None = None,
) -> list[Section]:
    """Scores of each system at the epochs that different rules choose, and how far they are apart.

    Args:
        folds: as `recorded` gives them.
        metric: uar, war or f1.
        entries: datasets of the registry by name, for titles.

    Raises:
        BenchError: no fold has the answers of its epochs, or the metric is unknown.
    """
    if metric not in METRICS:
        raise unknown("score for the selection audit", metric, METRICS)
    if not folds:
        raise BenchError(
            "no stored fold has the answers of its epochs. Keep them with "
            "`bench run --record-epochs`."
        )
    groups: dict[Key, list[Recorded]] = defaultdict(list)
    for one in folds:
        groups[key_of(one.record.request)].append(one)
    known = entries or {}
    sections = [
        _section(key, groups[key], metric, known.get(key.dataset))
        for key in sorted(groups, key=order_of)
    ]
    return apart(sections)


def _section(
    key: Key, folds: Sequence[Recorded], metric: str, entry: DatasetEntry | None
) -> Section:
    systems: dict[tuple[str, str], dict[int, list[Recorded]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in sorted(folds, key=lambda one: one.record.request.fold.index):
        request = one.record.request
        systems[request.model.name, request.identity][request.seed].append(one)
    rows = [_row(systems[name], METRICS[metric]) for name in sorted(systems)]
    rows.sort(key=_rank)
    tell_apart(rows)
    title = title_of(key, entry.title if entry else key.dataset)
    chosen = key.selection == "validation"
    return Section(
        title=f"Selection audit · {title}",
        key={**key._asdict(), "metric": metric},
        columns=_columns(metric.upper(), chosen=chosen),
        rows=tuple(rows),
        notes=_notes(metric.upper(), rows, chosen=chosen),
    )


def _row(seeds: Seeds, score: Callable[[accuracy.Counts], float]) -> dict[str, Any]:
    """Of each seed the mean over its folds, then the mean over the seeds; fractions."""
    first = next(iter(seeds.values()))[0].record
    request = first.request
    read = [_seed(folds, score) for folds in seeds.values()]
    means = {key: _mean([found[key] for found in read]) for key in read[0]}
    return {
        "system": request.model.title,
        "model": request.model.name,
        "identity": request.identity,
        "weights": request.weights.origin,
        "recipe": request.recipe.name,
        **means,
        "epochs": min(len(one.confusions) for folds in seeds.values() for one in folds),
        "folds": min(map(len, seeds.values())),
        "folds_of": request.folds,
        "seeds": len(seeds),
    }


def _seed(
    folds: Sequence[Recorded], score: Callable[[accuracy.Counts], float]
) -> dict[str, float | None]:
    """What each rule gives for the folds of one seed."""
    curves = [np.array([score(counts) for counts in one.confusions]) for one in folds]
    last = np.array([curve[-1] for curve in curves])
    best = np.array([curve.max() for curve in curves])
    # folds of one training need not have the same number of epochs
    shared = min(map(len, curves))
    common = float(np.mean([curve[:shared] for curve in curves], axis=0).max())
    chosen = _by_validation(folds, curves)
    gaps = best - (last if chosen is None else chosen)
    honest = float(np.mean(last if chosen is None else chosen))
    return {
        "last": float(last.mean()),
        "validation": None if chosen is None else float(chosen.mean()),
        "best": float(best.mean()),
        "common": common,
        "gap": float(gaps.mean()),
        "gap_sd": float(gaps.std(ddof=1)) if len(gaps) > 1 else None,
        "gap_common": common - honest,
    }


def _by_validation(
    folds: Sequence[Recorded], curves: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64] | None:
    """Test scores at the epochs that training videos chose; None where another rule chose."""
    if any(one.record.request.selection != "validation" for one in folds):
        return None
    chosen = [
        max(one.record.epochs, key=lambda e: (e.validation or 0.0, -e.epoch)).epoch for one in folds
    ]
    return np.array([curve[epoch] for curve, epoch in zip(curves, chosen, strict=True)])


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return statistics.fmean(there) if there else None


def _rank(row: Row) -> tuple[Any, ...]:
    """As in the table of results: complete rows first, then by the score of the honest rule."""
    honest = row["last"] if row["validation"] is None else row["validation"]
    return row["folds"] < row["folds_of"], -honest, row["system"], row["identity"]


def _columns(metric: str, *, chosen: bool) -> tuple[Column, ...]:
    validation = Column(f"{metric} %\nvalidation", percent("validation"))
    return (
        Column("System", words("system"), "left"),
        Column(f"{metric} %\nlast", percent("last")),
        *([validation] if chosen else []),
        Column(f"{metric} %\nbest common", _optimistic(percent("common"))),
        Column(f"{metric} %\nbest a fold", _optimistic(percent("best"))),
        Column("Gap\ncommon", _signed(percent("gap_common"))),
        Column("Gap\na fold", _signed(spread("gap", "gap_sd"))),
        Column("Epochs", words("epochs")),
        Column("Folds", share("folds", "folds_of", mark="*")),
        Column("Seeds", words("seeds")),
        Column("Weights", words("weights"), "left"),
        Column("Recipe", words("recipe"), "left"),
    )


def _optimistic(show: Show) -> Show:
    return lambda row: f"{show(row)} {DAGGER}"


def _signed(show: Show) -> Show:
    """A difference with its sign."""

    def shown(row: Row) -> str:
        text = show(row)
        return text if text[:1] in ("-", NOTHING) else f"+{text}"

    return shown


def _notes(metric: str, rows: Sequence[Row], *, chosen: bool) -> tuple[str, ...]:
    honest = "validation" if chosen else "last"
    said = [
        f"One and the same training, read off at several epochs. {metric}: mean over the folds of "
        f"a seed, then over the seeds; the table of results pools the folds instead.",
        "Last: after the last epoch."
        + (" Validation: at the epoch that held-out training videos choose." if chosen else ""),
        f"{DAGGER} optimistic, and no result: the test videos chose the epoch. Best common: one "
        f"epoch for all folds of a seed; best a fold: another for each fold.",
        f"Gap: optimistic minus {honest}, in points; ± sample standard deviation over the folds "
        f"(n-1).",
    ]
    if any(row["folds"] < row["folds_of"] for row in rows):
        said.append("* incomplete: answers of every epoch are kept of some folds only.")
    return tuple(said)
