"""The Tables 2 to 9 of the CEFLNet paper: what it reports, beside what was measured."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bench.errors import BenchError
from bench.records import CostRecord, FoldRecord
from bench.tables import localisation
from bench.tables.paper_columns import compared
from bench.tables.paper_cost import table_8, table_9
from bench.tables.paper_notes import about
from bench.tables.paper_scores import Scored, scored, unscored, war
from bench.tables.paper_settings import Known, Run, runs
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

_LOCATED = "Table 7"
_COUNTED = {"Table 8": table_8, "Table 9": table_9}

_DETAILS = {
    "dataset": "Dataset",
    "feature_setting": "Input",
    "ablation": "Parts",
    "frames_per_clip": "Frames/clip",
    "backbone": "Backbone",
}


def paper_tables(
    numbers: Sequence[int],
    quotes: Quotes,
    folds: Iterable[FoldRecord],
    costs: Sequence[CostRecord],
    known: Known,
) -> list[Section]:
    """Tables of the paper, what it reports beside what was measured.

    A reported row is repeated for every result that may stand beside it. After Table 7 come, in
    sections of their own, the results that locate clips elsewhere, on synthetic data above all.

    Args:
        numbers: 2 to 9, in the order of printing.
        quotes: as `load_reported` gives them.
        folds: records of any system; `bench.tables.paper_settings` says which may stand there.
        costs: records of any network; Tables 8 and 9 show those of the paper's own layouts.
        known: the models and datasets of the registry.

    Raises:
        BenchError: no such table is quoted.
    """
    done = runs(folds)
    return [section for n in numbers for section in _sections(_name(n), quotes, done, costs, known)]


def paper_table(number: int, quotes: Quotes, costs: Sequence[CostRecord]) -> Section:
    """One table as reported and counted alone, without a look at results.

    Raises:
        BenchError: no such table is quoted.
    """
    name = _name(number)
    return table(name, _quoted(quotes, name), costs)


def numbers_of(text: str) -> tuple[int, ...]:
    """The tables that `--paper` asks for.

    Args:
        text: a number, or `all`.

    Raises:
        BenchError: it is neither, or no such table is quoted.
    """
    every = tuple(int(name.removeprefix("Table ")) for name in TABLES)
    if text == "all":
        return every
    if not (text.isascii() and text.isdigit() and int(text) in every):
        raise _unquoted(text)
    return (int(text),)


def table(
    name: str, quotes: Quotes, costs: Sequence[CostRecord], scores: Scored | None = None
) -> Section:
    """The section of quoted rows of one table.

    Args:
        name: as in `TABLES`.
        quotes: its rows.
        costs: for Tables 8 and 9.
        scores: what was measured; None where nobody looked.
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
    arranged = localisation.columns if name == _LOCATED else compared
    return Section(
        title=title if scores.measured else f"{title} (REPORTED ONLY)",
        key={
            "data": "reported and measured" if scores.measured else "reported",
            "table": name,
        },
        columns=(
            Column("System", words("system"), "left"),
            *(Column(title, words(key), "left") for key, title in optional.items()),
            *arranged(rows, titles),
        ),
        rows=rows,
        notes=(f"Source: {PAPER}, {name}; {protocols}.",),
    )


def _sections(
    name: str, quotes: Quotes, runs: Sequence[Run], costs: Sequence[CostRecord], known: Known
) -> list[Section]:
    """One table, with the notes on what was measured; Table 7 has more than one section."""
    rows = _quoted(quotes, name)
    located = name == _LOCATED
    scores = scored(rows, runs, known, localisation.measure if located else war)
    section = table(name, rows, costs, scores)
    said = [*(localisation.notes(section.rows) if located else ()), *about(rows, scores, known)]
    first = replace(section, notes=(*section.notes, *said))
    return [first, *(localisation.elsewhere(runs, scores, known) if located else ())]


def _quoted(quotes: Quotes, name: str) -> Quotes:
    return [row for row in quotes if (row["source"], row["table"]) == (PAPER, name)]


def _name(number: int) -> str:
    if f"Table {number}" not in TABLES:
        raise _unquoted(str(number))
    return f"Table {number}"


def _unquoted(text: str) -> BenchError:
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
