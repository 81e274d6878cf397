"""Columns that several pages of a report use."""

from bench.tables import Column
from bench.tables.section import NOTHING, Show, words

_DIGITS = 12
"""So much of a hash is shown, as everywhere in `bench`; files to download hold it whole."""


def texts(*titles: tuple[str, str]) -> tuple[Column, ...]:
    """Columns of words, of pairs (key of a row, title)."""
    return tuple(Column(title, words(key), "left") for key, title in titles)


def hashes(*titles: tuple[str, str]) -> tuple[Column, ...]:
    """Columns of long hashes, of pairs (key of a row, title)."""
    return tuple(Column(title, _short(key), "left") for key, title in titles)


def _short(key: str) -> Show:
    return lambda row: str(row[key])[:_DIGITS] if row[key] else NOTHING
