"""The Tables 2 to 9 of the CEFLNet paper: what it reports, beside what was measured."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bench.errors import BenchError
from bench.records import CostRecord
from bench.tables.paper_cost import table_8, table_9
from bench.tables.reported import PAPER, Quotes
from bench.tables.section import Column, Row, Section, words

TABLES = {
    "Table 2": "BU-3DFE",
    "Table 3": "MMI",
    "Table 4": "AFEW 8.0",
    "Table 5": "DFEW",
    "Table 6": "what each part of CEFLNet adds",
    "Table 7": "locating the emotion-rich clip",
    "Table 8": "accuracy and complexity",
    "Table 9": "frames per clip",
}

_COUNTED = {"Table 8": table_8, "Table 9": table_9}

_DETAILS = {
    "dataset": "Dataset",
    "feature_setting": "Input",
    "ablation": "Parts",
    "frames_per_clip": "Frames/clip",
    "backbone": "Backbone",
}


def paper_table(number: int, quotes: Quotes, costs: Sequence[CostRecord]) -> Section:
    """One table of the paper.

    Args:
        number: 2 to 9.
        quotes: as `load_reported` gives them.
        costs: records of any network; Tables 8 and 9 show those of the paper's own layouts.

    Raises:
        BenchError: no such table is quoted.
    """
    name = f"Table {number}"
    if name not in TABLES:
        known = ", ".join(
            f"{key.removeprefix('Table ')} ({about})" for key, about in TABLES.items()
        )
        raise BenchError(f"--paper {number} names no quoted table of the paper; expected {known}.")
    rows = [row for row in quotes if (row["source"], row["table"]) == (PAPER, name)]
    return table(name, rows, costs)


def table(name: str, rows: Quotes, costs: Sequence[CostRecord]) -> Section:
    """The section of quoted rows of one table."""
    title = f"{name} of the paper · {TABLES[name]}"
    if name in _COUNTED:
        return _COUNTED[name](title, rows, costs)
    protocols = "; ".join(dict.fromkeys(row["protocol"] for row in rows))
    optional = {key: title for key, title in _DETAILS.items() if _tells(rows, key)}
    metric = rows[0]["metric"].capitalize()
    return Section(
        title=f"{title} (REPORTED ONLY)",
        key={"data": "reported", "table": name},
        columns=(
            Column("System", words("system"), "left"),
            *(Column(title, words(key), "left") for key, title in optional.items()),
            *numbers(rows, f"{metric} %"),
        ),
        rows=raw(rows),
        notes=(f"Source: {PAPER}, {name}; {protocols}.",),
    )


def grouped(rows: Iterable[Mapping[str, str]], by: Sequence[str]) -> dict[tuple[str, ...], Quotes]:
    """Quoted rows by the values of some columns, in the order of the file."""
    groups: dict[tuple[str, ...], list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in by)].append(row)
    return dict(groups)


def numbers(rows: Quotes, title: str) -> tuple[Column, ...]:
    """The reported value, what was measured, and complexity where it is reported."""
    cost = {"params_m": "Params M", "macs_g": "MACs G"}
    return (
        Column(title, words("value")),
        Column("Measured", lambda _: "not run"),
        *(Column(name, words(key)) for key, name in cost.items() if _tells(rows, key)),
    )


def raw(rows: Quotes) -> tuple[Row, ...]:
    """Numbers as numbers beside the printed text; nothing measured."""
    return tuple({**row, "reported": float(row["value"]) / 100} for row in rows)


def _tells(rows: Quotes, key: str) -> bool:
    """Whether a column says more than the title: it is filled, and for a dataset it varies."""
    values = {row[key] for row in rows}
    return len(values) > 1 if key == "dataset" else values != {""}
