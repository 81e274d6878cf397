"""`--against`: the same networks on the same machine, timed for another version of the code."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from bench.records import CostRecord
from bench.tables.cost.timings import Cell, Run, runs
from bench.tables.section import NOTHING, Row

Base: TypeAlias = Mapping[tuple[str, str, str, bool], Cell]
"""Machine, model, identity (which holds the setting), quick -> runs, oldest first."""


def base_of(records: Sequence[CostRecord]) -> Base:
    """Timed records by what they must share to be compared."""
    found: dict[tuple[str, str, str, bool], list[Run]] = defaultdict(list)
    for run in runs(records):
        found[_same(run)].append(run)
    return found


def ratios(cell: Cell, base: Base) -> dict[str, Any]:
    """Median over all samples here by that of the base; the range over the k-th runs of both.

    Returns:
        fractions of the base, above 1 where it became slower; None without a counterpart.
    """
    theirs = base.get(_same(cell[-1]), ())
    if not theirs:
        return {"vs_base": None, "vs_base_low": None, "vs_base_high": None, "vs_base_pairs": None}
    paired = [a.wall.p50 / b.wall.p50 for a, b in zip(cell, theirs, strict=False)]
    return {
        "vs_base": _median(cell) / _median(theirs),
        "vs_base_low": min(paired),
        "vs_base_high": max(paired),
        "vs_base_pairs": len(paired),
    }


def against_base(row: Row) -> str:
    """The ratio, with its range where there are several pairs of runs."""
    if row["vs_base"] is None:
        return NOTHING
    ends = f" ({row['vs_base_low']:.3f}–{row['vs_base_high']:.3f})"
    return f"{row['vs_base']:.3f}{ends if row['vs_base_pairs'] > 1 else ''}"


def _same(run: Run) -> tuple[str, str, str, bool]:
    record = run.record
    machine = record.environment.machine
    return machine, record.model.name, record.identity, run.timing.quick


def _median(cell: Cell) -> float:
    return float(np.median(list(chain.from_iterable(run.timing.wall_ms for run in cell))))
