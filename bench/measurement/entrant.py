"""One network's way through a job: built and warmed up, its turns, its energy, its best batch."""

from dataclasses import dataclass, field, replace
from functools import partial

import torch

from bench.measurement import stability
from bench.measurement.gpu import Gpu
from bench.measurement.load import Cores, cores, foreign
from bench.measurement.passes import Contender, Ready, make_ready, out_of_memory
from bench.measurement.throughput import search
from bench.measurement.turns import (
    Plan,
    Series,
    Step,
    Stopwatch,
    WarmUp,
    opens,
    take_turn,
    warm_up,
)
from bench.records import Energy, GpuState, Setting, Throughput, Timing

COMPILED_PASSES = 3
"""Passes before the warm-up of a compiled network: the first compiles, the second may record what
only the third one uses."""
BATCH_WARMUP = 2
"""Untimed passes of each batch size in the search for the best one."""
ENERGY_S = 2.0
"""Seconds of passes between two readings of the energy counter, which moves in steps of 0.1 s."""
READINGS = 50
"""Most readings of the GPU that are kept of a network's turns, evenly spread."""


@dataclass(frozen=True, slots=True)
class Rig:
    """What all networks of one job are measured with."""

    setting: Setting
    device: torch.device
    plan: Plan
    watch: Stopwatch
    gpu: Gpu | None = None


@dataclass(slots=True)
class Entrant:
    """A network in its job, and what is known of it so far."""

    contender: Contender
    ready: Ready
    step: Step
    warm: WarmUp
    compile_s: float | None = None
    memory_bytes: int | None = None
    series: Series = field(default_factory=Series)
    spans: list[Cores] = field(default_factory=list[Cores])
    """What each turn took of the cores."""
    states: list[GpuState] = field(default_factory=list[GpuState])
    """The GPU at the end of each turn."""
    energy: Energy | None = None
    throughput: tuple[Throughput, ...] = ()


def enter(contender: Contender, rig: Rig) -> Entrant:
    """Build a network and warm it up."""
    others = _allocated(rig.device)
    ready = make_ready(contender.build, rig.setting, rig.device)
    step = partial(ready.answer, ready.noise(contender.input, rig.setting.batch))
    opening: list[float] = []
    if rig.setting.compiled:
        opening = [rig.watch.lap(step).wall_ms for _ in range(COMPILED_PASSES)]
    warm = warm_up(step, rig.plan, rig.watch)
    entrant = Entrant(contender, ready, step, warm)
    entrant.series.opened = opens(warm, rig.plan)
    entrant.compile_s = opening[0] / 1000 if opening else None
    entrant.memory_bytes = _peak(step, others, rig)
    untimed = len(opening) + (entrant.memory_bytes is not None)
    entrant.warm = replace(warm, passes=warm.passes + untimed)
    return entrant


def turn(entrant: Entrant, rig: Rig) -> None:
    """Sample a network for one turn."""
    before = cores()
    take_turn(entrant.step, entrant.series, rig.plan, rig.watch)
    after = cores()
    if before and after:
        entrant.spans.append(after - before)
    if rig.gpu:
        entrant.states.append(rig.gpu.state("during"))


def measure_energy(entrant: Entrant, rig: Rig) -> None:
    """Repeat passes between two readings of the counter of the whole GPU, where it has one."""
    first = rig.gpu.millijoules() if rig.gpu else None
    if rig.gpu is None or first is None:
        return
    series, began, seconds = Series(), rig.watch.clock(), 0.0
    while seconds < ENERGY_S and len(series.wall_ms) < rig.plan.most:
        series.add(rig.watch.lap(entrant.step))
        seconds = rig.watch.clock() - began
    last = rig.gpu.millijoules()
    if last is not None:
        entrant.energy = Energy(last - first, len(series.wall_ms), seconds)


def search_throughput(entrant: Entrant, rig: Rig) -> None:
    """Find the batch size with the most videos a second."""
    times = partial(batch_times, entrant, rig)
    entrant.throughput = search(times, rig.plan.throughput_s, rig.watch.clock)


def batch_times(entrant: Entrant, rig: Rig, batch: int) -> tuple[float, ...] | None:
    """Wall times of some passes of one batch size in ms.

    Returns:
        the times; none when memory ran out; None when the network refuses so many videos.
    """
    brief = replace(rig.plan, samples=5, seconds=rig.plan.turn_s, least=3, limit_s=5.0)
    if rig.setting.compiled:
        # each batch size is compiled afresh, and counts against the limit of the job
        torch.compiler.reset()
    try:
        step = partial(entrant.ready.answer, entrant.ready.noise(entrant.contender.input, batch))
        for _ in range(BATCH_WARMUP):
            rig.watch.lap(step)
        series = Series()
        while not series.enough(brief):
            take_turn(step, series, brief, rig.watch)
    except Exception as error:  # a foreign network may raise anything
        return () if out_of_memory(error) else None
    return tuple(series.wall_ms)


def timing(
    entrant: Entrant, rig: Rig, beside: tuple[str, ...], edges: tuple[GpuState, ...]
) -> Timing:
    """The record of a network.

    Args:
        entrant: the network.
        rig: what it was measured with.
        beside: names of the others that took turns with it.
        edges: readings of the GPU before and after the job; none where there is no GPU.
    """
    series = entrant.series
    found = Timing(
        setting=rig.setting,
        quick=rig.plan.quick,
        warmup=entrant.warm.passes,
        steady=entrant.warm.steady,
        wall_ms=tuple(series.wall_ms),
        device_ms=tuple(series.device_ms),
        rounds=tuple(series.rounds),
        beside=beside,
        compile_s=entrant.compile_s,
        memory_bytes=entrant.memory_bytes,
        foreign_load=foreign(entrant.spans),
        gpu=(*edges[:1], *thinned(entrant.states), *edges[1:]),
        energy=entrant.energy,
        throughput=entrant.throughput,
    )
    return replace(found, unstable=stability.reasons(found))


def thinned(states: list[GpuState], most: int = READINGS) -> list[GpuState]:
    """At most so many readings, evenly spread from the first on."""
    kept = min(len(states), most)
    return [states[place * len(states) // kept] for place in range(kept)]


def _allocated(device: torch.device) -> int:
    return torch.cuda.memory_allocated(device) if device.type == "cuda" else 0


def _peak(step: Step, others: int, rig: Rig) -> int | None:
    """Most bytes that tensors take during one pass: weights, buffers, video and activations.

    What stays allocated for the other networks of the job, `others`, is taken off. The search of
    cuDNN for algorithms is over by now and does not count; nor does memory that torch only keeps.
    """
    if rig.device.type != "cuda":
        return None
    torch.cuda.reset_peak_memory_stats(rig.device)
    rig.watch.lap(step)
    return torch.cuda.max_memory_allocated(rig.device) - others
