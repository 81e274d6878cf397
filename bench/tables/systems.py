"""Which stored folds stand behind a section and its rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from bench.index import Folds, Result, folds_of
from bench.records import FoldRecord, FoldRequest
from bench.tables.key import Key, key_of
from bench.tables.section import Row, Section

Who: TypeAlias = tuple[str, str]
"""Model and identity, which name a row of a section."""


class System(NamedTuple):
    """One row of a section, and what it was made from."""

    row: Row
    results: Folds
    """One of each seed and fold, the newest, in this order."""

    @property
    def request(self) -> FoldRequest:
        """What all of its folds have in common."""
        return self.results.request

    @property
    def seeds(self) -> list[Folds]:
        """Its folds, seed by seed."""
        return self.results.split(self.results.seeds)

    @property
    def who(self) -> dict[str, object]:
        """What names it in a row of another table."""
        names = ("system", "model", "identity", "weights", "recipe")
        return {name: self.row[name] for name in names}


class Group(NamedTuple):
    """A section, and the systems of its rows in order."""

    section: Section
    systems: tuple[System, ...]


def by_key(folds: Folds) -> dict[Key, Folds]:
    """Folds by what is never mixed in a column."""
    parts = folds.split(folds.requests.ranked(key_of))
    return {key_of(part.request): part for part in parts}


def newest(folds: Folds) -> Folds:
    """One of each fold of each seed, by model, identity, seed and number.

    Args:
        folds: in the order of their paths, of which the last one counts among equally new ones.
    """
    places = folds.numbers, folds.seeds, folds.requests.ranked(who)
    order = np.lexsort(places)
    last = _last(places, order)
    if last.all():
        return folds.taken(order)
    # dates are asked of folds that were stored twice alone: taking a fold out is slow
    again = order[~last | ~np.concatenate([[True], last[:-1]])]
    created = np.zeros(len(folds), dtype=np.int64)
    created[again] = np.unique([f.created for f in folds.taken(again)], return_inverse=True)[1]
    order = np.lexsort((created, *places))
    return folds.taken(order[_last(places, order)])


def by_system(folds: Folds) -> dict[Who, Folds]:
    """Folds by the row that they stand behind."""
    return {who(mine.request): mine for mine in folds.split(folds.requests.ranked(who))}


def who(request: FoldRequest) -> Who:
    """The row that a fold stands behind."""
    return request.model.name, request.identity


def titles_of(rows: Sequence[Row]) -> dict[Who, str]:
    """What rows are called, by who they are."""
    return {(row["model"], row["identity"]): row["system"] for row in rows}


def grouped(sections: Sequence[Section], folds: Sequence[Result | FoldRecord]) -> list[Group]:
    """The measured ones of the sections with the folds of their rows.

    Args:
        sections: as `comparison` makes them.
        folds: those that it was given.
    """
    parts = {_same(key._asdict()): part for key, part in by_key(folds_of(folds)).items()}
    return [
        Group(section, _systems(section, parts.get(_same(section.key))))
        for section in sections
        if section.key.get("data") in ("real", "synthetic") and "protocol_hash" in section.key
    ]


def _systems(section: Section, folds: Folds | None) -> tuple[System, ...]:
    known = by_system(newest(folds)) if folds is not None else {}
    none = folds_of(())
    return tuple(
        System(row, known.get((row["model"], row["identity"]), none)) for row in section.rows
    )


def _same(key: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(key.items())


def _last(places: Sequence[np.ndarray], order: np.ndarray) -> np.ndarray:
    """For each fold in an order whether the next one is of another place."""
    ends = np.ones(len(order), dtype=bool)
    ends[:-1] = np.any([np.diff(each[order]) != 0 for each in places], axis=0)
    return ends
