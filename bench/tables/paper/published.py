"""The Tables 2 to 9 of the CEFLNet paper: what it reports, beside what was measured."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from bench.errors import BenchError
from bench.records import CostRecord
from bench.tables.paper.columns import compared
from bench.tables.paper.cost import table_8, table_9
from bench.tables.paper.scores import Scored, unscored
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

_Columns: TypeAlias = Callable[[Sequence[Row], tuple[str, str]], tuple[Column, ...]]

_COUNTED = {"Table 8": table_8, "Table 9": table_9}

_DETAILS = {
    "dataset": "Dataset",
    "feature_setting": "Input",
    "ablation": "Parts",
    "frames_per_clip": "Frames/clip",
    "backbone": "Backbone",
}


def paper_table(number: int, quotes: Quotes, costs: Sequence[CostRecord]) -> Section:
    """One table as reported and counted alone, without a look at results.

    Raises:
        BenchError: no such table is quoted.
    """
    name = called(number)
    return table(name, quoted(quotes, name), costs)


def table(
    name: str,
    quotes: Quotes,
    costs: Sequence[CostRecord],
    scores: Scored | None = None,
    columns: _Columns = compared,
) -> Section:
    """The section of quoted rows of one table.

    Args:
        name: as in `TABLES`.
        quotes: its rows.
        costs: for Tables 8 and 9.
        scores: what was measured; None where nobody looked.
        columns: of the reported and the measured number; those of Tables 8 and 9 are their own.
    """
    scores = scores or unscored(quotes)
    title = f"{name} of the paper · {TABLES[name]}"
    if name in _COUNTED:
        return _COUNTED[name](title, quotes, costs, scores)
    protocols = "; ".join(dict.fromkeys(row["protocol"] for row in quotes))
    optional = {key: title for key, title in _DETAILS.items() if _tells(quotes, key)}
    titles = f"{quotes[0]['metric'].capitalize()} %", "Measured"
    rows = tuple(
        {**plain, **row}
        for plain, mine in zip(raw(quotes), scores.rows, strict=True)
        for row in mine
    )
    return Section(
        title=title if scores.measured else f"{title} (REPORTED ONLY)",
        key={
            "data": "reported and measured" if scores.measured else "reported",
            "table": name,
        },
        columns=(
            Column("System", words("system"), "left"),
            *(Column(title, words(key), "left") for key, title in optional.items()),
            *columns(rows, titles),
        ),
        rows=rows,
        notes=(f"Source: {PAPER}, {name}; {protocols}.",),
    )


def quoted(quotes: Quotes, name: str) -> Quotes:
    """The rows of one table, in its order."""
    return [row for row in quotes if (row["source"], row["table"]) == (PAPER, name)]


def called(number: int) -> str:
    """The name of a table.

    Raises:
        BenchError: no such table is quoted.
    """
    if f"Table {number}" not in TABLES:
        raise unquoted(str(number))
    return f"Table {number}"


def unquoted(text: str) -> BenchError:
    """The error for a table that is not quoted: those that are."""
    known = ", ".join(f"{key.removeprefix('Table ')} ({about})" for key, about in TABLES.items())
    return BenchError(
        f"--paper {text} names no quoted table of the paper; expected {known}, or all."
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
