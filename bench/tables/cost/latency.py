"""The one-machine table: networks timed in one setting on one machine, the cheapest first."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.records import Timing
from bench.tables.cost import caveats, counts
from bench.tables.cost.baseline import Base, against_base, ratios
from bench.tables.cost.timings import Cell, Place, Run
from bench.tables.section import (
    NOTHING,
    Column,
    Row,
    Section,
    decimals,
    fitted,
    median,
    milliseconds,
    words,
)


def latency(place: Place, cells: Sequence[Cell], base: Base | None = None) -> Section:
    """Params, MACs and times of the networks of one place.

    Args:
        place: where they were timed.
        cells: as `timings.cells` gives them.
        base: runs to compare with, which add a column.
    """
    rows = [_row(cell, base) for cell in cells]
    counts.tell_apart(rows)
    return Section(
        title=f"Cost on {place.title}",
        key={"data": "latency", **place.key},
        columns=tuple(_columns(rows, compared=base is not None)),
        rows=tuple(rows),
        notes=tuple(caveats.about(place, cells, rows, base)),
    )


def _row(cell: Cell, base: Base | None) -> dict[str, Any]:
    """Everything in raw units; the newest run speaks."""
    last = cell[-1]
    exact = counts.row(last.record)
    return {
        **exact,
        "identity": last.record.identity,
        "runs": len(cell),
        **_times(last),
        **_gains(last.timing, exact["passes"]),
        **({} if base is None else ratios(cell, base)),
    }


def _times(run: Run) -> dict[str, Any]:
    wall, timing = run.wall, run.timing
    events = float(np.median(timing.device_ms)) if timing.device_ms else None
    return {
        "n": wall.n,
        "p50_ms": wall.p50,
        "p90_ms": wall.p90,
        "p95_ms": wall.p95,
        "p99_ms": wall.p99,
        "iqr_ms": wall.iqr,
        "p50_low_ms": wall.low,
        "p50_high_ms": wall.high,
        "device_p50_ms": events,
        "unstable": "; ".join(timing.unstable),
        "steady": timing.steady,
        "memory_bytes": timing.memory_bytes,
        "compile_s": timing.compile_s,
    }


def _gains(timing: Timing, passes: int) -> dict[str, Any]:
    """Throughput and energy of whole videos, all views of a video counted."""
    speeds = {
        t.batch: 1000 * t.batch / float(np.median(t.wall_ms)) / passes
        for t in timing.throughput
        if t.wall_ms
    }
    best = max(speeds, key=speeds.__getitem__, default=None)
    full = [t.batch for t in timing.throughput if not t.wall_ms]
    spent = timing.energy
    videos = spent.passes * timing.setting.batch / passes if spent else 0
    return {
        "videos_per_s": None if best is None else speeds[best],
        "videos_per_s_batch": best,
        "out_of_memory_batch": min(full, default=None),
        "joules_per_video": spent.millijoules / 1000 / videos if spent and videos else None,
    }


def _columns(rows: Sequence[Row], *, compared: bool) -> list[Column]:
    optional = [
        ("device_p50_ms", Column("Device\np50 ms", milliseconds("device_p50_ms"))),
        (("videos_per_s", "out_of_memory_batch"), Column("Videos/s\n@ batch", _throughput)),
        ("memory_bytes", Column("Memory\nMiB", counts.mebibytes("memory_bytes"))),
        ("joules_per_video", Column("Energy\nJ/video", decimals("joules_per_video", 3))),
        ("compile_s", Column("Compile\ns", decimals("compile_s", 1))),
    ]
    return [
        Column("System", words("system"), "left"),
        Column("Input", words("input")),
        Column("Params", fitted("params", rows, "M")),
        Column("MACs", fitted("macs", rows, "G")),
        *(counts.for_a_video(rows) if counts.of_several_views(rows) else []),
        Column("p50 ms", median("p50_ms", "unstable")),
        Column("p95 ms", milliseconds("p95_ms")),
        Column("Spread", _spread),
        Column("n", words("n")),
        Column("95 % CI\nof p50", _interval),
        *(column for names, column in optional if _any(rows, names)),
        *([Column("vs base", against_base)] if compared else []),
    ]


def _any(rows: Sequence[Row], names: str | Sequence[str]) -> bool:
    keys = (names,) if isinstance(names, str) else names
    return any(row[key] is not None for row in rows for key in keys)


def _spread(row: Row) -> str:
    return f"{100 * row['iqr_ms'] / row['p50_ms']:.1f} %" if row["p50_ms"] else NOTHING


def _interval(row: Row) -> str:
    low, high = row["p50_low_ms"], row["p50_high_ms"]
    if low is None:
        return NOTHING
    return f"{low:.3g}–{high:.3g}" if high < 1 else f"{low:.2f}–{high:.2f}"


def _throughput(row: Row) -> str:
    if row["videos_per_s"] is not None:
        return f"{row['videos_per_s']:.1f} @ {row['videos_per_s_batch']}"
    full = row["out_of_memory_batch"]
    return NOTHING if full is None else f"out of memory @ {full}"
