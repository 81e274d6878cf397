"""Options that several commands share, named once."""

from pathlib import Path
from typing import Annotated

import typer

Registries = Annotated[
    list[Path] | None,
    typer.Option("--registry", help="A registry of your own, beside ours. Repeatable."),
]
Results = Annotated[
    Path, typer.Option("--results", envvar="BENCH_RESULTS", help="Folder of stored records.")
]
Root = Annotated[
    Path | None, typer.Option("--root", help="Folder of the dataset, as its distributor ships it.")
]
Format = Annotated[str, typer.Option("--format", help="text or json.")]


def names(text: str) -> list[str]:
    """The names in a list that commas separate."""
    return [name for part in text.split(",") if (name := part.strip())]
