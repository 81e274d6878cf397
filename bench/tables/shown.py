"""How differences, intervals and probabilities are printed."""

from bench.tables.section import NOTHING, Row, Show


def points(key: str) -> Show:
    """A difference of fractions in percentage points, with its sign."""
    return lambda row: NOTHING if row[key] is None else f"{_percent(row[key]):+.2f}"


def between(low: str, high: str, *, sign: bool = True) -> Show:
    """An interval of fractions, in percent."""
    form = "+.2f" if sign else ".2f"

    def show(row: Row) -> str:
        if row[low] is None:
            return NOTHING
        return f"[{_percent(row[low]):{form}}, {_percent(row[high]):{form}}]"

    return show


def probability(key: str) -> Show:
    """A p with three decimals."""
    return lambda row: NOTHING if row[key] is None else small(row[key])


def small(p: float) -> str:
    """A p with three decimals; of one that would print as 0, a bound."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def decided(key: str) -> Show:
    """Yes or no; nothing where the row decides nothing."""
    return lambda row: NOTHING if row[key] is None else "yes" if row[key] else "no"


def _percent(value: float) -> float:
    """In percent, rounded as it is printed, so that nothing prints as -0.00."""
    return round(100 * value, 2) + 0.0
