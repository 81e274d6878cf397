"""Sections to cells: rounded text without anything that would steer a terminal, and its mark."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from bench.tables.notes import DAGGER
from bench.tables.section import NOTHING, Column, Section

Mark: TypeAlias = Literal["", "best", "second"]
"""What a test supports of the cell: the best of its column, or the next one."""

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LOST = "\ufffd"


class Cell(NamedTuple):
    """One cell as text, before any format escapes it."""

    text: str
    mark: Mark


def cells(section: Section) -> list[tuple[Cell, ...]]:
    """Every row of a section, cell by cell in the order of the columns."""
    return list(zip(*by_column(section), strict=True))


def by_column(section: Section) -> list[list[Cell]]:
    """Every column of a section, cell by cell in the order of the rows."""
    return [_column(section, column) for column in section.columns]


def clean(text: str) -> str:
    """On one line, and harmless on a screen: no control characters, no turned direction.

    Titles come from registries and records of others; what cannot be shown becomes U+FFFD.
    """
    if text.isprintable():  # nearly all cells, of which there may be very many
        return text
    return "".join(_harmless(sign) for sign in text)


def heading(column: Column) -> str:
    """The title of a column on one line."""
    return clean(column.title.replace("\n", " "))


def width(text: str) -> int:
    """Columns of a terminal that a text takes: East Asian wide signs two, joined accents none."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def wide(texts: Sequence[str]) -> int:
    """The width of the widest text; 0 without any."""
    return max(map(width, texts), default=0)


def _harmless(sign: str) -> str:
    if sign in "\n\t\r":
        return " "
    return _LOST if unicodedata.category(sign) in ("Cc", "Cs") or sign in _BIDI else sign


@cache
def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or sign in "\u200b\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _column(section: Section, column: Column) -> list[Cell]:
    show, rows = column.show, section.rows
    texts = [clean(show(row)) for row in rows]
    if section.optimistic and column.accuracy:
        texts = [text if text == NOTHING else f"{text} {DAGGER}" for text in texts]
    found = [Cell(text, "") for text in texts]
    marked: tuple[tuple[Mapping[str, int], Mark], ...]
    marked = (section.second, "second"), (section.best, "best")
    for places, mark in marked:
        place = places.get(column.title)
        if place is not None and place < len(found):
            found[place] = Cell(texts[place], mark)
    return found
