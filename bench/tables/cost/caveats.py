"""What a reader must know under a table of times."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bench.records import GpuState
from bench.tables.cost.baseline import Base
from bench.tables.cost.counts import about_frames, of_several_views
from bench.tables.cost.timings import Cell, Place, Run
from bench.tables.section import UNSTABLE, Row


def about(place: Place, cells: Sequence[Cell], rows: Sequence[Row], base: Base | None) -> list[str]:
    """Notes in the order of need: what the times are, what disturbed them, then the machine."""
    newest = [cell[-1] for cell in cells]
    named = [(row["system"], run) for row, run in zip(rows, newest, strict=True)]
    return [
        *_kind(place),
        _times(place, newest),
        *_unstable(named),
        *_repeated(rows, cells),
        *_columns(rows),
        *_against(rows, base),
        *_load(newest),
        *_gpu(place, newest),
        *_throttled(place, named),
        *(about_frames(rows) if of_several_views(rows) else []),
    ]


def _kind(place: Place) -> list[str]:
    said = []
    if place.setting.device == "cpu":
        said.append("CPU: An absolute time on a shared CPU is no figure to publish.")
    if place.quick:
        said.append("QUICK: few samples, an indication and not a measurement to publish.")
    return said


def _times(place: Place, newest: Sequence[Run]) -> str:
    together = max(1 + len(set(run.timing.beside) - {run.record.model.name}) for run in newest)
    turns = f"; up to {together} models took turns in one job" if together > 1 else ""
    return (
        f"p50, p95: wall time of one forward pass, batch {place.setting.batch}, until the device "
        f"has finished{turns}. Spread: interquartile range in % of p50. 95 % CI: of the median, "
        f"from order statistics, as if passes were independent."
    )


def _unstable(named: Sequence[tuple[str, Run]]) -> list[str]:
    return [
        f"{UNSTABLE} unstable, {name}: {'; '.join(run.timing.unstable)}."
        for name, run in named
        if run.timing.unstable
    ]


def _repeated(rows: Sequence[Row], cells: Sequence[Cell]) -> list[str]:
    said = [
        f"{row['system']} {len(cell)} ({_apart(cell)})"
        for row, cell in zip(rows, cells, strict=True)
        if len(cell) > 1
    ]
    if not said:
        return []
    return [f"Runs stored, of which the newest is shown (p50s differ by): {', '.join(said)}."]


def _apart(cell: Cell) -> str:
    medians = [run.wall.p50 for run in cell]
    return f"{100 * (max(medians) / min(medians) - 1):.1f} %"


def _columns(rows: Sequence[Row]) -> list[str]:
    texts = {
        "device_p50_ms": "Device p50: the same passes by CUDA events.",
        "videos_per_s": "Videos/s: at the batch size with the most, found by doubling it.",
        "memory_bytes": "Memory: peak of the GPU for weights and one pass.",
        "joules_per_video": "Energy: difference of the GPU's own counter, idle power included.",
        "compile_s": "Compile: seconds until the compiled network had answered once.",
    }
    said = [text for key, text in texts.items() if any(row[key] is not None for row in rows)]
    full = [
        f"{row['system']} at batch {row['out_of_memory_batch']}"
        for row in rows
        if row["out_of_memory_batch"] is not None
    ]
    return said + ([f"Out of memory: {', '.join(full)}."] if full else [])


def _against(rows: Sequence[Row], base: Base | None) -> list[str]:
    if base is None:
        return []
    pairs = max((row["vs_base_pairs"] or 0 for row in rows), default=0)
    noise = " (from the lowest to the highest ratio of k-th run to k-th run)" if pairs > 1 else ""
    versions = sorted({run.place.torch for cell in base.values() for run in cell})
    return [
        f"vs base: median of all samples over that of the base, same network, setting and "
        f"machine{noise}; above 1 is slower. Base: torch {', '.join(versions)}."
    ]


def _load(newest: Sequence[Run]) -> list[str]:
    loads = [run.timing.foreign_load for run in newest if run.timing.foreign_load is not None]
    if not loads:
        return []
    return [f"Other work on the machine took up to {100 * max(loads):.0f} % of its cores."]


def _gpu(place: Place, newest: Sequence[Run]) -> list[str]:
    if place.setting.device == "cpu":
        return []
    names = sorted({run.record.environment.gpu or "unknown" for run in newest})
    drivers = sorted({run.record.environment.driver or "unknown" for run in newest})
    states = [state for run in newest for state in run.timing.gpu]
    return [
        f"GPU {', '.join(names)}, driver {', '.join(drivers)}."
        + "".join(f" {part}." for part in (_clocks(states), *_heat(states)) if part)
    ]


def _clocks(states: Sequence[GpuState]) -> str:
    """SM clocks before, during and after, over all networks of the table."""
    moments: Mapping[str, str] = {
        moment: _range(s.sm_mhz for s in states if s.moment == moment)
        for moment in ("before", "during", "after")
    }
    said = [f"{clocks} MHz {moment}" for moment, clocks in moments.items() if clocks]
    return f"SM clock {', '.join(said)}" if said else ""


def _heat(states: Sequence[GpuState]) -> list[str]:
    found: list[tuple[str, Callable[[GpuState], float | None], str]] = [
        ("Power", lambda s: s.watts, "W"),
        ("temperature", lambda s: s.celsius, "°C"),
    ]
    ranges = [(title, _range(get(s) for s in states), unit) for title, get, unit in found]
    said = [f"{title} {span} {unit}" for title, span, unit in ranges if span]
    return [", ".join(said)] if said else []


def _throttled(place: Place, named: Sequence[tuple[str, Run]]) -> list[str]:
    states = [state for _, run in named for state in run.timing.gpu]
    if place.setting.device == "cpu" or all(state.throttle is None for state in states):
        return []
    said = [
        f"{name} {', '.join(reasons)}"
        for name, run in named
        if (reasons := sorted({reason for s in run.timing.gpu for reason in s.throttle or ()}))
    ]
    return [f"Clocks held down: {'; '.join(said) or 'never, at the moments read'}."]


def _range(values: Iterable[float | None]) -> str:
    there = [value for value in values if value is not None]
    if not there:
        return ""
    low, high = f"{min(there):.0f}", f"{max(there):.0f}"
    return low if low == high else f"{low}–{high}"
