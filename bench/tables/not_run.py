"""Reported numbers where nobody has run: the tables of the paper, or everything that is quoted."""

from collections.abc import Collection, Mapping, Sequence

from bench.records import CostRecord, DatasetEntry
from bench.tables.paper.published import TABLES, grouped, numbers, raw, table
from bench.tables.query import Query
from bench.tables.reported import PAPER, Quotes
from bench.tables.section import Column, Section, words


def not_run(
    quotes: Quotes,
    run: Collection[str],
    query: Query,
    entries: Mapping[str, DatasetEntry],
    costs: Sequence[CostRecord],
) -> list[Section]:
    """Reported tables for the datasets that nobody has run; none where models are named.

    Args:
        quotes: as `load_reported` gives them.
        run: names, in papers, of the datasets with measured results.
        query: `paper` gives the Tables 2 to 9 of the CEFLNet paper, `all` every quoted number, a
            table a dataset and protocol.
        entries: datasets of the registry, for the names that papers use.
        costs: shown beside the complexity that the paper reports.
    """
    if query.models or query.reported == "none":
        return []
    asked = {name for d in query.datasets if d in entries for name in entries[d].reported}
    rest = [
        row
        for row in quotes
        if row["dataset"] not in run and (row["dataset"] in asked or not query.datasets)
    ]
    if query.reported == "paper":
        tables = grouped((row for row in rest if row["source"] == PAPER), ("table",))
        return [table(name, tables[name,], costs) for name in TABLES if (name,) in tables]
    groups = grouped(rest, ("dataset", "protocol"))
    return [_dataset_section(dataset, protocol, r) for (dataset, protocol), r in groups.items()]


def _dataset_section(dataset: str, protocol: str, rows: Quotes) -> Section:
    return Section(
        title=f"{dataset} · {protocol} (REPORTED ONLY)",
        key={"data": "reported", "protocol": protocol},
        columns=(
            Column("System", words("system"), "left"),
            Column("Metric", words("metric"), "left"),
            *numbers(rows, "Value %"),
            Column("Table", words("table"), "left"),
            Column("Status", words("status"), "left"),
            Column("Source", words("source"), "left"),
        ),
        rows=raw(rows),
        notes=(
            "Quoted as printed; complexity in each source's own convention. Most papers choose the "
            "epoch on the test videos.",
        ),
    )
