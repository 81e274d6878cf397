"""Stored folds as figures need them: by what may share a picture, as tables put them."""

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from bench.index import Result, with_records
from bench.measurement import accuracy
from bench.records import CostRecord, DatasetEntry, FoldRecord, FoldRequest
from bench.store import digest
from bench.tables import Query, Section, comparison
from bench.tables.section import Row
from bench.tables.systems import grouped

Metric: TypeAlias = Literal["uar", "war"]
METRICS = {"uar": accuracy.uar, "war": accuracy.war}


@dataclass(frozen=True)
class System:
    """One identity of one group: the newest result of each of its folds."""

    title: str
    row: Row
    """Its row of the table: scores and costs in raw units."""
    results: Sequence[Result]
    """By seed, then by fold."""
    whole: Mapping[int, FoldRecord]
    """Records that are at hand already, by the id of their result."""

    @property
    def request(self) -> FoldRequest:
        """What all its folds share."""
        return self.results[0].request

    @property
    def seeds(self) -> dict[int, tuple[Result, ...]]:
        """Seed -> its folds."""
        found: dict[int, list[Result]] = defaultdict(list)
        for result in self.results:
            found[result.seed].append(result)
        return {seed: tuple(results) for seed, results in found.items()}

    def record(self, result: Result) -> FoldRecord:
        """One of its folds with its answers, read where it is stored.

        Raises:
            BenchError: it was damaged or taken away since.
        """
        return self.whole.get(id(result)) or result.load()


@dataclass(frozen=True, slots=True)
class Group:
    """Systems whose numbers may stand in one picture: those of one section of the table."""

    title: str
    """Dataset, protocol, preset, and SYNTHETIC DATA where it is."""
    key: Mapping[str, str]
    """What all its records share, as the section of the table says it."""
    stem: str
    """The title for the name of a file."""
    systems: tuple[System, ...]
    """In the order of the table, best first."""
    notes: tuple[str, ...]

    def caption(self, *sentences: str) -> str:
        """What is drawn, then what it is drawn from, with the notes of its table."""
        return "\n".join((" ".join(filter(None, sentences)), f"{self.title}.", *self.notes))


def groups(
    folds: Sequence[FoldRecord | Result],
    costs: Sequence[CostRecord] = (),
    query: Query | None = None,
    entries: Mapping[str, DatasetEntry] | None = None,
) -> list[Group]:
    """Everything stored, in the groups of `bench table`.

    Args:
        folds: done folds, in any order, whole or as the index gives them.
        costs: their costs, for the rows.
        query: datasets and models to draw; None is all.
        entries: datasets of the registry by name, for titles.

    Raises:
        BenchError: the query names something that is not there.
    """
    query = replace(query or Query(), reported="none")
    results, whole = with_records(folds)
    sections = comparison(results, costs, (), query, entries)
    return [
        Group(
            section.title,
            section.key,
            stem,
            tuple(System(s.row["system"], s.row, s.results, whole) for s in systems),
            section.notes,
        )
        for (section, systems), stem in zip(
            grouped(sections, results), _stems(sections), strict=True
        )
    ]


def slug(*parts: str) -> str:
    """Words as part of a file's name, as in `ceflnet-clips-3`."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def is_complete(system: System) -> bool:
    """Whether every seed finished every fold."""
    return system.row["folds"] >= system.row["folds_of"]


def file_name(system: System, group: Group) -> str:
    """The model for the name of a file, with the identity where another row has the same name."""
    name = system.request.model.name
    same = [s for s in group.systems if s.request.model.name == name]
    return slug(name if len(same) == 1 else f"{name}-{system.request.identity[:8]}")


def over_folds(system: System, metric: Metric) -> tuple[float, float | None]:
    """Mean and sample standard deviation (n - 1) of the folds, averaged over the seeds.

    The standard deviation is None where no seed has two folds.
    """
    seeds = [
        [fold_score(result, metric) for result in results] for results in system.seeds.values()
    ]
    spreads = [statistics.stdev(scores) for scores in seeds if len(scores) > 1]
    mean = statistics.fmean(statistics.fmean(scores) for scores in seeds)
    return mean, statistics.fmean(spreads) if spreads else None


def fold_score(result: Result, metric: Metric) -> float:
    """One fold's score, in [0, 1], on the official denominator."""
    return METRICS[metric](result.counts)


def said(system: System) -> str:
    """Folds, seeds, first weights and recipe of a system, in words."""
    row = system.row
    seeds = f"{row['seeds']} seed{'s' if row['seeds'] != 1 else ''}"
    return (
        f"{row['folds']} of {row['folds_of']} folds, {seeds}, weights {row['weights']}, recipe "
        f"{row['recipe']}"
    )


def listed(names: Iterable[str]) -> str:
    """Names, separated by commas."""
    return ", ".join(names)


def _stems(sections: Sequence[Section]) -> list[str]:
    keys = [section.key for section in sections]
    plain = [
        slug(
            *(key[name] for name in ("dataset", "protocol", "preset")),
            *(key[name] for name in ("regime", "objective") if key[name] != "own"),
            *([key["selection"]] if key["selection"] != "last" else []),
            *([key["made"]] if key["made"] != "trained" else []),
        )
        for key in keys
    ]
    often = Counter(plain)
    return [
        stem if often[stem] == 1 else f"{stem}-{digest(dict(key))[:6]}"
        for stem, key in zip(plain, keys, strict=True)
    ]
