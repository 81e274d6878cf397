"""The time of a step: how it is read, when it is steady, and how several steps take turns."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

Step = Callable[[], object]

AGREE = 0.01
"""Warm-up ends when the medians of two windows in a row differ by at most this share."""
SHORT = 5
"""A network that makes this many passes in a turn opens each turn with an untimed one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured of each network."""

    quick: bool
    """Few samples: an indication, not a measurement to publish."""
    samples: int
    """Fewest samples, within the limit."""
    seconds: float
    """Fewest seconds of samples, within the limit."""
    least: int
    """Fewest samples, whatever the limit."""
    limit_s: float
    """Seconds of samples after which `least` is enough."""
    window: int
    """Fewest passes of a window of the warm-up."""
    window_s: float
    """Fewest seconds of a window of the warm-up."""
    warmup_s: float
    """Seconds after which the warm-up ends, steady or not."""
    throughput_s: float
    """Seconds after which no larger batch is begun, in the search for the best one."""
    turn_s: float = 0.25
    """A turn ends with the pass that reaches this."""
    most: int = 100_000
    """Passes after which a window or the samples end: what a clock that stands still needs."""


class Lap(NamedTuple):
    """The time of one pass."""

    wall_ms: float
    device_ms: float | None
    """Between two events of the device; None on the CPU."""


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Reads the time of a pass."""

    clock: Callable[[], float] = time.perf_counter
    """Gives seconds."""
    synchronize: Callable[[], object] = _nothing
    """Waits until the device has finished."""
    event: Callable[[], Any] | None = None
    """Makes an event that the device can record, as `torch.cuda.Event(enable_timing=True)`."""

    def lap(self, step: Step) -> Lap:
        """Make one step and wait for it; what was begun before must be finished."""
        if self.event is None:
            return Lap(self._wall_ms(step), None)
        first, last = self.event(), self.event()

        def between() -> None:
            first.record()
            step()
            last.record()

        return Lap(self._wall_ms(between), first.elapsed_time(last))

    def _wall_ms(self, step: Step) -> float:
        began = self.clock()
        step()
        self.synchronize()
        return (self.clock() - began) * 1000


@dataclass(slots=True)
class Series:
    """The samples of one network as they come in."""

    wall_ms: list[float] = field(default_factory=list[float])
    device_ms: list[float] = field(default_factory=list[float])
    rounds: list[int] = field(default_factory=list[int])
    seconds: float = 0.0
    """Sum of the samples."""
    opened: bool = False
    """Each turn opens with an untimed pass: of short passes the first one in a turn finds the
    caches full of other networks' weights, and would alone decide the highest percentiles."""

    def add(self, lap: Lap) -> None:
        """One more sample."""
        self.wall_ms.append(lap.wall_ms)
        if lap.device_ms is not None:
            self.device_ms.append(lap.device_ms)
        self.seconds += lap.wall_ms / 1000

    def enough(self, plan: Plan) -> bool:
        """Whether the plan asks for no further sample."""
        taken = len(self.wall_ms)
        if self.seconds >= plan.limit_s or taken >= plan.most:
            return taken >= plan.least
        return taken >= plan.samples and self.seconds >= plan.seconds

    def closed(self, plan: Plan) -> bool:
        """Whether these are a whole window of the warm-up."""
        taken = len(self.wall_ms)
        full = taken >= plan.window and self.seconds >= plan.window_s
        return full or taken >= plan.most


@dataclass(frozen=True, slots=True)
class WarmUp:
    """What went before the first sample."""

    passes: int
    steady: bool
    median_ms: float
    """Of the last whole window; of all passes where there was none."""


def warm_up(step: Step, plan: Plan, watch: Stopwatch) -> WarmUp:
    """Step until two windows in a row agree, or the plan's time for it is over.

    A window is closed by the pass with which it has the plan's passes and seconds; no pass is
    begun after `warmup_s`, and one is made whatever that is.
    """
    passes, spent, medians = 0, 0.0, []
    window = Series()
    while not agree(medians) and (not passes or spent < plan.warmup_s):
        lap = watch.lap(step)
        window.add(lap)
        passes += 1
        spent += lap.wall_ms / 1000
        if window.closed(plan):
            medians.append(median(window.wall_ms))
            window = Series()
    return WarmUp(passes, agree(medians), medians[-1] if medians else median(window.wall_ms))


def agree(medians: Sequence[float]) -> bool:
    """Whether the last two medians differ by at most 1 % of the earlier one."""
    if len(medians) < 2:
        return False
    earlier, later = medians[-2:]
    return abs(later - earlier) <= AGREE * earlier


def take_turn(step: Step, series: Series, plan: Plan, watch: Stopwatch) -> None:
    """Sample for the time of one turn, or until there is enough; one pass at least."""
    if series.opened:
        watch.lap(step)
    end = series.seconds + plan.turn_s
    before = len(series.wall_ms)
    while True:
        series.add(watch.lap(step))
        if series.seconds >= end or series.enough(plan):
            break
    series.rounds.append(len(series.wall_ms) - before)


def opens(warm: WarmUp, plan: Plan) -> bool:
    """Whether a network that was warmed up so opens its turns with an untimed pass."""
    return warm.median_ms * SHORT <= plan.turn_s * 1000
