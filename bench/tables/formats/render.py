"""Sections to text: the only room where a number is rounded and a cell is escaped."""

import json
import textwrap
from collections.abc import Callable, Sequence
from typing import TypeAlias

from bench.errors import unknown
from bench.tables.formats.cells import Cell, by_column, clean, wide, width
from bench.tables.formats.latex import latex
from bench.tables.formats.markup import html, markdown
from bench.tables.section import Column, Section, frame

_NOTE_WIDTH = 100

Style: TypeAlias = Callable[[Cell, str], str]
"""A cell and its padded text -> what a terminal is given."""


def render(
    sections: Sequence[Section],
    format: str,
    width: int | None = None,
    style: Style | None = None,
) -> str:
    """All sections as text that ends in a line break; the same bytes on every machine.

    Args:
        sections: in the order of printing.
        format: text, markdown, csv, latex, html or json; csv and json give the raw, unrounded
            numbers, and no marks.
        width: columns of the terminal, for `text`: a wider table is laid out in several blocks that
            repeat the first column; None never breaks.
        style: for `text`, how a terminal emphasises marked cells; None leaves them plain.

    Raises:
        BenchError: the format is unknown.
    """
    if format == "text":
        plain = style or (lambda _, padded: padded)
        return "\n\n".join(_text(section, width, plain) for section in sections) + "\n"
    if format not in FORMATS:
        raise unknown("format", format, ("text", *FORMATS))
    return FORMATS[format](sections)


# ---------------------------------------------------------------- text


def _text(section: Section, limit: int | None, style: Style) -> str:
    columns = [
        [*_head(column), *shown]
        for column, shown in zip(section.columns, by_column(section), strict=True)
    ]
    aligns = [column.align for column in section.columns]
    widths = [wide([cell.text for cell in column]) for column in columns]
    tables = "\n\n".join(
        _grid([columns[i] for i in block], [(widths[i], aligns[i]) for i in block], style)
        for block in _blocks(widths, limit)
    )
    title = textwrap.fill(clean(section.title), limit or max(1, len(section.title)))
    rule = "=" * wide(title.splitlines())
    notes = "\n".join(_wrapped(clean(note), limit or _NOTE_WIDTH) for note in section.notes)
    return f"{title}\n{rule}\n{tables}\n\n{notes}".rstrip()


def _head(column: Column) -> tuple[Cell, Cell]:
    """The two lines of a title; the upper one may be empty."""
    first, _, second = column.title.rpartition("\n")
    return Cell(clean(first), ""), Cell(clean(second), "")


def _grid(
    columns: Sequence[Sequence[Cell]], places: Sequence[tuple[int, str]], style: Style
) -> str:
    """Columns two blanks apart under titles of one or two lines and a rule."""
    upper, lower, *body = zip(*columns, strict=True)
    lines = [_line(row, places, style) for row in (upper, lower, *body)]
    rule = "  ".join("-" * size for size, _ in places)
    head = lines[:2] if any(cell.text for cell in upper) else lines[1:2]
    return "\n".join([*head, rule, *lines[2:]])


def _line(row: Sequence[Cell], places: Sequence[tuple[int, str]], style: Style) -> str:
    parts = [
        style(cell, _padded(cell.text, size, align))
        for cell, (size, align) in zip(row, places, strict=True)
    ]
    return "  ".join(parts).rstrip()


def _padded(text: str, size: int, align: str) -> str:
    blanks = " " * (size - width(text))
    return blanks + text if align == "right" else text + blanks


def _wrapped(note: str, limit: int) -> str:
    return textwrap.fill(
        note,
        min(limit, _NOTE_WIDTH),
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _blocks(widths: Sequence[int], limit: int | None) -> list[list[int]]:
    """Columns by number, broken into runs that fit; each run starts with the first column."""
    blocks = [[0]]
    used = widths[0]
    for i in range(1, len(widths)):
        if limit is not None and used + 2 + widths[i] > limit and len(blocks[-1]) > 1:
            blocks.append([0])
            used = widths[0]
        blocks[-1].append(i)
        used += 2 + widths[i]
    return blocks


# ---------------------------------------------------------------- csv and json


def _csv(sections: Sequence[Section]) -> str:
    return frame(sections).to_csv(index=False, lineterminator="\n")


def _json(sections: Sequence[Section]) -> str:
    body = [
        {
            "title": section.title,
            "key": dict(section.key),
            "notes": list(section.notes),
            "rows": [dict(row) for row in section.rows],
        }
        for section in sections
    ]
    return json.dumps({"sections": body}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


FORMATS: dict[str, Callable[[Sequence[Section]], str]] = {
    "markdown": markdown,
    "csv": _csv,
    "latex": latex,
    "html": html,
    "json": _json,
}
