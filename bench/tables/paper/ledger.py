"""Each row of the CEFLNet paper's tables, and the entry that answers it or why there is none."""

from collections.abc import Iterable, Mapping
from typing import Any

from bench.records import ModelEntry, UnbuiltEntry
from bench.tables.paper.published import TABLES
from bench.tables.reported import PAPER, Quotes
from bench.tables.section import Column, Row, Section, words

OPEN = "nobody yet"
"""Shown where a row has neither an entry nor a reason."""


def ledger(
    quotes: Quotes, models: Mapping[str, ModelEntry], unbuilt: Mapping[str, UnbuiltEntry]
) -> Section:
    """The rows of Tables 2 to 9 in the order of the paper, each with who answers it.

    Args:
        quotes: as `load_reported` gives them.
        models: entries of the registry by name; they claim rows by the names that papers use.
        unbuilt: systems without an entry, with the reason.
    """
    quoted = [row for row in quotes if row["source"] == PAPER and row["table"] in TABLES]
    quoted.sort(key=lambda row: [*TABLES].index(row["table"]))
    rows = [_row(row, models.values(), unbuilt.values()) for row in quoted]
    return Section(
        title=f"Tables 2 to 9 of the paper · {_count(rows)}",
        key={"data": "ledger"},
        columns=(
            Column("System", _system, "left"),
            Column("Table", lambda row: row["table"].removeprefix("Table ")),
            Column("Dataset", words("dataset"), "left"),
            Column("Reported %", words("value")),
            Column("Entry", words("answer"), "left"),
        ),
        rows=tuple(rows),
        notes=(
            f"Reported by {PAPER}.",
            "with: run it as `bench run --model ENTRY --objective NAME`; (cost): the layout whose "
            "params and MACs the paper prints; none: why is said here.",
            *_reasons(rows, unbuilt.values()),
        ),
    )


def claims(entry: ModelEntry) -> frozenset[str]:
    """Every name under which papers quote an entry, its cost, or it with another objective."""
    others = (name for names in entry.reported_with.values() for name in names)
    return frozenset((*entry.reported, *entry.reported_cost, *others))


def _row(
    quote: Mapping[str, str], models: Iterable[ModelEntry], unbuilt: Iterable[UnbuiltEntry]
) -> dict[str, Any]:
    entries = [said for entry in models if (said := _answer(quote, entry))]
    missing = next((entry for entry in unbuilt if quote["system"] in entry.reported), None)
    return {
        **{name: quote[name] for name in ("table", "system", "dataset", "metric", "value")},
        "frames_per_clip": quote["frames_per_clip"],
        "answer": ", ".join(entries) or ("none" if missing else OPEN),
        "unbuilt": missing.name if missing else None,
        "reason": missing.reason if missing else None,
    }


def _system(row: Row) -> str:
    frames = row["frames_per_clip"]
    return f"{row['system']} ({frames} frames/clip)" if frames else row["system"]


def _answer(quote: Mapping[str, str], entry: ModelEntry) -> str | None:
    """The entry's name and how it answers the row; None: it does not."""
    system = quote["system"]
    if system in entry.reported:
        return entry.name
    for objective, names in entry.reported_with.items():
        if system in names:
            return f"{entry.name} with {objective}"
    counted = quote["params_m"] or quote["macs_g"]
    return f"{entry.name} (cost)" if counted and system in entry.reported_cost else None


def _count(rows: Iterable[Mapping[str, Any]]) -> str:
    answers = [row["answer"] for row in rows]
    none, nobody = answers.count("none"), answers.count(OPEN)
    return (
        f"{len(answers)} rows: {len(answers) - none - nobody} with an entry, {none} with a reason"
        + (f", {nobody} with neither" if nobody else "")
    )


def _reasons(rows: Iterable[Mapping[str, Any]], unbuilt: Iterable[UnbuiltEntry]) -> list[str]:
    """Why a system of the tables has no entry, and which paper it comes from."""
    asked = {row["unbuilt"] for row in rows}
    return [
        f"{entry.title}: {entry.reason} {entry.source}." for entry in unbuilt if entry.name in asked
    ]
