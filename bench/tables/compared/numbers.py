"""A comparison of two systems as cells of a row, and the columns that show them."""

from collections.abc import Sequence
from typing import Any

from bench.statistics import Comparison
from bench.tables.section import words


def numbers(done: Comparison) -> dict[str, Any]:
    """A comparison as raw cells of a row."""
    return {
        "score_first": done.first,
        "score_second": done.second,
        "difference": done.difference,
        "low": done.interval.low if done.interval else None,
        "high": done.interval.high if done.interval else None,
        "basis": done.basis,
        "t": done.test.t if done.test else None,
        "p": done.p,
        "effect": done.effect,
    }


def words_or_zero(key: str) -> Any:
    """A count; nothing where nobody counted."""
    plain = words(key)
    return lambda row: "0" if row[key] == 0 else plain(row)


def p_title(rows: Sequence[dict[str, Any]]) -> str:
    """What was trained again, so that p can be had."""
    bases = {row["basis"] for row in rows}
    return "p over\nseeds" if "seeds" in bases and "folds" not in bases else "p over\nfolds"


def covered(level: float) -> str:
    """What an interval of that level covers, as in `95 %`."""
    return f"{100 * (1 - level):g} %"
