"""Why times are not to be trusted: read from the raw samples, in words."""

from collections.abc import Sequence
from statistics import median

from bench.measurement.gpu import CHOSEN
from bench.records import Timing

DRIFT = 0.05
"""Largest difference of the medians of the first and the last third of the samples."""
FOREIGN = 0.10
"""Largest share of the cores that others may take meanwhile."""


def reasons(timing: Timing) -> tuple[str, ...]:
    """The reasons in one network's own record; none when it was stable."""
    found = (
        "" if timing.steady else f"not steady after {timing.warmup} warm-up passes",
        _drift(timing.wall_ms),
        _foreign(timing.foreign_load),
        _throttle(timing),
    )
    return tuple(reason for reason in found if reason)


def _drift(wall_ms: Sequence[float]) -> str:
    third = len(wall_ms) // 3
    if third == 0:
        return ""
    first, last = median(wall_ms[:third]), median(wall_ms[-third:])
    if abs(last - first) <= DRIFT * first:
        return ""
    return f"the median drifted from {first:.4g} to {last:.4g} ms"


def _foreign(share: float | None) -> str:
    if share is None or share <= FOREIGN:
        return ""
    return f"others took {share:.0%} of the cores"


def _throttle(timing: Timing) -> str:
    during = {
        reason
        for state in timing.gpu
        if state.moment == "during"
        for reason in state.throttle or ()
    }
    held = sorted(during - {CHOSEN})
    return f"the GPU was held down: {', '.join(held)}" if held else ""
