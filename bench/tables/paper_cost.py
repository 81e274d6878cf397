"""Tables 8 and 9 of the paper: reported complexity, the counted one, and a verdict on each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.records import CostRecord
from bench.tables import beside
from bench.tables.counts import WHY_TWO, uncounted
from bench.tables.reported import PAPER, Quotes
from bench.tables.section import NOTHING, Column, Row, Section, Show, words
from bench.tables.timings import age, by_macs
from bench.verdicts import verdict

CLIPS = 7
"""Clips of a video in the paper's own setting."""


def table_8(title: str, rows: Quotes, costs: Sequence[CostRecord]) -> Section:
    """Systems of the paper beside the entries of the same layout, as their entry locks them."""

    def layout(quote: Mapping[str, str], record: CostRecord) -> bool:
        lock, counts = record.model.complexity, record.complexity
        return lock is None or (lock.classes, lock.input) == (counts.classes, counts.input)

    names = (
        Column("System", words("system"), "left"),
        Column("Backbone", words("backbone"), "left"),
    )
    params = (
        Column("Params M\nreported", words("params_m")),
        Column("Params M\nmeasured", _in("params", 1e6)),
        Column("Params\nverdict", words("params_verdict"), "left"),
    )
    return _section(title, rows, _found(rows, costs, layout), (names, params), "bench cost --all")


def table_9(title: str, rows: Quotes, costs: Sequence[CostRecord]) -> Section:
    """CEFLNet beside itself with as many frames in a clip."""

    def layout(quote: Mapping[str, str], record: CostRecord) -> bool:
        lock, counts, test = record.model.complexity, record.complexity, record.model.input.test
        return (test.clips, str(test.frames)) == (CLIPS, quote["frames_per_clip"]) and (
            lock is None or (lock.classes, lock.input[2:]) == (counts.classes, counts.input[2:])
        )

    names = (
        Column("Frames/clip", words("frames_per_clip"), "left"),
        Column("System", words("system"), "left"),
    )
    command = "bench cost --model ceflnet --frames 2,5,10,15"
    return _section(title, rows, _found(rows, costs, layout), (names, ()), command)


def _found(
    rows: Quotes,
    costs: Sequence[CostRecord],
    layout: Callable[[Mapping[str, str], CostRecord], bool],
) -> list[list[CostRecord]]:
    """For each reported row the records of that very layout, oldest first."""
    ordered = sorted(costs, key=age)
    return [
        [r for r in ordered if quote["system"] in r.model.reported_cost and layout(quote, r)]
        for quote in rows
    ]


def _section(
    title: str,
    quotes: Quotes,
    found: Sequence[Sequence[CostRecord]],
    own: tuple[Sequence[Column], Sequence[Column]],
    command: str,
) -> Section:
    """Both tables; they differ in what names a row, and in whether params are reported."""
    places = beside.timed_at([record for records in found for record in records])
    rows = [
        {**_row(quote, records), **beside.times(records, places)}
        for quote, records in zip(quotes, found, strict=True)
    ]
    table = quotes[0]["table"]
    protocols = "; ".join(dict.fromkeys(row["protocol"] for row in quotes))
    return Section(
        title=title if any(found) else f"{title} (REPORTED ONLY)",
        key={"data": "reported and counted" if any(found) else "reported", "table": table},
        columns=(
            *own[0],
            Column("Accuracy %\nreported", words("value")),
            Column("Accuracy\nmeasured", lambda _: "not run"),
            *own[1],
            Column("MACs G\nreported", words("macs_g")),
            Column("MACs G\n(ptflops)", _in("macs_ptflops", 1e9)),
            Column("MACs\nverdict", words("macs_verdict"), "left"),
            Column("MACs G\n(exact)", _in("macs", 1e9)),
            *beside.latencies(places),
        ),
        rows=tuple(rows),
        notes=(
            f"Source: {PAPER}, {table}; {protocols}.",
            *_counted(quotes, found),
            *([f"Not counted yet: run `{command}`."] if not all(found) else []),
            *beside.about_places(rows, places, "p50, p95 ms"),
        ),
    )


def _row(quote: Mapping[str, str], records: Sequence[CostRecord]) -> dict[str, Any]:
    """The newest count speaks."""
    counts = records[-1].complexity if records else None
    params, macs, like_paper = (
        (counts.params, counts.macs, counts.macs_ptflops) if counts else (None, None, None)
    )
    return {
        **quote,
        "reported": float(quote["value"]) / 100,
        "model": records[-1].model.name if records else None,
        "classes": counts.classes if counts else None,
        "input": beside.shape(counts.input) if counts else None,
        "params": params,
        "macs": macs,
        "macs_ptflops": like_paper,
        "params_verdict": _verdict(params, 1e6, quote["params_m"]),
        "macs_verdict": _verdict(like_paper, 1e9, quote["macs_g"]),
    }


def _verdict(count: int | None, unit: float, printed: str) -> str | None:
    return verdict(None if count is None else count / unit, printed) if printed else None


def _counted(quotes: Quotes, found: Sequence[Sequence[CostRecord]]) -> list[str]:
    """Why there are two MACs, which entry was counted for a system, and what is inferred of it."""
    entries = {
        quote["system"]: records[-1]
        for quote, records in zip(quotes, found, strict=True)
        if records
    }
    if not entries:
        return []
    return [
        "Verdict: on the count in the paper's convention, that of ptflops' module hooks; equal to "
        "the printed digits, or measured minus reported. Accuracy was not measured here.",
        WHY_TWO,
        *(_entry(system, record) for system, record in entries.items()),
        *uncounted(sorted(entries.values(), key=by_macs)),
    ]


def _entry(system: str, record: CostRecord) -> str:
    model = record.model
    note = f"; {model.note}" if model.note else ""
    return (
        f"{system}: entry {model.name}, {record.complexity.classes} classes; {model.source}{note}."
    )


def _in(key: str, unit: float) -> Show:
    def show(row: Row) -> str:
        return NOTHING if row[key] is None else f"{row[key] / unit:.2f}"

    return show
