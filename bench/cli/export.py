"""`bench export`: stored folds for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.options import Results, names
from bench.cli.screen import left_out, say
from bench.errors import BenchError


def export(
    to: Annotated[str, typer.Option(help="csv, parquet, mlflow or wandb-offline.")],
    out: Annotated[Path, typer.Option(help="A new folder, or an empty one.")],
    results: Results = Path("results"),
    dataset: Annotated[str, typer.Option(help="Only these datasets, separated by commas.")] = "",
    model: Annotated[str, typer.Option(help="Only these models, separated by commas.")] = "",
) -> None:
    """Write predictions and one row a fold: parameters, metrics, tags."""
    from bench import export as exports

    exports.require(to, out)
    found, damaged = exports.runs(results)
    left_out(damaged)
    for key, asked in (("dataset", names(dataset)), ("model", names(model))):
        found = [run for run in found if not asked or run.place[key] in asked]
    if not found:
        raise BenchError(f"{results} holds no fold of that dataset and model. See `bench table`.")
    for path in exports.export(found, to, out):
        say(f"wrote {path}")
