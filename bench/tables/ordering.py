"""Rows in the order that `bench table --sort` asks for."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench.errors import unknown
from bench.tables.section import Row, Section

_SCORES = {"uar": "uar", "war": "war", "f1": "macro_f1", "auc": "auc"}
_LOWEST_FIRST = {"params": "params", "macs": "macs", "latency": "latency_p50_ms"}

KNOWN = ("system", *_SCORES, "recall:CLASS", *_LOWEST_FIRST)


def ordered(sections: Sequence[Section], by: str) -> list[Section]:
    """Scores from the highest, costs from the lowest, systems by name; incomplete rows last.

    Latency is that of the first machine of a section. Sections without the column, as those of
    reported numbers, stay as they are.

    Args:
        sections: in the order of printing, without marks.
        by: of `KNOWN`, in any case.

    Raises:
        BenchError: no section has such a column.
    """
    name = by.lower()
    fixed = {"system": "system", **_SCORES, **_LOWEST_FIRST}
    key = fixed.get(name, by if name.startswith("recall:") else None)
    measured = [s for s in sections if any("folds_of" in row for row in s.rows)]
    columns = {s.title: _column(s, key) for s in measured if key}
    if key is None or (measured and not any(columns.values())):
        shown = {column for s in measured for row in s.rows for column in row}
        there = [n for n, column in fixed.items() if any(_is(c, column) for c in shown)]
        recalls = [c for c in shown if c.startswith("recall:") and not c.endswith(_ENDS)]
        raise unknown("column to sort by", by, [*there, *recalls] if measured else KNOWN)
    return [
        _sorted(section, columns[section.title], name)
        if section in measured and columns[section.title]
        else section
        for section in sections
    ]


_ENDS = ("_seen", "_fold_mean", "_fold_sd")


def _column(section: Section, key: str) -> str:
    """The raw column of a section that is meant; "" where it has none."""
    return next((name for name in section.rows[0] if _is(name, key)), "")


def _is(column: str, key: str) -> bool:
    return column == key or column.startswith(f"{key}@")


def _sorted(section: Section, column: str, name: str) -> Section:
    low = name in _LOWEST_FIRST

    def place(row: Row) -> tuple[Any, ...]:
        value = row[column]
        incomplete = row["folds"] < row["folds_of"]
        if name == "system":
            return incomplete, str(value).casefold(), row["identity"]
        size = 0.0 if value is None else float(value) if low else -float(value)
        return incomplete, value is None, size, row["system"], row["identity"]

    return replace(section, rows=tuple(sorted(section.rows, key=place)))
