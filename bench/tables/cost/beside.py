"""Costs as columns beside other results: exact counts, and a latency for each machine."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bench.records import CostRecord, FoldRequest, Setting
from bench.tables.cost.timings import Place, age, labelled, runs
from bench.tables.section import UNSTABLE, Column, Row, decimals, median, scaled, words


def places(costs: Sequence[CostRecord], requests: Sequence[FoldRequest]) -> list[Place]:
    """Where any of the requested systems was timed, in order."""
    return timed_at([record for request in requests for record in _of(costs, request)])


def timed_at(costs: Sequence[CostRecord]) -> list[Place]:
    """Where any of the networks was timed in the plain setting, in order.

    Beside other results there is room for one number a machine: fp32, one video, eager. All
    settings stand in the tables of cost.
    """
    found = {run.place for run in runs(costs) if _is_plain(run.place.setting)}
    return sorted(found, key=lambda place: place.order)


def _is_plain(setting: Setting) -> bool:
    return setting == Setting(setting.device, threads=setting.threads)


def row(
    costs: Sequence[CostRecord], request: FoldRequest, places: Sequence[Place]
) -> dict[str, Any]:
    """Counts and latencies of the system and classes of a request; None where unknown."""
    mine = _of(costs, request)
    last = max(mine, key=age).complexity if mine else None
    return {
        "input": shape(last.input) if last else None,
        "params": last.params if last else None,
        "macs": last.macs if last else None,
        "macs_ptflops": last.macs_ptflops if last else None,
        **times(mine, places),
    }


def shape(input: Sequence[int]) -> str:
    """An input as it is printed: 3×16×112×112."""
    return "×".join(map(str, input))


def times(costs: Sequence[CostRecord], places: Sequence[Place]) -> dict[str, Any]:
    """p50 and p95 of one network in each place, by its newest run there; None where there is none.

    Whether that run was unstable stands in a column of its own.
    """
    newest = {run.place: run for run in runs(costs)}
    cells: dict[str, Any] = {}
    for place in places:
        run = newest.get(place)
        cells[place.column("latency_p50_ms")] = run.wall.p50 if run else None
        cells[place.column("latency_p95_ms")] = run.wall.p95 if run else None
        cells[place.column("latency_unstable")] = bool(run.timing.unstable) if run else None
    return cells


def columns(rows: Sequence[Row], places: Sequence[Place]) -> list[Column]:
    """Input, params, MACs in the convention that is there, and a p50 for each place."""
    paper_only = any(row["macs_ptflops"] is not None for row in rows)
    exact = not paper_only or any(row["macs"] is not None for row in rows)
    macs = ("MACs", "macs") if exact else ("MACs\n(ptflops)", "macs_ptflops")
    return [
        Column("Input", words("input")),
        Column("Params", scaled("params", 1e6, "M")),
        Column(macs[0], scaled(macs[1], 1e9, "G")),
        *(_p50(label, place) for label, place in labelled(places).items()),
    ]


def latencies(places: Sequence[Place]) -> list[Column]:
    """p50 and p95 for each place."""
    found: list[Column] = []
    for label, place in labelled(places).items():
        p95 = Column(_title("p95 ms", label), decimals(place.column("latency_p95_ms"), 2))
        found += [_p50(label, place), p95]
    return found


def notes(rows: Sequence[Row], places: Sequence[Place]) -> list[str]:
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
    return said + about_places(rows, places, "p50 ms")


def about_places(rows: Sequence[Row], places: Sequence[Place], title: str) -> list[str]:
    """What each latency was measured on, and the mark of the unstable ones."""
    said = [
        f"{title}{label}: wall time of a forward pass, {', '.join(place.choices)}, on "
        f"{place.machine}{'; a few passes, an indication only' if place.quick else ''}."
        for label, place in labelled(places).items()
    ]
    if any(row[place.column("latency_unstable")] for row in rows for place in places):
        said.append(f"{UNSTABLE} unstable: `bench table --cost` says why.")
    return said


def _p50(label: str, place: Place) -> Column:
    keys = place.column("latency_p50_ms"), place.column("latency_unstable")
    return Column(_title("p50 ms", label), median(*keys))


def _title(what: str, label: str) -> str:
    return f"{what}{label}".replace(" (", "\n(")


def _of(costs: Sequence[CostRecord], request: FoldRequest) -> list[CostRecord]:
    """Costs of one input of the network and classes that were scored, the scored input at best.

    A preset may shrink the input of a run; the cost of the network's own size then stands beside
    the score, and the input is printed. Another number of frames is another system.
    """
    if not costs:
        return []
    ours, plain = request.model, replace(request.model.input, transform="")
    # what a sanity row does to its videos costs nothing: it has the costs of its network
    name = ours.name.removesuffix(ours.input.transform).rstrip("@+")
    same = [
        record
        for record in costs
        if record.complexity.classes == len(request.classes)
        and (record.model.name, record.model.factory) == (name, ours.factory)
        and dict(record.model.args) == dict(ours.args)
        and replace(record.model.input, size=plain.size) == plain
    ]
    chosen = [record for record in same if record.model.input == plain] or same
    newest = max(chosen, key=age).complexity.input if chosen else ()
    return [record for record in chosen if record.complexity.input == newest]
