"""How much of the cores others took while something was measured."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/stat")
_IDLE = slice(3, 5)
_TICKS = slice(0, 8)
"""user, nice, system, idle, iowait, irq, softirq, steal; the guests after them are in user."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Seconds of all cores together, counted since some moment in the past."""

    all: float
    idle: float
    own: float
    """Of this process, all threads."""

    def __sub__(self, earlier: "Cores") -> "Cores":
        return Cores(self.all - earlier.all, self.idle - earlier.idle, self.own - earlier.own)


def cores() -> Cores | None:
    """The counters now; None where the system shows none."""
    own = time.process_time()
    try:
        text = _STAT.read_text(encoding="ascii")
    except OSError:
        return None
    return parse(text, os.sysconf("SC_CLK_TCK"), own)


def parse(text: str, hertz: int, own: float) -> Cores:
    """The counters in the first line of /proc/stat.

    Args:
        text: of the file.
        hertz: ticks a second.
        own: seconds that this process took of the cores.
    """
    ticks = [int(number) for number in text.split("\n", 1)[0].split()[1:]][_TICKS]
    return Cores(sum(ticks) / hertz, sum(ticks[_IDLE]) / hertz, own)


def foreign(spans: Iterable[Cores]) -> float | None:
    """Share of all cores' time that neither idled nor was this process's, in [0, 1].

    Time stolen by other guests of the machine is foreign too.

    Args:
        spans: differences of counters, one a stretch of time.

    Returns:
        the share over all stretches together; None where no time went by.
    """
    spans = list(spans)
    total = sum(span.all for span in spans)
    if total <= 0:
        return None
    taken = sum(span.all - span.idle - span.own for span in spans)
    # ticks are coarser than the process's own clock, so that little may come out below nothing
    return min(max(taken / total, 0.0), 1.0)
