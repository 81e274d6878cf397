"""Numbers quoted from papers: read, looked up for one system, and shown where nobody has run."""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from bench.errors import BenchError
from bench.records import DatasetEntry
from bench.tables.query import Query
from bench.tables.section import Column, Row, Section, words

Quotes: TypeAlias = Sequence[Mapping[str, str]]
"""Rows of `reported.csv`, digits as printed."""

PAPER = "CEFLNet (Liu et al., Inf. Sci. 598, 2022)"
"""The source whose Tables 2 to 9 are shown by default."""

COLUMNS = (
    *("system", "dataset", "protocol", "metric", "value", "table", "source", "status"),
    *("params_m", "macs_g", "feature_setting", "backbone", "frames_per_clip", "ablation"),
    *("per_class", "note"),
)

_METRICS = {
    "war": ("accuracy", "accuracy (WAR)", "WAR", "WAR (best test epoch)"),
    "uar": ("UAR",),
}

_PAPER_TABLES = {
    "Table 2": "BU-3DFE",
    "Table 3": "MMI",
    "Table 4": "AFEW 8.0",
    "Table 5": "DFEW",
    "Table 6": "what each part of CEFLNet adds",
    "Table 7": "locating the emotion-rich clip",
    "Table 8": "accuracy and complexity",
    "Table 9": "frames per clip",
}

_DETAILS = {
    "dataset": "Dataset",
    "feature_setting": "Input",
    "ablation": "Parts",
    "frames_per_clip": "Frames/clip",
    "backbone": "Backbone",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """What papers say about one system on one dataset."""

    value: float
    """As a fraction."""
    source: str
    others: int
    """Further, different values that are quoted."""


def builtin() -> Path:
    """Our own file: beside the package when it is installed, in the clone otherwise."""
    here = Path(__file__).parents[1]
    packed = here / "reported.csv"
    return packed if packed.exists() else here.parent / "results" / "reported.csv"


def load_reported(path: Path | None = None) -> Quotes:
    """Every quoted number as text, digits as printed.

    Args:
        path: a file of the same columns; None is our own.

    Raises:
        BenchError: the file cannot be read, or its columns are not the expected ones.
    """
    path = path or builtin()
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            found, names = list(rows), tuple(rows.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path} cannot be read: {error}. Restore it.") from error
    if names != COLUMNS:
        raise BenchError(
            f"{path} has the columns {', '.join(names) or 'none'}; expected {', '.join(COLUMNS)}. "
            f"Restore it."
        )
    return found


def quote(
    quotes: Quotes,
    systems: Collection[str],
    datasets: Collection[str],
    metric: Literal["war", "uar"],
) -> Quote | None:
    """The first verified main result of a system on a dataset; None when nobody reports one.

    Sweeps, single folds and values that were not read in their source are passed over.

    Args:
        quotes: as `load_reported` gives them.
        systems: names of the system in papers.
        datasets: names of the dataset in papers.
        metric: accuracy counts as war.
    """
    found = [
        row
        for row in quotes
        if row["system"] in systems
        and row["dataset"] in datasets
        and row["metric"] in _METRICS[metric]
        and row["status"] == "verified"
        and not row["frames_per_clip"]
        and not row["protocol"].startswith("fold ")
    ]
    if not found:
        return None
    first = found[0]
    place = ", ".join(filter(None, (first["source"], first["table"], first["protocol"])))
    others = {row["value"] for row in found} - {first["value"]}
    return Quote(float(first["value"]) / 100, place, len(others))


def not_run(
    quotes: Quotes, run: Collection[str], query: Query, entries: Mapping[str, DatasetEntry]
) -> list[Section]:
    """Reported-only tables for the datasets that nobody has run; none where models are named.

    Args:
        quotes: as `load_reported` gives them.
        run: names, in papers, of the datasets with measured results.
        query: `paper` gives the Tables 2 to 9 of the CEFLNet paper, `all` every quoted number, a
            table a dataset and protocol.
        entries: datasets of the registry, for the names that papers use.
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
        tables = _grouped((row for row in rest if row["source"] == PAPER), ("table",))
        return [_paper_section(name, tables[name,]) for name in _PAPER_TABLES if (name,) in tables]
    groups = _grouped(rest, ("dataset", "protocol"))
    return [_dataset_section(dataset, protocol, r) for (dataset, protocol), r in groups.items()]


def _grouped(rows: Iterable[Mapping[str, str]], by: Sequence[str]) -> dict[tuple[str, ...], Quotes]:
    groups: dict[tuple[str, ...], list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in by)].append(row)
    return dict(groups)


def _paper_section(table: str, rows: Quotes) -> Section:
    protocols = "; ".join(dict.fromkeys(row["protocol"] for row in rows))
    optional = {key: title for key, title in _DETAILS.items() if _tells(rows, key)}
    metric = rows[0]["metric"].capitalize()
    return Section(
        title=f"{table} of the paper · {_PAPER_TABLES[table]} (REPORTED ONLY)",
        key={"data": "reported", "table": table},
        columns=(
            Column("System", words("system"), "left"),
            *(Column(title, words(key), "left") for key, title in optional.items()),
            *_numbers(rows, f"{metric} %"),
        ),
        rows=_raw(rows),
        notes=(f"Source: {PAPER}, {table}; {protocols}.",),
    )


def _dataset_section(dataset: str, protocol: str, rows: Quotes) -> Section:
    return Section(
        title=f"{dataset} · {protocol} (REPORTED ONLY)",
        key={"data": "reported", "protocol": protocol},
        columns=(
            Column("System", words("system"), "left"),
            Column("Metric", words("metric"), "left"),
            *_numbers(rows, "Value %"),
            Column("Table", words("table"), "left"),
            Column("Status", words("status"), "left"),
            Column("Source", words("source"), "left"),
        ),
        rows=_raw(rows),
        notes=(
            "Quoted as printed; complexity in each source's own convention. Most papers choose the "
            "epoch on the test videos.",
        ),
    )


def _numbers(rows: Quotes, title: str) -> tuple[Column, ...]:
    cost = {"params_m": "Params M", "macs_g": "MACs G"}
    return (
        Column(title, words("value")),
        Column("Measured", lambda _: "not run"),
        *(Column(name, words(key)) for key, name in cost.items() if _tells(rows, key)),
    )


def _tells(rows: Quotes, key: str) -> bool:
    """Whether a column says more than the title: it is filled, and for a dataset it varies."""
    values = {row[key] for row in rows}
    return len(values) > 1 if key == "dataset" else values != {""}


def _raw(rows: Quotes) -> tuple[Row, ...]:
    """Numbers as numbers beside the printed text; nothing measured."""
    return tuple({**row, "reported": float(row["value"]) / 100} for row in rows)
