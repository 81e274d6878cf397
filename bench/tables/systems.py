"""The stored folds behind each row of a section, for whatever else is computed of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bench.index import Result
from bench.records import FoldRequest
from bench.tables.section import Row, Section


class System(NamedTuple):
    """One row of a section, and what it was made from."""

    row: Row
    results: tuple[Result, ...]
    """One of each seed and fold, the newest, in this order."""

    @property
    def request(self) -> FoldRequest:
        """What all of its folds have in common."""
        return self.results[0].request

    @property
    def seeds(self) -> list[tuple[Result, ...]]:
        """Its folds, seed by seed."""
        found: dict[int, list[Result]] = defaultdict(list)
        for result in self.results:
            found[result.seed].append(result)
        return [tuple(folds) for folds in found.values()]

    @property
    def who(self) -> dict[str, object]:
        """What names it in a row of another table."""
        names = ("system", "model", "identity", "weights", "recipe")
        return {name: self.row[name] for name in names}


class Group(NamedTuple):
    """A section, and the systems of its rows in order."""

    section: Section
    systems: tuple[System, ...]


_SAME = (
    *("dataset", "protocol", "selection", "protocol_hash", "dataset_fingerprint"),
    *("preprocessing_fingerprint", "made"),
)
"""Parts of a section's key that a request says word for word."""


def grouped(sections: Sequence[Section], results: Sequence[Result]) -> list[Group]:
    """The measured ones of the sections with the results of their rows.

    Args:
        sections: as `comparison` makes them.
        results: those that it was given.
    """
    found: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        found[result.request.model.name, result.request.identity].append(result)
    return [
        Group(section, tuple(_system(section.key, row, found) for row in section.rows))
        for section in sections
        if section.key.get("data") in ("real", "synthetic") and "protocol_hash" in section.key
    ]


def _system(
    key: Mapping[str, str], row: Row, found: Mapping[tuple[str, str], Sequence[Result]]
) -> System:
    newest: dict[tuple[int, int], Result] = {}
    for result in sorted(found[row["model"], row["identity"]], key=lambda r: r.created):
        if all(key[name] == getattr(result.request, name) for name in _SAME):
            newest[result.seed, result.fold] = result
    return System(row, tuple(newest[place] for place in sorted(newest)))
