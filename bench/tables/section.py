"""One table before it is printed: raw numbers, and columns that say how to show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

Row: TypeAlias = Mapping[str, Any]
Show: TypeAlias = Callable[[Row], str]

NOTHING = "–"
"""Shown where there is no number."""

UNSTABLE = "≈"
"""Before a time that the machine disturbed."""


@dataclass(frozen=True, slots=True)
class Column:
    """One printed column; it may draw on several raw numbers of a row."""

    title: str
    """Text output breaks it at a line break; the other formats print a blank there."""
    show: Show
    """The cell of a row, rounded."""
    align: Literal["left", "right"] = "right"
    accuracy: bool = False
    """A score of test videos, which choosing the epoch on them makes optimistic."""


@dataclass(frozen=True, slots=True)
class Section:
    """Results that may stand in one column: same dataset, protocol, preset, selection rule."""

    title: str
    key: Mapping[str, str]
    """What all rows have in common; columns of their own in csv and json."""
    columns: tuple[Column, ...]
    """The first one names the row."""
    rows: tuple[Row, ...]
    """Raw units: fractions, counts, milliseconds; None where there is no number."""
    notes: tuple[str, ...]
    optimistic: bool = False
    """The epoch was chosen on the test videos: every score carries a dagger."""
    best: Mapping[str, int] = field(default_factory=dict[str, int])
    """Title of a column -> number of the row whose cell is the best, where a test supports it."""
    second: Mapping[str, int] = field(default_factory=dict[str, int])
    """Title of a column -> number of the row whose cell comes next."""


def frame(sections: Sequence[Section]) -> "pd.DataFrame":
    """All rows of all sections in raw units; what a section has in common comes first."""
    import pandas as pd  # 0.2 s that a printed table does not need

    rows = [{"section": s.title, **s.key, **row} for s in sections for row in s.rows]
    return pd.DataFrame(rows, dtype=object)


def words(key: str) -> Show:
    """Text as it is."""
    return lambda row: str(row[key]) if row[key] not in (None, "") else NOTHING


def percent(key: str) -> Show:
    """A fraction as a percentage with two decimals."""
    return lambda row: _number(row[key], 100.0, 2)


def spread(mean: str, sd: str) -> Show:
    """Two fractions in percent as `mean ± standard deviation`; the mean alone without it."""

    def show(row: Row) -> str:
        ends = "" if row[sd] is None else f" ± {_number(row[sd], 100.0, 2)}"
        return _number(row[mean], 100.0, 2) + ends

    return show


def share(part: str, whole: str, *, mark: str = "") -> Show:
    """Two counts as `part/whole`, marked when they differ."""
    return lambda row: f"{row[part]}/{row[whole]}{mark if row[part] != row[whole] else ''}"


def scaled(key: str, unit: float, letter: str) -> Show:
    """A count in one unit for the whole column, so that rows compare: 12.83 M, 63.52 G."""

    def show(row: Row) -> str:
        value = row[key]
        if value is None:
            return NOTHING
        if 0 < value < 0.005 * unit:
            return f"<0.01 {letter}"
        return f"{value / unit:.2f} {letter}"

    return show


_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def fitted(key: str, rows: Sequence[Row], letter: str) -> Show:
    """A count in the unit of that letter, or the smaller one that the largest of the rows needs."""
    largest = max((row[key] or 0 for row in rows), default=0)
    units = _UNITS[[name for _, name in _UNITS].index(letter) :]
    for unit, name in units:
        if largest >= 0.1 * unit:
            return scaled(key, unit, name)
    return scaled(key, *units[0]) if not largest else words(key)


def decimals(key: str, digits: int) -> Show:
    """A number with fixed decimals."""
    return lambda row: _number(row[key], 1.0, digits)


def median(key: str, unstable: str) -> Show:
    """A time in ms, marked when the machine was unstable."""
    shown = milliseconds(key)
    return lambda row: f"{UNSTABLE if row[unstable] else ''}{shown(row)}"


def milliseconds(key: str) -> Show:
    """A time in ms with two decimals; a short one with three digits that count."""

    def show(row: Row) -> str:
        value = row[key]
        return f"{value:.3g}" if value and value < 1 else _number(value, 1.0, 2)

    return show


def _number(value: float | None, scale: float, digits: int) -> str:
    return NOTHING if value is None else f"{scale * value:.{digits}f}"
