"""`bench table`: stored records to text, without torch and without data."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Registries, Results, TableFormat
from bench.cli.screen import console, errors, left_out, put, say, table_width

if TYPE_CHECKING:
    from bench.tables.asked import Asked, Stored
    from bench.tables.formats.cells import Cell


def table(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Only these datasets, separated by commas.")] = "",
    model: Annotated[str, typer.Option(help="Only these models, separated by commas.")] = "",
    registry: Registries = None,
    format: TableFormat = "text",
    reported: Annotated[
        str, typer.Option(help="Quoted numbers of sets nobody ran: paper, all or none.")
    ] = "paper",
    metric: Annotated[
        str, typer.Option(help="Scores in this order: war, uar, f1, auc, recall:CLASS.")
    ] = "",
    sort: Annotated[
        str, typer.Option(help="Order of rows: a score, params, macs, latency or system.")
    ] = "",
    rows: Annotated[
        str, typer.Option(help="A table of your own: model, dataset, weights, seed, class ...")
    ] = "",
    columns: Annotated[str, typer.Option(help="Its columns, of the same names.")] = "",
    view: Annotated[str, typer.Option(help="per-class, subgroups, cross-corpus or folds.")] = "",
    by: Annotated[
        str, typer.Option(help="With --view subgroups: an attribute of the videos.")
    ] = "",
    marks: Annotated[
        bool, typer.Option("--marks", help="Best in bold where a test supports it; second too.")
    ] = False,
    selection: Annotated[
        bool,
        typer.Option("--selection", help="What choosing the epoch on the test videos adds."),
    ] = False,
    cost: Annotated[
        bool, typer.Option("--cost", help="What networks take on each machine, and count.")
    ] = False,
    against: Annotated[
        str, typer.Option(help="With --cost: results of a base version, for the ratio of times.")
    ] = "",
    machine: Annotated[
        str, typer.Option(help="With --cost: times of these machines; counted shows none.")
    ] = "",
    paper: Annotated[
        str, typer.Option(help="A table of the CEFLNet paper beside our results: 2 to 9, or all.")
    ] = "",
    write: Annotated[
        Path | None, typer.Option(help="Refresh the tables between markers in this file.")
    ] = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Read every prediction anew, without the index.")
    ] = False,
) -> None:
    """Print measured results beside reported ones."""
    from bench.index import uncollected
    from bench.tables.asked import Asked, Stored

    asked = Asked(
        dataset=dataset,
        model=model,
        reported=reported,
        cost=cost,
        against=against,
        machine=machine,
        paper=paper,
        metric=metric,
        sort=sort,
        rows=rows,
        columns=columns,
        view=view,
        by=by,
        marks=marks,
        selection=selection,
    )
    with uncollected():  # and what was read is let go of before its end
        _show(asked, Stored(results, registry or (), left_out, recompute=recompute), format, write)


def _show(asked: "Asked", stored: "Stored", format: str, write: Path | None) -> None:
    from bench.tables import render
    from bench.tables.asked import answer

    if write is not None:
        _write(write, asked, stored)
    else:
        sections = answer(asked, stored)
        style = _emphasised if console.is_terminal and not console.is_dumb_terminal else None
        put(render(sections, format, table_width(), style).rstrip("\n"))
    if not stored.folder.exists():
        errors.print(
            f"results folder {stored.folder} is not there: nothing measured.", markup=False
        )
    if stored.recompute:
        _say_recomputed(stored)


def _write(path: Path, asked: "Asked", stored: "Stored") -> None:
    """Every table of a document, or the one that the options ask for."""
    from bench.tables import render, write_between_markers
    from bench.tables.asked import Asked, answer, from_marker
    from bench.tables.markers import format_of, pairs, refresh

    format = format_of(path)
    there = pairs(path)
    if asked != Asked() or not there:
        write_between_markers(path, render(answer(asked, stored), format), asked.name)
        say(f"wrote the table into {path}")
        return
    refresh(
        path,
        there,
        lambda pair: render(answer(from_marker(pair.name, pair.words), stored), format),
    )
    say(f"wrote {'the table' if len(there) == 1 else f'{len(there)} tables'} into {path}")


def _say_recomputed(stored: "Stored") -> None:
    errors.print(
        f"recomputed from the predictions of {len(stored.records):,} folds in {stored.folder}, "
        f"without the index",
        markup=False,
    )


def _emphasised(cell: "Cell", padded: str) -> str:
    codes = {"best": 1, "second": 4}
    return f"\x1b[{codes[cell.mark]}m{padded}\x1b[0m" if cell.mark else padded
