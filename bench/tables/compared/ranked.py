"""Mean ranks of systems over several datasets, where there are enough of them to mean something."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from bench.errors import BenchError
from bench.statistics import LEVEL, Metric, ranking
from bench.tables.compared.members import Members
from bench.tables.section import Column, Section, decimals, words

_ALIKE = ("data", "preset", "regime", "objective", "selection", "made")
"""What datasets of one ranking have in common."""

_Name: TypeAlias = tuple[str, str, str]
"""Model, first weights, recipe: what a system is on every dataset."""


def ranked(
    groups: Sequence[tuple[Section, Members]],
    metric: Metric = "uar",
    level: float = LEVEL,
) -> list[Section]:
    """One section for each set of datasets that were run alike: ranks, or why there are none.

    A dataset counts once: of several of its sections the first one does.

    Args:
        groups: sections and their rows, as `members` gives them.
        metric: by which systems are ranked.
        level: of the critical difference.
    """
    alike: dict[tuple[str, ...], dict[str, Members]] = defaultdict(dict)
    for section, rows in groups:
        complete = [member for member in rows if member.complete]
        if complete:
            kind = tuple(section.key[name] for name in _ALIKE)
            alike[kind].setdefault(section.key["dataset"], complete)
    return [
        _section(dict(zip(_ALIKE, kind, strict=True)), found, metric, level)
        for kind, found in alike.items()
        if len(found) > 1
    ]


def _section(
    key: dict[str, str], datasets: dict[str, Members], metric: Metric, level: float
) -> Section:
    scores = [_scores(rows, metric) for rows in datasets.values()]
    systems = sorted(set.intersection(*(set(found) for found in scores)))
    title = f"Mean ranks by {metric.upper()} over {len(datasets)} datasets"
    title += " (SYNTHETIC DATA)" if key["data"] == "synthetic" else ""
    said = f"Datasets: {', '.join(datasets)}; systems that are complete on all of them."
    table: list[dict[str, Any]] = []
    try:
        found = ranking(np.array([[s[name] for name in systems] for s in scores]), level)
    except BenchError as error:
        notes = (said, str(error))
    else:
        titles = _titles(systems, datasets)
        table = sorted(
            (
                {"system": title, "model": name[0], "mean_rank": rank}
                for title, name, rank in zip(titles, systems, found.ranks, strict=True)
            ),
            key=lambda row: (row["mean_rank"], row["system"]),
        )
        notes = (
            said,
            f"Friedman's test that all are alike (Iman-Davenport): p {found.p:.3g}. Nemenyi: mean "
            f"ranks more than {found.critical:.2f} apart differ at level {level:g}.",
        )
    columns = (
        Column("System", words("system"), "left"),
        Column("Mean rank", decimals("mean_rank", 2)),
    )
    return Section(title, key, columns, tuple(table), notes)


def _scores(rows: Members, metric: Metric) -> dict[_Name, float]:
    """Score of each system that stands once in a section."""
    counts = Counter(_name(member.row) for member in rows)
    return {
        _name(member.row): member.row[metric] for member in rows if counts[_name(member.row)] == 1
    }


def _name(row: Any) -> _Name:
    return row["model"], row["weights"], row["recipe"]


def _titles(systems: Sequence[_Name], datasets: dict[str, Members]) -> list[str]:
    rows = next(iter(datasets.values()))
    titles = {_name(member.row): member.title for member in rows}
    return [titles[name] for name in systems]
