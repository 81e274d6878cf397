"""The rows of a section with the stored folds behind them, and which row a person names."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bench.errors import BenchError, unknown
from bench.index import Result, with_records
from bench.records import FoldRecord
from bench.tables.section import Row, Section
from bench.tables.systems import System, grouped

Stored: TypeAlias = Sequence[FoldRecord | Result]


class Member(NamedTuple):
    """One row of a section, and what it was made from."""

    system: System
    whole: Mapping[int, FoldRecord]
    """Records that are at hand already, by the id of their result."""

    @property
    def row(self) -> Row:
        """As the section holds it."""
        return self.system.row

    @property
    def title(self) -> str:
        """As the section prints it."""
        return str(self.row["system"])

    @property
    def complete(self) -> bool:
        """Whether every seed finished every fold of the protocol."""
        return self.row["folds"] >= self.row["folds_of"]

    def folds(self) -> list[FoldRecord]:
        """One record of each seed and fold, with its predictions, read where they are stored."""
        return [self.whole.get(id(result)) or result.load() for result in self.system.results]


Members: TypeAlias = Sequence[Member]


def members(sections: Sequence[Section], folds: Stored) -> list[tuple[Section, Members]]:
    """The measured ones of the sections with their rows, in the order of printing.

    Args:
        sections: as `comparison` gives them.
        folds: the folds that they were made from, whole or as the index gives them.
    """
    results, whole = with_records(folds)
    return [
        (section, [Member(system, whole) for system in systems if system.results])
        for section, systems in grouped(sections, results)
    ]


def find(name: str, section: Section, rows: Members) -> Member | None:
    """The row that a name of a model, a title or the start of an identity means, if there is one.

    Raises:
        BenchError: several rows have that name.
    """
    found = [m for m in rows if _is_named(m, name)]
    if len(found) > 1:
        said = ", ".join(m.row["identity"] for m in found)
        raise BenchError(
            f"{name!r} names {len(found)} rows of {section.title!r}. Name one of their "
            f"identities: {said}."
        )
    return found[0] if found else None


def check_known(name: str, groups: Sequence[tuple[Section, Members]]) -> None:
    """See that a name means a row of any section.

    Raises:
        BenchError: it does not; the names that do are said.
    """
    every = [member for _, rows in groups for member in rows]
    if not any(_is_named(member, name) for member in every):
        raise unknown("system", name, [member.row["model"] for member in every])


_SHORTEST = 4
"""So many characters of an identity are needed."""


def _is_named(member: Member, name: str) -> bool:
    row = member.row
    starts = len(name) >= _SHORTEST and row["identity"].startswith(name)
    return name in (row["model"], member.title) or starts


def incomplete(rows: Members) -> list[str]:
    """A note that names rows without all folds, where there are any."""
    lacking = [member.title for member in rows if not member.complete]
    if not lacking:
        return []
    return [f"Incomplete, and compared on the folds it has: {', '.join(lacking)}."]
