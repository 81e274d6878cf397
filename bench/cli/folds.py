"""`bench folds`: the folds of a protocol shown, compared, and read from public lists."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bench.cli.options import Format, Registries, Results, Root
from bench.cli.screen import progress, say, show, show_json


class _ShowFirst(TyperGroup):
    """`bench folds NAME` is `bench folds show NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "--help"):
            args = ["show", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_ShowFirst, help="Folds: `bench folds NAME` shows those of a dataset.")

DatasetName = Annotated[str, typer.Argument(help="Name of a dataset, see `bench list datasets`.")]


@app.command("show")
def show_folds(  # noqa: PLR0913  (one parameter an option, as typer reads them)
    dataset: DatasetName,
    root: Root = None,
    protocol: Annotated[str | None, typer.Option(help="See `bench list protocols`.")] = None,
    split: Annotated[Path | None, typer.Option(help="A split file of your own.")] = None,
    freeze: Annotated[Path | None, typer.Option(help="Write the folds to this file.")] = None,
    results: Results = Path("results"),
    registry: Registries = None,
    format: Format = "text",
) -> None:
    """Show the folds of a protocol: sizes, class balance, hash."""
    from bench.audit import audit
    from bench.preparation import find_root, open_dataset, split_dataset
    from bench.protocols import describe
    from bench.protocols import freeze as write
    from bench.registry import load
    from bench.schema import plain

    entry = load(registry or ()).dataset(dataset)
    with progress() as watch:
        folder = find_root(entry, root, watch)
    data = open_dataset(entry, folder)
    made = split_dataset(entry, data, results, name=protocol, file=split, keep=False)
    warnings = audit(made, data)
    if freeze:
        write(made, freeze)
    rows = describe(made, data)
    if format == "json":
        show_json({"protocol": made.name, "hash": made.hash, "folds": plain(rows)})
        return
    show(
        ["fold", "train", "test", "subjects", *data.classes],
        [
            [row.index, row.train.videos, row.test.videos, row.test.subjects, *counts]
            for row in rows
            if (counts := row.test.classes.values())
        ],
        f"{made.name} of {entry.title}: test videos of each class",
    )
    say(f"hash {made.hash[:12]}, made by {made.source}")
    for warning in warnings:
        say(f"note: {warning}")
