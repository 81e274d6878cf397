"""Sections as a page shows them: cells with marks and links, still without any HTML."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.tables import Section
from bench.tables.notes import DAGGER
from bench.tables.section import NOTHING, Column, Row

BADGES = {"(SYNTHETIC DATA)": "synthetic data", "(REPORTED ONLY)": "reported only"}
"""What the end of a title says -> the badge that says it beside the heading."""

_LINE, _LINES = 36, 150
"""Characters of the longest text that is never broken, and of one that needs a wide column."""

Link = Callable[[Row], str]
"""A row -> where its first cell leads, relative to the page; "" leads nowhere."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell."""

    text: str
    href: str = ""
    mark: str = ""
    """best, second, or nothing."""
    right: bool = False
    """Whether it is a number."""

    @property
    def look(self) -> str:
        """What the style sheet calls it: a number, a path, a text of several lines, or nothing."""
        if self.right or len(self.text) <= _LINE:
            return "n" if self.right else ""
        if " " not in self.text:  # whole on a screen, and broken anywhere on paper
            return "path"
        return "text" if len(self.text) <= _LINES else "long"


@dataclass(frozen=True, slots=True)
class Table:
    """One section of a page."""

    anchor: str
    title: str
    badges: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]
    facets: Mapping[str, str]
    """What the filters of a page ask for: data, dataset, preset."""
    downloads: tuple[tuple[str, str], ...] = ()
    """Name of a format and its file, relative to the page."""
    kind: str = field(default="table", init=False)

    @property
    def sortable(self) -> bool:
        """Whether its columns have names; a list of facts has none."""
        return bool(self.columns and self.columns[0].title)


def table(section: Section, anchor: str, link: Link | None = None) -> Table:
    """A section with its rounding, daggers and marks, ready for a template.

    Args:
        section: rows in raw units, and how each column shows them.
        anchor: id of the heading on its page.
        link: where the first cell of a row leads.
    """
    title, badges = split_badges(section.title)
    shown = [(column, _cells(section, column, link)) for column in section.columns]
    # what no row has says nothing on a screen; the files have every column
    shown = [
        (column, cells)
        for column, cells in shown
        if column is section.columns[0] or any(cell.text != NOTHING for cell in cells)
    ]
    return Table(
        anchor=anchor,
        title=title,
        badges=badges,
        columns=tuple(column for column, _ in shown),
        rows=tuple(zip(*(cells for _, cells in shown), strict=True)),
        notes=section.notes,
        facets={name: section.key.get(name, "") for name in ("data", "dataset", "preset")},
    )


def slug(text: str) -> str:
    """Text as a part of a file name or of an address: small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].rstrip("-") or "table"


def split_badges(title: str) -> tuple[str, tuple[str, ...]]:
    """A title without what its badges say, and the badges."""
    found = tuple(badge for words, badge in BADGES.items() if words in title)
    for words in BADGES:
        title = title.replace(f" {words}", "")
    return title, found


def _cells(section: Section, column: Column, link: Link | None) -> list[Cell]:
    leads = link if column is section.columns[0] else None
    return [_cell(section, column, number, leads) for number in range(len(section.rows))]


def _cell(section: Section, column: Column, number: int, link: Link | None) -> Cell:
    row = section.rows[number]
    shown = column.show(row)
    marked = section.optimistic and column.accuracy and shown != NOTHING
    marks = {"best": section.best, "second": section.second}
    return Cell(
        text=f"{shown} {DAGGER}" if marked else shown,
        href=link(row) if link else "",
        mark=next((name for name, of in marks.items() if of.get(column.title) == number), ""),
        right=column.align == "right",
    )
