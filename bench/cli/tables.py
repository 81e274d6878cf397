"""`bench table`: stored records to text, without torch and without data."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.options import Results, names
from bench.cli.screen import errors, say


def table(
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Only these datasets, separated by commas.")] = "",
    model: Annotated[str, typer.Option(help="Only these models, separated by commas.")] = "",
    format: Annotated[str, typer.Option(help="text, markdown, csv, latex or json.")] = "text",
    reported: Annotated[
        str, typer.Option(help="Quoted numbers of sets nobody ran: paper, all or none.")
    ] = "paper",
    write: Annotated[
        Path | None, typer.Option(help="Refresh the table between markers in this file.")
    ] = None,
) -> None:
    """Print measured results beside reported ones."""
    from bench.tables import comparison, load_reported, render, write_between_markers

    from bench.store import load_costs, load_folds

    folds, damaged_folds = load_folds(results)
    costs, damaged_costs = load_costs(results)
    for damage in (*damaged_folds, *damaged_costs):
        errors.print(f"left out: {damage.reason}", markup=False)
    sections = comparison(
        folds,
        costs,
        load_reported(),
        datasets=names(dataset),
        models=names(model),
        reported_scope=reported,
    )
    if write is not None:
        write_between_markers(write, render(sections, "markdown"), "comparison")
        say(f"wrote the table into {write}")
        return
    say(render(sections, format).rstrip("\n"))
