"""Scores that `bench table --metric` knows, and sections that show the chosen ones."""

import functools
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from bench.errors import unknown
from bench.index import Folds
from bench.measurement import accuracy
from bench.measurement.accuracy import Counts
from bench.measurement.auc import macro_auc
from bench.records import Prediction
from bench.store import load_fold
from bench.tables.section import Column, Row, Section, percent, spread
from bench.tables.systems import Group, System

KNOWN = ("war", "uar", "f1", "auc", "recall:CLASS")

_AUC = (
    "AUC: the mean over classes of the area under the ROC curve, one class against the rest, from "
    "pairs of videos of one fold; ties count one half, and pairs with a video that has no scores "
    "count as wrong."
)

_KEPT = 200
"""Folds whose answers are kept; a system has fewer."""

Videos: TypeAlias = Literal["official", "seen"]
"""Over all test videos, or over those that a model could look at."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One score of test videos."""

    key: str
    """Name of its raw column: uar, macro_f1, recall:joy."""
    title: str
    of: Callable[[Folds, Videos], float | None]
    """Folds of one seed, and which videos count -> a fraction, or None where there is none."""

    def mean(self, system: System, videos: Videos = "official") -> float | None:
        """Its folds pooled seed by seed, then the mean over the seeds; None where one has none."""
        return mean([self.of(folds, videos) for folds in system.seeds])


def mean(values: Sequence[float | None]) -> float | None:
    """The mean; None where a value is missing, or all are."""
    there = [value for value in values if value is not None]
    return statistics.fmean(there) if there and len(there) == len(values) else None


Read: TypeAlias = Callable[[str], Sequence[Prediction]]
"""The answers of the fold that a result of that file has."""


def metrics(
    names: Sequence[str], option: str = "--metric", read: Read | None = None
) -> tuple[Metric, ...]:
    """Scores by name, each once, in the order asked.

    Args:
        names: of `KNOWN`, in any case.
        option: what names them, for the message.
        read: for scores that confusions do not give; None reads the files.

    Raises:
        BenchError: a name is unknown.
    """
    # scores ask for the folds of one system several times, and all folds fill the memory
    read = read or functools.lru_cache(_KEPT)(lambda file: load_fold(Path(file)).predictions)
    return tuple(_metric(name, option, read) for name in dict.fromkeys(names))


def _metric(name: str, option: str, read: Read) -> Metric:
    if name.lower() in _COUNTED:
        key, title, score = _COUNTED[name.lower()]
        return Metric(key, title, functools.partial(_counted, score))
    if name.lower() == "auc":
        return Metric("auc", "AUC %", functools.partial(_auc, read))
    kind, _, label = name.partition(":")
    if kind.lower() == "recall" and label:
        return recall(label)
    raise unknown(f"score in {option}", name, KNOWN)


def recall(label: str) -> Metric:
    """The share of one class that was answered right."""
    return Metric(f"recall:{label}", f"Recall %\n{label}", functools.partial(_recall, label))


_COUNTED: dict[str, tuple[str, str, Callable[[Counts], float]]] = {
    "uar": ("uar", "UAR %", accuracy.uar),
    "war": ("war", "WAR %", accuracy.war),
    "f1": ("macro_f1", "F1 %", accuracy.macro_f1),
}


def pooled(folds: Folds, videos: Videos = "official") -> Counts:
    """Confusion over the test videos of all folds, shape (K, K + 1)."""
    return (folds.counts_seen if videos == "seen" else folds.counts).sum(axis=0)


def _counted(score: Callable[[Counts], float], folds: Folds, videos: Videos) -> float | None:
    counts = pooled(folds, videos)
    return score(counts) if counts.any() else None


def _recall(label: str, folds: Folds, videos: Videos) -> float | None:
    classes = folds.request.classes
    if label not in classes:
        return None
    value = accuracy.recalls(pooled(folds, videos))[classes.index(label)]
    return None if np.isnan(value) else float(value)


def _auc(read: Read, folds: Folds, videos: Videos) -> float | None:
    answers = [read(result.file) for result in folds]
    kept = [accuracy.seen(a) for a in answers] if videos == "seen" else answers
    return macro_auc(kept, folds.request.classes)


# ---------------------------------------------------------------- sections


def chosen(groups: Sequence[Group], asked: Sequence[Metric]) -> list[Group]:
    """The same sections with the chosen scores in place of theirs, best first by the first one.

    Args:
        groups: measured sections with what is behind their rows.
        asked: one score at least.

    Raises:
        BenchError: no section has the class of a recall.
    """
    known = {c for group in groups for s in group.systems for c in s.request.classes}
    for metric in asked:
        kind, _, label = metric.key.partition(":")
        if kind == "recall" and groups and label not in known:
            raise unknown("class", label, known)
    return [_chosen(group, asked) for group in groups]


def _chosen(group: Group, asked: Sequence[Metric]) -> Group:
    systems = [s._replace(row={**s.row, **_scores(s, asked)}) for s in group.systems]
    systems.sort(key=lambda s: rank(s.row, asked[0].key))
    rows = tuple(s.row for s in systems)
    section = group.section
    notes = (_AUC, *section.notes) if any(m.key == "auc" for m in asked) else section.notes
    columns = (*section.columns[:1], *_columns(asked, rows), *_others(section, asked))
    return Group(replace(section, columns=columns, rows=rows, notes=notes), tuple(systems))


def rank(row: Row, key: str) -> tuple[Any, ...]:
    """Complete rows first, then the highest number, those without one last."""
    value = row[key]
    best = (value is None, -(value or 0.0))
    return row["folds"] < row["folds_of"], *best, row["system"], row["identity"]


def _scores(system: System, asked: Sequence[Metric]) -> dict[str, float | None]:
    unseen = system.row["unreadable"]
    found: dict[str, float | None] = {}
    for metric in asked:
        found[metric.key] = metric.mean(system)
        found[f"{metric.key}_seen"] = metric.mean(system, "seen") if unseen else None
    first = asked[0]
    over = [[first.of(one, "official") for one in folds.singly()] for folds in system.seeds]
    there = [[v for v in values if v is not None] for values in over]
    spreads = [float(np.std(values, ddof=1)) for values in there if len(values) > 1]
    found[f"{first.key}_fold_mean"] = mean([mean(values) for values in there])
    found[f"{first.key}_fold_sd"] = mean(spreads)
    return found


def _columns(asked: Sequence[Metric], rows: Sequence[Row]) -> list[Column]:
    """Each score, over the seen videos too where there are others, and the first over folds."""
    shown = [Column(m.title, percent(m.key), accuracy=True) for m in asked]
    seen = [
        Column(_below(m.title, "seen"), percent(f"{m.key}_seen"), accuracy=True)
        for m in asked
        if any(row[f"{m.key}_seen"] is not None for row in rows)
    ]
    first = asked[0]
    over = spread(f"{first.key}_fold_mean", f"{first.key}_fold_sd")
    return [*shown, *seen, Column(_below(first.title, "over folds"), over, accuracy=True)]


def _below(title: str, words: str) -> str:
    return f"{title.replace(chr(10), ' ')}\n{words}"


def _others(section: Section, asked: Sequence[Metric]) -> list[Column]:
    """All but scores; of reported numbers, those of the chosen scores."""
    mine = {_below(metric.title, "reported") for metric in asked}
    return [
        column
        for column in section.columns[1:]
        if not column.accuracy and (not column.title.endswith("\nreported") or column.title in mine)
    ]
