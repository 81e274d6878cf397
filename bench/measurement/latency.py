"""Honest latency: networks warmed up until they are steady, then timed in turns, raw samples kept.

One job measures several networks on one device. They stay in memory side by side and take short
turns (A B C A B C ...), so that a machine that slows down slows all of them. Percentiles, and
everything else that follows from the samples, are derived when they are shown.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, TypeVar

import torch

from bench.errors import BenchError
from bench.measurement import entrant, gpu
from bench.measurement.backends import backends, fresh_compiler
from bench.measurement.entrant import Entrant, Rig
from bench.measurement.passes import Contender, check, failure, release, stopwatch
from bench.measurement.turns import Plan
from bench.records import GpuState, Setting, Timing

FULL = Plan(
    quick=False,
    samples=200,
    seconds=10,
    least=5,
    limit_s=300,
    window=10,
    window_s=0.5,
    warmup_s=60,
    throughput_s=30,
)
"""What is published: 200 samples and 10 s of each network, or 300 s of it."""

FAST = Plan(
    quick=True,
    samples=20,
    seconds=1,
    least=5,
    limit_s=15,
    window=2,
    window_s=0.2,
    warmup_s=5,
    throughput_s=5,
)
"""A first look: 20 samples and 1 s of each network, or 15 s of it."""

T = TypeVar("T")


def _silent(line: str) -> None:
    del line


def measure(
    contenders: Sequence[Contender],
    setting: Setting,
    device: str,
    plan: Plan,
    *,
    throughput: bool = False,
    tell: Callable[[str], None] = _silent,
) -> list[Timing | BenchError]:
    """Time networks in one job on one device.

    Memory and, where its driver counts it, energy are measured on every GPU.

    Args:
        contenders: the networks.
        setting: what all of them run in.
        device: a torch device of the kind that the setting names.
        plan: how much is measured.
        throughput: look for the batch size with the most videos a second as well.
        tell: takes one line for a person when a network is warm, and when it has its samples.

    Returns:
        one answer a contender, in their order: its times, or why there are none. What ends one
        network, as memory that ran out, leaves the others in the job.

    Raises:
        BenchError: the setting cannot be had on this device.
    """
    check(setting)
    where = torch.device(device)
    with backends(setting), fresh_compiler(setting), _current(where):
        rig = Rig(setting, where, plan, stopwatch(where), gpu.find(device))
        return run(contenders, rig, throughput=throughput, tell=tell)


def run(
    contenders: Sequence[Contender],
    rig: Rig,
    *,
    throughput: bool = False,
    tell: Callable[[str], None] = _silent,
) -> list[Timing | BenchError]:
    """A job on a rig that is set up; see `measure`."""
    before = _states(rig, "before")
    job = _Job(rig, tell)
    for contender in contenders:
        job.enter(contender)
    job.take_turns()
    after = _states(rig, "after")
    job.add("energy", entrant.measure_energy)
    if throughput:
        job.add("throughput", entrant.search_throughput)
    return job.answers((*before, *after))


class _Job:
    """Networks side by side; one that fails leaves its place to the reason."""

    def __init__(self, rig: Rig, tell: Callable[[str], None]) -> None:
        self._rig, self._tell = rig, tell
        self._places: list[Entrant | BenchError] = []

    def enter(self, contender: Contender) -> None:
        self._release()
        place = self._tried(contender, partial(entrant.enter, contender, self._rig))
        self._places.append(place)
        if isinstance(place, Entrant):
            state = "steady" if place.warm.steady else "not steady"
            self._tell(f"{contender.name}: {state} after {place.warm.passes} warm-up passes")
        else:
            self._tell(f"{contender.name}: left out")

    def take_turns(self) -> None:
        """Round by round until every network has enough."""
        while any(not place.series.enough(self._rig.plan) for place in self._entrants()):
            for position in range(len(self._places)):
                self._turn(position)

    def add(self, what: str, act: Callable[[Entrant, Rig], None]) -> None:
        """Let every network take one more measure; where it fails, the samples stay."""
        for place in self._entrants():
            error = self._tried(place.contender, partial(act, place, self._rig))
            if error:
                self._tell(f"{place.contender.name}: its times are kept, without {what}: {error}")
            self._release()

    def answers(self, edges: tuple[GpuState, ...]) -> list[Timing | BenchError]:
        names = [place.contender.name for place in self._entrants()]
        return [
            entrant.timing(place, self._rig, _without(names, place.contender.name), edges)
            if isinstance(place, Entrant)
            else place
            for place in self._places
        ]

    def _entrants(self) -> list[Entrant]:
        return [place for place in self._places if isinstance(place, Entrant)]

    def _turn(self, position: int) -> None:
        place, plan = self._places[position], self._rig.plan
        if isinstance(place, BenchError) or place.series.enough(plan):
            return
        error = self._tried(place.contender, partial(entrant.turn, place, self._rig))
        if error:
            self._tell(f"{place.contender.name}: left out")
            self._places[position] = error
            del place  # what it holds can be given back
            self._release()
        elif place.series.enough(plan):
            self._tell(_told(place, plan))

    def _tried(self, contender: Contender, act: Callable[[], T]) -> T | BenchError:
        try:
            with backends(self._rig.setting):
                return act()
        except Exception as error:  # a foreign network may raise anything
            return failure(error, contender, self._rig.setting)

    def _release(self) -> None:
        try:
            release(self._rig.device)
        except Exception as error:  # a GPU that is lost says so at every turn
            self._tell(f"memory was not given back: {error}")


def _told(place: Entrant, plan: Plan) -> str:
    taken, rounds = len(place.series.wall_ms), len(place.series.rounds)
    short = f", stopped at {plan.limit_s:g} s" if taken < plan.samples else ""
    return f"{place.contender.name}: {taken} samples in {rounds} turns{short}"


def _states(rig: Rig, moment: Any) -> tuple[GpuState, ...]:
    return (rig.gpu.state(moment),) if rig.gpu else ()


def _current(device: torch.device) -> AbstractContextManager[Any]:
    return torch.cuda.device(device) if device.type == "cuda" else nullcontext()


def _without(names: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(other for other in names if other != name)
