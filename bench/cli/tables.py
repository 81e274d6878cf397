"""`bench table`: stored records to text, without torch and without data."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Registries, Results, TableFormat, names
from bench.cli.screen import console, errors, say
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.records import CostRecord
    from bench.store import Damage
    from bench.tables import Section


def table(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Only these datasets, separated by commas.")] = "",
    model: Annotated[str, typer.Option(help="Only these models, separated by commas.")] = "",
    registry: Registries = None,
    format: TableFormat = "text",
    reported: Annotated[
        str, typer.Option(help="Quoted numbers of sets nobody ran: paper, all or none.")
    ] = "paper",
    cost: Annotated[
        bool, typer.Option("--cost", help="What networks take on each machine, and count.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(help="With --cost: results of a base version, for the ratio of times."),
    ] = None,
    paper: Annotated[
        str, typer.Option(help="A table of the CEFLNet paper beside our results: 2 to 9, or all.")
    ] = "",
    write: Annotated[
        Path | None, typer.Option(help="Refresh the table between markers in this file.")
    ] = None,
) -> None:
    """Print measured results beside reported ones."""
    asked = {"--dataset": dataset, "--model": model, "--against": against}
    if paper:
        _refuse(f"--paper {paper}", {"--cost": cost, **asked})
        name, sections = f"paper-{paper}", _paper(paper, results, registry)
    elif cost:
        _refuse("--cost", {"--dataset": dataset})
        name, sections = "cost", _costs(results, model, against)
    elif against is not None:
        raise BenchError("--against compares times; pass it with --cost.")
    else:
        name, sections = "comparison", _comparison(results, dataset, model, reported, registry)
    _put(name, sections, format, write)


def _refuse(table: str, others: dict[str, object]) -> None:
    """One question at a time: an option that would change nothing is a mistake."""
    for option, given in others.items():
        if given:
            raise BenchError(f"{table} prints a table of its own; leave {option} out.")


def _comparison(
    results: Path, dataset: str, model: str, reported: str, registry: Registries
) -> "list[Section]":
    from bench import index
    from bench.registry import load
    from bench.tables import Query, comparison, load_reported

    folds, damaged = index.load(results)
    _tell(index.few(damaged))
    query = Query(tuple(names(dataset)), tuple(names(model)), reported)
    known = load(registry or ())
    costs, quotes = _records(results), load_reported()
    return comparison(folds, costs, quotes, query, known.datasets, known.models)


def _costs(results: Path, model: str, against: Path | None) -> "list[Section]":
    from bench.tables import costs

    base = None if against is None else _records(against)
    return costs(_records(results), names(model), base)


def _paper(text: str, results: Path, registry: Registries) -> "list[Section]":
    from bench.registry import load
    from bench.store import load_folds
    from bench.tables import Known, load_reported, numbers_of, paper_tables

    numbers = numbers_of(text)
    folds, damaged = load_folds(results)
    _tell(damaged)
    entries = load(registry or ())
    known = Known(entries.models, entries.datasets)
    return paper_tables(numbers, load_reported(), folds, _records(results), known)


def _records(results: Path) -> "tuple[CostRecord, ...]":
    from bench.store import load_costs

    records, damaged = load_costs(results)
    _tell(damaged)
    return records


def _tell(damaged: "Iterable[Damage]") -> None:
    for damage in damaged:
        errors.print(f"left out: {damage.reason}", markup=False)


def _put(name: str, sections: "list[Section]", format: str, write: Path | None) -> None:
    """Into a document, between the markers of the table's name, or on the screen."""
    from bench.tables import render, write_between_markers

    if write is not None:
        write_between_markers(write, render(sections, "markdown"), name)
        say(f"wrote the table into {write}")
        return
    say(render(sections, format, width=console.width).rstrip("\n"))
