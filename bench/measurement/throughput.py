"""The batch size with the most videos a second: doubled until memory, gain or time ends."""

from collections.abc import Callable
from statistics import median

from bench.records import Throughput

GAIN = 0.05
"""The search ends with the batch that gives less than this share more videos a second."""
LARGEST = 4096
"""Videos of the largest batch that is tried."""

Times = Callable[[int], tuple[float, ...] | None]


def search(times: Times, limit_s: float, clock: Callable[[], float]) -> tuple[Throughput, ...]:
    """Try batches of 1, 2, 4, ... videos.

    Args:
        times: batch -> wall time of each pass in ms; empty: out of memory; None: the network
            refuses a batch of that size.
        limit_s: seconds after which no larger batch is begun.
        clock: gives seconds.

    Returns:
        what was tried, by batch size; the last one is where memory or gain ended, where they did.
    """
    began, batch = clock(), 1
    found: list[Throughput] = []
    while batch <= LARGEST:
        wall_ms = times(batch)
        if wall_ms is None:
            break
        found.append(Throughput(batch, wall_ms))
        if _ended(found) or clock() - began >= limit_s:
            break
        batch *= 2
    return tuple(found)


def _ended(found: list[Throughput]) -> bool:
    if not found[-1].wall_ms:
        return True
    if len(found) == 1:
        return False
    before, now = (median(one.wall_ms) / one.batch for one in found[-2:])
    # in milliseconds a video, and without a quotient: a clock may stand still
    return now * (1 + GAIN) > before
