"""`bench table`: stored records to text, without torch and without data."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.options import Registries, Results, names
from bench.cli.screen import console, errors, say


def table(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Only these datasets, separated by commas.")] = "",
    model: Annotated[str, typer.Option(help="Only these models, separated by commas.")] = "",
    registry: Registries = None,
    format: Annotated[str, typer.Option(help="text, markdown, csv, latex or json.")] = "text",
    reported: Annotated[
        str, typer.Option(help="Quoted numbers of sets nobody ran: paper, all or none.")
    ] = "paper",
    write: Annotated[
        Path | None, typer.Option(help="Refresh the table between markers in this file.")
    ] = None,
) -> None:
    """Print measured results beside reported ones."""
    from bench.registry import load
    from bench.store import load_costs, load_folds
    from bench.tables import Query, comparison, load_reported, render, write_between_markers

    folds, damaged_folds = load_folds(results)
    costs, damaged_costs = load_costs(results)
    for damage in (*damaged_folds, *damaged_costs):
        errors.print(f"left out: {damage.reason}", markup=False)
    query = Query(tuple(names(dataset)), tuple(names(model)), reported)
    entries = load(registry or ()).datasets
    sections = comparison(folds, costs, load_reported(), query, entries)
    if write is not None:
        write_between_markers(write, render(sections, "markdown"), "comparison")
        say(f"wrote the table into {write}")
        return
    say(render(sections, format, width=console.width).rstrip("\n"))
