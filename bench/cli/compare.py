"""`bench compare`: which differences of stored results are to be believed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli.options import Registries, Results, TableFormat, names
from bench.cli.screen import left_out, put, table_width
from bench.errors import BenchError, unknown

if TYPE_CHECKING:
    from bench.statistics import Metric


def compare(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    systems: Annotated[
        list[str] | None, typer.Argument(metavar="A B", help="Two models, or identities.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="Every pair of each table.")] = False,
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Only these datasets, separated by commas.")] = "",
    metric: Annotated[str, typer.Option(help="The score that decides: uar or war.")] = "uar",
    level: Annotated[
        float, typer.Option(help="Of tests, and the share of intervals that may miss.")
    ] = 0.05,
    registry: Registries = None,
    format: TableFormat = "text",
) -> None:
    """Compare two systems, or all of them, on the videos that both answered."""
    from bench import index
    from bench.registry import load
    from bench.tables import Query, comparison, render
    from bench.tables.compared.pairs import every_pair
    from bench.tables.compared.versus import versus

    named = systems or []
    _check(named, all, level)
    score = _metric(metric)
    folds, damaged = index.load(results)
    left_out(index.few(damaged))
    if not folds:
        raise BenchError(f"{results} holds no finished fold, so that there is nothing to compare.")
    query = Query(tuple(names(dataset)), (), "none")
    sections = comparison(folds, (), (), query, load(registry or ()).datasets)
    if not sections:
        there = sorted({result.request.dataset for result in folds})
        raise BenchError(
            f"{results} holds no finished fold on {dataset}; stored are {', '.join(there)}. Name "
            f"one of those with --dataset."
        )
    if all:
        blocks = every_pair(sections, folds, score, level)
    else:
        blocks = versus(sections, folds, (named[0], named[1]), score, level)
    put(render(blocks, format, table_width()).rstrip("\n"))


def _check(named: list[str], all: bool, level: float) -> None:
    if all and named:
        raise BenchError(f"--all compares every pair; leave {' '.join(named)} out.")
    if not all and len(named) != 2:
        raise BenchError(
            f"bench compare was given {len(named)} system(s); name two, or pass --all for every "
            f"pair."
        )
    if not 0 < level < 0.5:
        raise BenchError(f"--level {level:g} is no level; expected a share like 0.05, below 0.5.")


def _metric(name: str) -> "Metric":
    if name == "uar" or name == "war":
        return name
    raise unknown("metric", name, ("uar", "war"))
