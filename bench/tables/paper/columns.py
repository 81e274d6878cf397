"""Columns of a measured number that stands beside a reported one."""

from collections.abc import Sequence

from bench.tables.notes import DAGGER
from bench.tables.section import NOTHING, Column, Row, Show, spread, words
from bench.tables.shown import between


def compared(rows: Sequence[Row], titles: tuple[str, str]) -> tuple[Column, ...]:
    """Reported, measured, what the two say of each other, and where the latter comes from.

    Args:
        rows: of the section; those with an `entry` are measured.
        titles: of the reported number, and of the column that says that none is measured.
    """
    if not any(row.get("entry") for row in rows):
        return (
            Column(titles[0], words("value")),
            Column(titles[1], lambda row: row.get("verdict", "not run")),
        )
    name = titles[0].removesuffix("\nreported")
    verdict = "Verdict" if name == titles[0] else "Accuracy\nverdict"  # where MACs have one too
    return (
        Column(f"{name}\nreported", words("value")),
        *numbers(f"{name}\nmeasured"),
        Column(verdict, words("verdict"), "left"),
        *origin("Folds\n(paper)"),
    )


def numbers(title: str) -> tuple[Column, ...]:
    """A number with its standard deviation, and its interval."""
    return Column(title, _number), Column("95 %\ninterval", _interval)


def origin(folds: str) -> tuple[Column, ...]:
    """By what a measured number was made.

    Args:
        folds: title of the folds done, of how many, and of how many in the paper where it has any.
    """
    kept = {
        "Selection": "selection",
        "Protocol": "folds_by",
        "Preset": "preset",
        "Weights": "weights",
        "Recipe": "recipe",
        "Entry": "entry",
    }
    return (
        Column(folds, _folds),
        Column("Seeds", optional("seeds")),
        *(Column(title, optional(key), "left") for title, key in kept.items()),
    )


def optional(key: str) -> Show:
    """What only measured rows have."""
    return lambda row: NOTHING if row.get(key) is None else str(row[key])


def _number(row: Row) -> str:
    if row.get("measured") is None:
        return NOTHING
    shown = spread("measured", "measured_sd")(row)
    return f"{shown} {DAGGER}" if row["selection"] == "test" else shown


def _interval(row: Row) -> str:
    if row.get("low") is None:
        return NOTHING
    return between("low", "high", sign=False)(row)


def _folds(row: Row) -> str:
    if row.get("folds") is None:
        return NOTHING
    paper = row.get("folds_paper")
    return f"{row['folds']}/{row['folds_of']}" + ("" if paper is None else f" ({paper})")
