"""Cost records to columns: exact counts, and one latency column for each machine and setting."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from bench.records import CostRecord, FoldRequest
from bench.tables.section import Column, Section, decimals, scaled, words


class Setting(NamedTuple):
    """What latencies must share to stand in one column."""

    machine: str
    device: str
    precision: str
    batch: int
    quick: bool

    @property
    def key(self) -> str:
        """Name of the raw column."""
        kind = "quick" if self.quick else "full"
        return f"latency_p50_ms@{self.machine}/{self.device}/{self.precision}/b{self.batch}/{kind}"


def latencies(costs: Sequence[CostRecord], requests: Sequence[FoldRequest]) -> list[Setting]:
    """The settings in which any of the requested systems was timed, in order."""
    shown = [record for request in requests for record in _of(costs, request)]
    return sorted({_setting(record) for record in shown if record.samples_ms})


def row(
    costs: Sequence[CostRecord], request: FoldRequest, settings: Sequence[Setting]
) -> dict[str, Any]:
    """Counts and median latencies of the system and classes of a request; None where unknown."""
    return _cells(_of(costs, request), settings)


def columns(rows: Sequence[Mapping[str, Any]], settings: Sequence[Setting]) -> list[Column]:
    """Input, params, MACs in the convention that is there, and a latency for each setting."""
    exact = any(row["macs"] is not None for row in rows)
    macs = ("MACs", "macs") if exact else ("MACs\n(ptflops)", "macs_ptflops")
    return [
        Column("Input", words("input")),
        Column("Params", scaled("params", 1e6, "M")),
        Column(macs[0], scaled(macs[1], 1e9, "G")),
        *(
            Column(f"p50 ms{label}".replace(" (", "\n("), decimals(setting.key, 2))
            for label, setting in _labelled(settings)
        ),
    ]


def notes(rows: Sequence[Mapping[str, Any]], settings: Sequence[Setting]) -> list[str]:
    """The convention of the MACs, and what each latency was measured on."""
    said: list[str] = []
    if any(row["input"] is not None for row in rows):
        said.append(
            "Input: channels × frames × height × width that MACs and latency are for; a preset may "
            "train on a smaller one."
        )
    if any(row["macs"] is not None for row in rows):
        said.append(
            "MACs: multiply-accumulates of convolutions, matrix products, attention and "
            "recurrence, one video; 1 MAC = 2 FLOPs."
        )
    elif any(row["macs_ptflops"] is not None for row in rows):
        said.append("MACs: for one video, in the convention of ptflops' module hooks.")
    for label, s in _labelled(settings):
        caution = "; a few passes, an indication only" if s.quick else ""
        said.append(
            f"p50 ms{label}: median wall time of a forward pass, batch {s.batch}, {s.precision}, "
            f"{s.device} of {s.machine}{caution}."
        )
    return said


def unscored(costs: Sequence[CostRecord], requests: Sequence[FoldRequest]) -> list[Section]:
    """One section for the costs that stand beside no score; none when there are none."""
    shown = {id(record) for request in requests for record in _of(costs, request)}
    alone = [record for record in costs if id(record) not in shown]
    if not alone:
        return []
    settings = sorted({_setting(record) for record in alone if record.samples_ms})
    systems: dict[tuple[Any, ...], list[CostRecord]] = defaultdict(list)
    for record in alone:
        complexity = record.complexity
        systems[record.model.title, complexity.input, complexity.classes].append(record)
    rows = [
        {
            "system": title,
            "model": mine[0].model.name,
            "classes": classes,
            **_cells(mine, settings),
        }
        for (title, _, classes), mine in sorted(systems.items())
    ]
    return [
        Section(
            title="Cost of systems without a score",
            key={"data": "cost"},
            columns=(
                Column("System", words("system"), "left"),
                Column("Classes", words("classes")),
                *columns(rows, settings),
            ),
            rows=tuple(rows),
            notes=tuple(notes(rows, settings)),
        )
    ]


def _of(costs: Sequence[CostRecord], request: FoldRequest) -> list[CostRecord]:
    """Costs of one input of the network and classes that were scored, the scored input at best.

    A preset may shrink the input of a run; the cost of the network's own input then stands beside
    the score, and the input is printed.
    """
    ours = request.model
    same = [
        record
        for record in costs
        if record.complexity.classes == len(request.classes)
        and (record.model.name, record.model.factory) == (ours.name, ours.factory)
        and dict(record.model.args) == dict(ours.args)
    ]
    chosen = [record for record in same if record.model.input == ours.input] or same
    shape = max(chosen, key=_age).complexity.input if chosen else ()
    return [record for record in chosen if record.complexity.input == shape]


def _age(record: CostRecord) -> tuple[str, str]:
    return record.created, record.identity


def _setting(record: CostRecord) -> Setting:
    machine = record.environment.machine
    return Setting(machine, record.device, record.precision, record.batch, record.quick)


def _cells(costs: Sequence[CostRecord], settings: Sequence[Setting]) -> dict[str, Any]:
    """The newest record of each kind speaks."""
    ordered = sorted(costs, key=_age)
    last = ordered[-1].complexity if ordered else None
    medians = {_setting(c): float(np.median(c.samples_ms)) for c in ordered if c.samples_ms}
    return {
        "input": "×".join(map(str, last.input)) if last else None,
        "params": last.params if last else None,
        "macs": last.macs if last else None,
        "macs_ptflops": last.macs_ptflops if last else None,
        **{setting.key: medians.get(setting) for setting in settings},
    }


def _labelled(settings: Sequence[Setting]) -> list[tuple[str, Setting]]:
    """A letter for each column, none for a single one; quick ones say so."""
    letters = [f" {chr(ord('A') + n)}" if len(settings) > 1 else "" for n in range(len(settings))]
    return [
        (f"{letter} (quick)" if setting.quick else letter, setting)
        for letter, setting in zip(letters, settings, strict=True)
    ]
