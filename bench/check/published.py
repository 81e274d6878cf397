"""What the CEFLNet paper prints of params and MACs, against our counts, to the printed digit."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import verdicts
from bench.records import ModelEntry
from bench.tables.reported import PAPER, Quotes

if TYPE_CHECKING:
    from bench.measurement.complexity import Count

TABLES = ("Table 8", "Table 9")

COLUMNS = {"params_m": ("params M", "params", 1e6), "macs_g": ("MACs G", "macs_ptflops", 1e9)}
"""Column of `reported.csv` -> what it is called, the number we count, the unit it is printed in."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed number, and ours."""

    table: str
    system: str
    frames: int | None
    """Of a clip, where the table varies them."""
    number: str
    printed: str
    """Digits as printed."""
    measured: float | None
    """In the printed unit; MACs in the convention of the paper."""

    @property
    def verdict(self) -> str:
        """`equal`, or by how much they differ."""
        return verdicts.verdict(self.measured, self.printed)


def published(
    entries: Iterable[ModelEntry],
    quotes: Quotes,
    count: "Callable[[ModelEntry, int | None], Count | None]",
) -> Iterator[Printed]:
    """Every printed cost of the systems whose layout an entry claims to be.

    Args:
        entries: those with `reported_cost`.
        quotes: rows of `reported.csv`.
        count: the count of an entry with that many frames a clip; None: it has none.
    """
    claims = [(name, entry) for entry in entries for name in entry.reported_cost]
    for row in quotes:
        if row["source"] != PAPER or row["table"] not in TABLES:
            continue
        for system, entry in claims:
            if system == row["system"]:
                frames = int(row["frames_per_clip"]) if row["frames_per_clip"] else None
                yield from _compared(row, frames, count(entry, frames))


def _compared(
    row: Mapping[str, str], frames: int | None, count: "Count | None"
) -> Iterator[Printed]:
    for column, (title, field, unit) in COLUMNS.items():
        if row[column]:
            number = getattr(count.complexity, field) if count else None
            measured = None if number is None else number / unit
            yield Printed(row["table"], row["system"], frames, title, row[column], measured)
