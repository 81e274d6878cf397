"""Whether a number is the one that a paper prints, as far as its digits go."""

from decimal import Decimal


def equals_printed(measured: float, printed: str) -> bool:
    """Whether a number lies within half a unit of the last printed digit.

    Args:
        measured: in the unit of the printed number.
        printed: digits as printed, as in "63.80", which says more than "63.8".
    """
    return abs(_off(measured, printed)) <= _unit(printed) / 2


def verdict(measured: float | None, printed: str) -> str:
    """What a measured number says of a printed one.

    Args:
        measured: in the unit of the printed number; None where nobody counted.
        printed: digits as printed.

    Returns:
        "equal", "not counted", or measured minus printed in the printed digits and as a share of
        the printed number, as in "-0.28 (-0.4 %)".
    """
    if measured is None:
        return "not counted"
    if equals_printed(measured, printed):
        return "equal"
    off = _off(measured, printed)
    shown = f"{off.quantize(_unit(printed)):+}"
    return f"{shown} ({_share(100 * off / Decimal(printed))})" if Decimal(printed) else shown


def of_interval(interval: tuple[float, float] | None, printed: str) -> str:
    """What the interval of a measured number says of a printed one.

    Args:
        interval: from where to where the measured number may well lie, in the unit of the printed
            one; None where nothing is known of it.
        printed: digits as printed; the number may lie half a unit of the last one to either side.

    Returns:
        "within", the printed number lies in the interval; "above" or "below", the measured number
        lies above or below it; "no interval".
    """
    if interval is None:
        return "no interval"
    half = _unit(printed) / 2
    low, high = (_off(end, printed) for end in interval)
    if low > half:
        return "above"
    return "below" if high < -half else "within"


def _off(measured: float, printed: str) -> Decimal:
    # str gives the shortest digits that make the float, so that 0.125 is half of 0.25, not nearly
    return Decimal(str(measured)) - Decimal(printed)


def _unit(printed: str) -> Decimal:
    """One in the last printed digit."""
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int), printed
    return Decimal(1).scaleb(exponent)


def _share(percent: Decimal) -> str:
    return f"{percent:+.1f} %" if abs(percent) >= Decimal("0.05") else "<0.1 %"
