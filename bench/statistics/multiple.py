"""Many tests in one table."""

from collections.abc import Sequence


def holm(ps: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p of each test, in their order; a test that could not be done stays None.

    Below a level stand the tests that may be believed together: the chance of one false alarm
    among all of them is at most that level, however they hang together.

    Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
        Statistics 6, 1979.
    """
    done = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    found: list[float | None] = [None] * len(ps)
    highest = 0.0
    for rank, (p, place) in enumerate(done):
        highest = max(highest, min(1.0, p * (len(done) - rank)))
        found[place] = highest
    return found
