"""A page before it is HTML, and what may stand on it."""

from dataclasses import dataclass, field
from typing import TypeAlias

from bench.report.plots import Plot
from bench.report.results import Confusion
from bench.report.view import Table

_LISTED = 25
"""So many parts a page lists at its top; of more, the headings tell."""

Downloads: TypeAlias = tuple[tuple[str, str], ...]
"""Label and address of each file, relative to the page."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A confusion, as one part of a page."""

    anchor: str
    title: str
    synthetic: bool
    confusion: Confusion
    downloads: Downloads
    kind: str = field(default="matrix", init=False)


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines for a shell."""

    anchor: str
    title: str
    lines: tuple[str, ...]
    kind: str = field(default="commands", init=False)


Part: TypeAlias = Table | Plot | Matrix | Commands


@dataclass(frozen=True, slots=True)
class Page:
    """One page before it is HTML."""

    path: str
    """Relative to the folder of the report."""
    title: str
    lead: tuple[str, ...]
    """Sentences under the title."""
    parts: tuple[Part, ...]
    downloads: Downloads = ()
    """Files of the page as a whole."""
    filters: bool = False
    """Whether rows can be filtered."""

    @property
    def up(self) -> str:
        """What leads from the page to the folder of the report."""
        return "../" * self.path.count("/")

    @property
    def contents(self) -> list[Table | Matrix | Commands]:
        """What a long page says it holds; nothing for a short one, or one that is too long."""
        found = [part for part in self.parts if not isinstance(part, Plot)]
        return found if 2 < len(found) <= _LISTED else []

    def facets(self, name: str) -> list[str]:
        """What the tables of the page can be filtered by."""
        tables = [part for part in self.parts if isinstance(part, Table)]
        return sorted({part.facets[name] for part in tables} - {""})

    @property
    def plots(self) -> list[Plot]:
        """Every plot of the page."""
        return [part for part in self.parts if isinstance(part, Plot)]
