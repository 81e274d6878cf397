"""Options that several commands share, named once."""

from pathlib import Path
from typing import Annotated

import typer

from bench.errors import unknown

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


def _text_or_json(format: str) -> str:
    if format not in ("text", "json"):
        raise unknown("format", format, ("text", "json"))
    return format


Format = Annotated[str, typer.Option("--format", help="text or json.", callback=_text_or_json)]


def names(text: str) -> list[str]:
    """The names in a list that commas separate."""
    return [name for part in text.split(",") if (name := part.strip())]
