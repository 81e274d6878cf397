"""Tables 8 and 9 of the paper: reported complexity, the counted one, and a verdict on each."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from bench.records import CostRecord
from bench.tables.cost import beside
from bench.tables.cost.counts import WHY_TWO, uncounted
from bench.tables.cost.timings import age, by_macs
from bench.tables.paper.columns import compared
from bench.tables.paper.scores import Scored
from bench.tables.paper.settings import CLIPS
from bench.tables.reported import PAPER, Quotes
from bench.tables.section import NOTHING, Column, Row, Section, Show, words
from bench.verdicts import verdict


def table_8(title: str, rows: Quotes, costs: Sequence[CostRecord], scores: Scored) -> Section:
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
    found = _found(rows, costs, layout)
    return _section(title, rows, _Beside(found, scores, "bench cost --all"), (names, params))


def table_9(title: str, rows: Quotes, costs: Sequence[CostRecord], scores: Scored) -> Section:
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
    found = _found(rows, costs, layout)
    return _section(title, rows, _Beside(found, scores, command), (names, ()))


class _Beside(NamedTuple):
    """What stands beside the reported rows of one table."""

    counted: Sequence[Sequence[CostRecord]]
    """For each of them the counts of that very layout."""
    scores: Scored
    command: str
    """What counts those that nobody counted."""


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
    title: str, quotes: Quotes, standing: _Beside, own: tuple[Sequence[Column], Sequence[Column]]
) -> Section:
    """Both tables; they differ in what names a row, and in whether params are reported."""
    counted, scores = standing.counted, standing.scores
    places = beside.timed_at([record for records in counted for record in records])
    rows = [
        {**_row(quote, records), **beside.times(records, places), **score}
        for quote, records, mine in zip(quotes, counted, scores.rows, strict=True)
        for score in mine
    ]
    table = quotes[0]["table"]
    protocols = "; ".join(dict.fromkeys(row["protocol"] for row in quotes))
    kinds = [*(["counted"] if any(counted) else []), *(["measured"] if scores.measured else [])]
    return Section(
        title=title if kinds else f"{title} (REPORTED ONLY)",
        key={"data": " and ".join(["reported", *kinds]), "table": table},
        columns=(
            *own[0],
            *compared(rows, ("Accuracy %\nreported", "Accuracy\nmeasured")),
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
            *_counted(
                quotes, counted, "" if scores.measured else " Accuracy was not measured here."
            ),
            *([f"Not counted yet: run `{standing.command}`."] if not all(counted) else []),
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


def _counted(quotes: Quotes, found: Sequence[Sequence[CostRecord]], unmeasured: str) -> list[str]:
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
        f"the printed digits, or measured minus reported.{unmeasured}",
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
